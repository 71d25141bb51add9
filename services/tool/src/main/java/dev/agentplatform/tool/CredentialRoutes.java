package dev.agentplatform.tool;

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
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /tools/credentials}: secrets go in and never come out. */
final class CredentialRoutes {
    private final Credentials credentials;

    record CredentialBody(
            @Required @Length(min = 1, max = 200) String name,

            @Required @OneOf({"api_key", "bearer", "basic", "oauth2", "custom"})
            String credentialType,

            @Required @Alias("secret") @Doc("Stored encrypted, never shown again")
            ObjectNode secretJson) {}

    record CredentialPatchBody(@Length(min = 1, max = 200) String name) {}

    record RotateBody(
            @Required @Alias("secret") @Doc("The whole new secret")
            ObjectNode secretJson) {}

    CredentialRoutes(Credentials credentials) {
        this.credentials = credentials;
    }

    void addTo(Routes routes) {
        routes.post("/tools/credentials", "Stores a secret for tools")
                .body(CredentialBody.class)
                .answers(201, "The credential without its secret")
                .handle(this::create);
        routes.get("/tools/credentials", "Lists credentials without their secrets, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("name", "string", "Only with this name")
                .query("credential_type", "string", "Only of this type")
                .handle(this::list);
        routes.post("/tools/credentials/reseal", "Encrypts the workspace's secrets with the newest key")
                .handle(this::reseal);
        routes.get("/tools/credentials/{id}", "Shows a credential without its secret")
                .handle(request -> Reply.of(200, show(credentials.find(ToolRoutes.workspace(request), id(request)))));
        routes.patch("/tools/credentials/{id}", "Renames a credential")
                .body(CredentialPatchBody.class)
                .handle(this::patch);
        routes.post("/tools/credentials/{id}/rotate", "Puts a new secret in the place of the old one")
                .body(RotateBody.class)
                .handle(this::rotate);
        routes.delete("/tools/credentials/{id}", "Deletes a credential that no binding uses")
                .answers(204, "Deleted")
                .handle(this::delete);
    }

    private Reply create(Request request) {
        CredentialBody body = request.body(CredentialBody.class);
        CredentialType type = CredentialType.of(body.credentialType()).orElseThrow();
        return Reply.of(
                201, show(credentials.create(ToolRoutes.workspace(request), body.name(), type, body.secretJson())));
    }

    private Reply list(Request request) {
        String type = request.query("credential_type").orElse(null);
        if (type != null && CredentialType.of(type).isEmpty()) {
            throw Problem.malformed("malformed_parameter", "credential_type", "is no type of a credential");
        }
        return Reply.page(
                credentials.list(
                        ToolRoutes.workspace(request),
                        request.query("name").orElse(null),
                        type,
                        ToolRoutes.page(request)),
                CredentialRoutes::show);
    }

    private Reply patch(Request request) {
        CredentialPatchBody body = request.body(CredentialPatchBody.class);
        return Reply.of(200, show(credentials.rename(ToolRoutes.workspace(request), id(request), body.name())));
    }

    private Reply rotate(Request request) {
        RotateBody body = request.body(RotateBody.class);
        return Reply.of(200, show(credentials.rotate(ToolRoutes.workspace(request), id(request), body.secretJson())));
    }

    private Reply reseal(Request request) {
        String workspaceId = ToolRoutes.workspace(request);
        Credentials.Resealed done = credentials.reseal(workspaceId);
        ObjectNode json = ToolRoutes.object(workspaceId).put("resealed", done.count());
        ArrayNode unreadable = json.putArray("unreadable_ids");
        done.unreadable().forEach(id -> unreadable.add(id.toString()));
        return Reply.of(200, json);
    }

    private Reply delete(Request request) {
        credentials.delete(ToolRoutes.workspace(request), id(request));
        return Reply.empty(204);
    }

    private static UUID id(Request request) {
        return request.id("id", "tool credential");
    }

    private static ObjectNode show(Credential credential) {
        ObjectNode json = ToolRoutes.object(credential.workspaceId())
                .put("id", credential.id().toString())
                .put("name", credential.name())
                .put("credential_type", credential.type().word());
        ArrayNode fields = json.putArray("secret_fields");
        credential.fields().forEach(fields::add);
        return json.put("created_time", Times.format(credential.createdTime()))
                .put("updated_time", Times.format(credential.updatedTime()));
    }
}
