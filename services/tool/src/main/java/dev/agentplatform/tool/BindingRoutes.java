package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Routes;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** {@code /tools/bindings}: parse, call, render. */
final class BindingRoutes {
    private final Bindings bindings;

    record BindingBody(
            UUID toolId,

            @Doc("Pins the version; without it the latest published one counts")
            UUID toolVersionId,

            @OneOf({"session", "user", "agent", "skill", "team", "workflow", "app", "workspace", "tenant"})
            @Doc("By default workspace")
            String scopeType,

            @Length(min = 1, max = 200) @Doc("The caller's own word; by default the workspace")
            String scopeId,

            @Alias("config") @Doc("base_url, headers, query, body and so on")
            ObjectNode configJson,

            UUID credentialId) {}

    record BindingPatchBody(
            UUID toolVersionId,

            @OneOf({"session", "user", "agent", "skill", "team", "workflow", "app", "workspace", "tenant"})
            String scopeType,

            @Length(min = 1, max = 200) String scopeId,
            @Alias("config") ObjectNode configJson,
            @Doc("null takes the credential away") UUID credentialId) {}

    BindingRoutes(Bindings bindings) {
        this.bindings = bindings;
    }

    void addTo(Routes routes) {
        routes.post("/tools/bindings", "Says how a tool is used in a scope")
                .body(BindingBody.class)
                .answers(201, "The binding")
                .handle(this::create);
        routes.get("/tools/bindings", "Lists bindings, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("tool_id", "string", "Only of this tool")
                .query("scope_type", "string", "Only of this type of scope")
                .query("scope_id", "string", "Only of this scope")
                .query("credential_id", "string", "Only with this credential")
                .handle(this::list);
        routes.get("/tools/bindings/{id}", "Shows a binding")
                .handle(request -> Reply.of(200, show(bindings.find(ToolRoutes.workspace(request), id(request)))));
        routes.patch("/tools/bindings/{id}", "Changes a binding; fields left out stay")
                .body(BindingPatchBody.class)
                .handle(this::patch);
        routes.delete("/tools/bindings/{id}", "Deletes a binding")
                .answers(204, "Deleted")
                .handle(this::delete);
    }

    private Reply create(Request request) {
        BindingBody body = request.body(BindingBody.class);
        String workspaceId = ToolRoutes.workspace(request);
        if (body.toolId() == null && body.toolVersionId() == null) {
            throw Problem.invalid("tool_id", "is required, or tool_version_id");
        }
        Bindings.Asked asked = new Bindings.Asked(
                body.toolId(),
                body.toolVersionId(),
                scope(workspaceId, body.scopeType(), body.scopeId()),
                body.configJson(),
                body.credentialId());
        return Reply.of(201, show(bindings.create(workspaceId, asked)));
    }

    /** The workspace's own id is the id of the scope that it is, whatever was written. */
    private static ToolScope scope(String workspaceId, String type, String id) {
        String word = type == null ? ToolScope.WORKSPACE : type;
        boolean whole = word.equals(ToolScope.WORKSPACE) || word.equals(ToolScope.TENANT);
        if (whole) return new ToolScope(word, workspaceId);
        if (id == null) throw Problem.invalid("scope_id", "is required for the scope " + word);
        return new ToolScope(word, id);
    }

    private Reply list(Request request) {
        BindingTable.Filter filter = new BindingTable.Filter(
                request.idQuery("tool_id").orElse(null),
                request.query("scope_type").orElse(null),
                request.query("scope_id").orElse(null),
                request.idQuery("credential_id").orElse(null));
        return Reply.page(
                bindings.list(ToolRoutes.workspace(request), filter, ToolRoutes.page(request)), BindingRoutes::show);
    }

    private Reply patch(Request request) {
        BindingPatchBody body = request.body(BindingPatchBody.class);
        String workspaceId = ToolRoutes.workspace(request);
        UUID id = id(request);
        ToolScope scope = null;
        if (body.scopeType() != null || body.scopeId() != null) {
            ToolScope now = bindings.find(workspaceId, id).scope();
            scope = scope(
                    workspaceId,
                    body.scopeType() == null ? now.type() : body.scopeType(),
                    body.scopeId() == null ? now.id() : body.scopeId());
        }
        boolean without = request.rawJson().path("credential_id").isNull();
        Bindings.Asked asked =
                new Bindings.Asked(null, body.toolVersionId(), scope, body.configJson(), body.credentialId());
        return Reply.of(200, show(bindings.patch(workspaceId, id, asked, without)));
    }

    private Reply delete(Request request) {
        bindings.delete(ToolRoutes.workspace(request), id(request));
        return Reply.empty(204);
    }

    private static UUID id(Request request) {
        return request.id("id", "tool binding");
    }

    private static ObjectNode show(Binding binding) {
        ObjectNode json = ToolRoutes.object(binding.workspaceId())
                .put("id", binding.id().toString())
                .put("tool_id", binding.toolId().toString())
                .put("tool_version_id", text(binding.versionId()))
                .put("scope_type", binding.scope().type())
                .put("scope_id", binding.scope().id())
                .put("credential_id", text(binding.credentialId()))
                .put("created_time", Times.format(binding.createdTime()))
                .put("updated_time", Times.format(binding.updatedTime()));
        json.set("config_json", Json.isNothing(binding.config()) ? Json.object() : binding.config());
        return json;
    }

    private static String text(UUID id) {
        return id == null ? null : id.toString();
    }
}
