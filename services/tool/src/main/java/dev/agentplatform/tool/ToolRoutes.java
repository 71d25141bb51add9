package dev.agentplatform.tool;

import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.DefinitionVersion;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /tools} and {@code /tools/versions}: parse, call, render. */
final class ToolRoutes {
    private final Tools tools;
    private final Bindings bindings;

    record ToolBody(
            @Required @Length(min = 1, max = 128) @Doc("Unique in its workspace")
            String code,

            @Required @Length(min = 1, max = 200) String name,

            @Required @OneOf({"http", "mcp", "builtin", "code", "workflow", "agent"}) @Doc("What executes it")
            String toolType,

            @Length(max = 5_000) @Doc("What it is good for, also for models")
            String description) {}

    record ToolPatchBody(
            @Length(min = 1, max = 200) String name,
            @Length(max = 5_000) String description) {}

    record VersionBody(
            @Required UUID toolId,

            @Alias("input_schema") @Doc("JSON Schema of the input, or a bare map of properties")
            ObjectNode inputSchemaJson,

            @Alias("invoke_config") @Doc("How it is called; depends on the type")
            ObjectNode invokeConfigJson,

            @Alias("output_schema") @Doc("JSON Schema that the answer must fit")
            ObjectNode outputSchemaJson,

            @OneOf({"draft", "published"}) @Doc("By default published")
            String status) {}

    ToolRoutes(Tools tools, Bindings bindings) {
        this.tools = tools;
        this.bindings = bindings;
    }

