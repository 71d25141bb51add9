package dev.agentplatform.service;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.DefinitionFilter;
import dev.agentplatform.catalog.DefinitionVersion;
import dev.agentplatform.catalog.NewDefinition;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The paths of the definitions and versions of one kind: parse, call, render. */
public final class DefinitionRoutes {
    private static final int TYPE_LENGTH_MAX = 100;

    private final Catalog catalog;
    private final DefinitionKind kind;
    private final String name;

    record DefinitionBody(
            @Required @Length(min = 1, max = 128) @Doc("Unique in its workspace")
            String code,

            @Required @Length(min = 1, max = 200) String name,

            @Doc("The caller's own name of an application") @Length(max = 200)
            String appId,

            @Length(max = 10_000) String description) {}

    record PatchBody(
            @Length(min = 1, max = 200) String name,
            @Length(max = 200) String appId,
            @Length(max = 10_000) String description) {}

    public DefinitionRoutes(Catalog catalog, DefinitionKind kind) {
        this.catalog = catalog;
        this.kind = kind;
        this.name = kind.name();
    }

    public void addTo(Routes routes) {
        addDefinitions(routes);
        addVersions(routes);
    }

    private void addDefinitions(Routes routes) {
        String one = kind.root() + "/{id}";
        routes.post(kind.root(), "Creates " + article())
                .body(DefinitionBody.class)
                .answers(201, "The " + name)
                .handle(this::create);
        routes.get(kind.root(), "Lists " + name + "s, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("code", "string", "Only the one with this code")
                .query("name", "string", "Only with this name")
                .query("app_id", "string", "Only of this application")
                .handle(this::list);
        routes.get(one, "Shows " + article())
                .handle(request -> Reply.of(200, show(catalog.find(workspace(request), name, request.id("id")))));
        routes.patch(one, "Changes " + article() + "; fields left out stay")
                .body(PatchBody.class)
                .handle(this::patch);
        routes.delete(one, "Deletes " + article() + " that has no versions")
                .answers(204, "Deleted")
                .handle(request -> {
                    catalog.delete(workspace(request), name, request.id("id"));
                    return Reply.empty(204);
                });
    }

    private void addVersions(Routes routes) {
        String version = kind.root() + "/versions/{id}";
        routes.post(kind.root() + "/versions", "Saves the next version of " + article())
                .answers(201, "The version")
                .handle(this::save);
        routes.get(kind.root() + "/{id}/versions", "Lists the versions of " + article() + ", newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("status", "string", "draft, published or archived")
                .handle(this::versions);
        routes.get(version, "Shows a version")
                .handle(request -> Reply.of(200, show(catalog.version(workspace(request), name, versionId(request)))));
        routes.post(version + "/publish", "Publishes a version").handle(this::publish);
        routes.post(version + "/archive", "Takes a version out of use; runs that have begun keep it")
                .handle(request -> Reply.of(200, show(catalog.archive(workspace(request), name, versionId(request)))));
    }

    private Reply create(Request request) {
        DefinitionBody body = request.body(DefinitionBody.class);
        NewDefinition asked =
                new NewDefinition(name, type(request), body.code(), body.name(), body.appId(), body.description());
        return Reply.of(201, show(catalog.create(workspace(request), asked)));
    }

    /** The caller's own word for the sort of the thing; null where the kind has none or the caller says none. */
    private String type(Request request) {
        JsonNode type = request.rawJson().path(kind.typeField());
        if (!kind.typed() || Json.isNothing(type)) return null;
        if (!type.isString() || type.stringValue().length() > TYPE_LENGTH_MAX) {
            throw Problem.invalid(kind.typeField(), "must be a text of at most " + TYPE_LENGTH_MAX + " characters");
        }
        return type.stringValue();
    }

    private Reply list(Request request) {
        DefinitionFilter filter = new DefinitionFilter(
                name,
                null,
                request.query("code").orElse(null),
                request.query("name").orElse(null),
                request.query("app_id").orElse(null));
        return Reply.page(catalog.list(workspace(request), filter, page(request)), this::show);
    }

    private Reply patch(Request request) {
        PatchBody body = request.body(PatchBody.class);
        return Reply.of(
                200,
                show(catalog.patch(
                        workspace(request), name, request.id("id"), body.name(), body.appId(), body.description())));
    }

    private Reply save(Request request) {
        String workspace = workspace(request);
        JsonNode json = request.rawJson();
        UUID definition = id(json, kind.idField());
        VersionStatus status = status(json);
        catalog.find(workspace, name, definition);
        JsonNode body = kind.rules().body(workspace, json, status);
        return Reply.of(201, show(catalog.save(workspace, name, definition, body, status)));
    }

    private Reply publish(Request request) {
        String workspace = workspace(request);
        UUID version = versionId(request);
        // What a draft may lack, a published version may not.
        kind.rules().body(workspace, catalog.body(workspace, name, version).body(), VersionStatus.PUBLISHED);
        return Reply.of(200, show(catalog.publish(workspace, name, version)));
    }

    private Reply versions(Request request) {
        VersionStatus status = request.query("status")
                .map(word -> VersionStatus.of(word)
                        .orElseThrow(() -> Problem.malformed(
                                "malformed_parameter", "status", "must be draft, published or archived")))
                .orElse(null);
        return Reply.page(
                catalog.versions(workspace(request), name, request.id("id"), status, page(request)), this::head);
    }

    private static UUID id(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (Json.isNothing(value)) throw Problem.invalid(field, "is required");
        return Ids.parse(value.asString("")).orElseThrow(() -> Problem.invalid(field, "must be an id (a UUID)"));
    }

    private VersionStatus status(JsonNode json) {
        JsonNode value = json.path("status");
        if (Json.isNothing(value)) return kind.unsaid();
        return VersionStatus.of(value.asString(""))
                .filter(status -> status != VersionStatus.ARCHIVED)
                .orElseThrow(() -> Problem.invalid("status", "must be draft or published"));
    }

    private ObjectNode show(Definition definition) {
        UUID published = definition.publishedVersionId();
        ObjectNode json = object(definition.workspaceId())
                .put("id", definition.id().toString())
                .put("app_id", definition.appId())
                .put("code", definition.code())
                .put("name", definition.name())
                .put("description", definition.description())
                .put("published_version_id", published == null ? null : published.toString())
                .put("last_version_no", definition.lastNo())
                .put("created_time", Times.format(definition.createdTime()))
                .put("updated_time", Times.format(definition.updatedTime()));
        if (kind.typed()) json.put(kind.typeField(), definition.type());
        return json;
    }

    private ObjectNode show(DefinitionVersion version) {
        ObjectNode json = head(version);
        kind.rules().show(version.body(), json);
        return json;
    }

    private ObjectNode head(DefinitionVersion version) {
        return object(version.workspaceId())
                .put("id", version.id().toString())
                .put(kind.idField(), version.definitionId().toString())
                .put("version_no", version.versionNo())
                .put("status", version.status().word())
                .put("created_time", Times.format(version.createdTime()))
                .put("published_time", Times.formatOrNull(version.publishedTime()));
    }

    private String article() {
        return ("aeiou".indexOf(name.charAt(0)) >= 0 ? "an " : "a ") + name;
    }

    private UUID versionId(Request request) {
        return request.id("id", name + " version");
    }

    private static PageRequest page(Request request) {
        return PageRequest.of(request.cursor(), request.query("sort"), request.limit());
    }

    private static String workspace(Request request) {
        return request.workspace().id();
    }

    private static ObjectNode object(String workspaceId) {
        return Json.object().put("workspace_id", workspaceId).put("tenant_id", workspaceId);
    }
}