    void addTo(Routes routes) {
        routes.post("/tools", "Creates a tool")
                .body(ToolBody.class)
                .answers(201, "The tool")
                .handle(this::create);
        routes.get("/tools", "Lists tools, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("code", "string", "Only the one with this code")
                .query("name", "string", "Only with this name")
                .query("tool_type", "string", "Only of this type")
                .handle(this::list);
        routes.get("/tools/builtins", "Lists the tools that come with the platform")
                .handle(ToolRoutes::builtins);
        routes.get("/tools/{id}", "Shows a tool")
                .handle(request -> Reply.of(200, show(tools.find(workspace(request), request.id("id")))));
        routes.patch("/tools/{id}", "Changes a tool; fields left out stay")
                .body(ToolPatchBody.class)
                .handle(this::patch);
        routes.delete("/tools/{id}", "Deletes a tool that has no versions and no bindings")
                .answers(204, "Deleted")
                .handle(this::delete);
        routes.post("/tools/versions", "Saves the next version of a tool")
                .body(VersionBody.class)
                .answers(201, "The version")
                .handle(this::save);
        routes.get("/tools/versions/{id}", "Shows a version")
                .handle(request -> Reply.of(200, show(tools.version(workspace(request), versionId(request)))));
        routes.post("/tools/versions/{id}/publish", "Publishes a version")
                .handle(request -> Reply.of(200, show(tools.publish(workspace(request), versionId(request)))));
        routes.post("/tools/versions/{id}/archive", "Takes a version out of use")
                .handle(request -> Reply.of(200, show(tools.archive(workspace(request), versionId(request)))));
        routes.get("/tools/{id}/versions", "Lists the versions of a tool, newest first, without their bodies")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("status", "string", "draft, published or archived")
                .handle(this::versions);
    }

    private Reply create(Request request) {
        ToolBody body = request.body(ToolBody.class);
        ToolType type = ToolType.of(body.toolType()).orElseThrow();
        return Reply.of(
                201, show(tools.create(workspace(request), body.code(), body.name(), type, body.description())));
    }

    private Reply list(Request request) {
        String type = request.query("tool_type").orElse(null);
        if (type != null && ToolType.of(type).isEmpty()) {
            throw Problem.malformed("malformed_parameter", "tool_type", "is no type of a tool");
        }
        return Reply.page(
                tools.list(
                        workspace(request),
                        type,
                        request.query("code").orElse(null),
                        request.query("name").orElse(null),
                        page(request)),
                ToolRoutes::show);
    }

    private static Reply builtins(Request request) {
        String workspaceId = workspace(request);
        ArrayNode items = Json.array();
        for (Builtins.Builtin builtin : Builtins.all()) {
            ObjectNode item = object(workspaceId).put("name", builtin.name()).put("description", builtin.description());
            item.set("input_schema_json", builtin.inputSchema());
            items.add(item);
        }
        ObjectNode list = Json.object();
        list.set("items", items);
        list.putNull("next_cursor");
        return Reply.of(200, list);
    }

    private Reply patch(Request request) {
        ToolPatchBody body = request.body(ToolPatchBody.class);
        return Reply.of(200, show(tools.patch(workspace(request), request.id("id"), body.name(), body.description())));
    }

    private Reply delete(Request request) {
        UUID id = request.id("id");
        BindingTable.Filter ofTool = new BindingTable.Filter(id, null, null, null);
        if (!bindings.list(workspace(request), ofTool, new PageRequest(null, true, 1))
                .items()
                .isEmpty()) {
            throw Problem.conflict("has_bindings", "A tool that has bindings cannot be deleted; delete these first.");
        }
        tools.delete(workspace(request), id);
        return Reply.empty(204);
    }

    private Reply save(Request request) {
        VersionBody body = request.body(VersionBody.class);
        ObjectNode version = Json.object();
        version.set(ToolVersion.INPUT_SCHEMA, orEmpty(body.inputSchemaJson()));
        version.set(ToolVersion.INVOKE_CONFIG, orEmpty(body.invokeConfigJson()));
        if (body.outputSchemaJson() != null) version.set(ToolVersion.OUTPUT_SCHEMA, body.outputSchemaJson());
        VersionStatus status = "draft".equals(body.status()) ? VersionStatus.DRAFT : VersionStatus.PUBLISHED;
        return Reply.of(201, show(tools.save(workspace(request), body.toolId(), version, status)));
    }

    private static ObjectNode orEmpty(ObjectNode json) {
        return json == null ? Json.object() : json;
    }

    private Reply versions(Request request) {
        VersionStatus status = request.query("status")
                .map(word -> VersionStatus.of(word)
                        .orElseThrow(() -> Problem.malformed(
                                "malformed_parameter", "status", "must be draft, published or archived")))
                .orElse(null);
        return Reply.page(tools.versions(workspace(request), request.id("id"), status, page(request)), version -> {
            ObjectNode json = show(version);
            json.remove(ToolVersion.INPUT_SCHEMA);
            json.remove(ToolVersion.INVOKE_CONFIG);
            json.remove(ToolVersion.OUTPUT_SCHEMA);
            return json;
        });
    }

    static PageRequest page(Request request) {
        return PageRequest.of(request.cursor(), request.query("sort"), request.limit());
    }

    static String workspace(Request request) {
        return request.workspace().id();
    }

    private static UUID versionId(Request request) {
        return request.id("id", "tool version");
    }

    // ---- as clients see them

    static ObjectNode show(Definition tool) {
        UUID published = tool.publishedVersionId();
        return object(tool.workspaceId())
                .put("id", tool.id().toString())
                .put("code", tool.code())
                .put("name", tool.name())
                .put("tool_type", Tools.type(tool).word())
                .put("description", tool.description())
                .put("published_version_id", published == null ? null : published.toString())
                .put("last_version_no", tool.lastNo())
                .put("created_time", Times.format(tool.createdTime()))
                .put("updated_time", Times.format(tool.updatedTime()));
    }

    static ObjectNode show(DefinitionVersion version) {
        ObjectNode json = object(version.workspaceId())
                .put("id", version.id().toString())
                .put("tool_id", version.definitionId().toString())
                .put("version_no", version.versionNo())
                .put("status", version.status().word())
                .put("created_time", Times.format(version.createdTime()))
                .put("published_time", Times.formatOrNull(version.publishedTime()));
        for (String part :
                new String[] {ToolVersion.INPUT_SCHEMA, ToolVersion.INVOKE_CONFIG, ToolVersion.OUTPUT_SCHEMA}) {
            JsonNode value = version.body().path(part);
            json.set(part, Json.isNothing(value) ? Json.nothing() : value);
        }
        return json;
    }

    static ObjectNode object(String workspaceId) {
        return Json.object().put("workspace_id", workspaceId).put("tenant_id", workspaceId);
    }
}
