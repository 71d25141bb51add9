package dev.agentplatform.workflow;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
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
import tools.jackson.databind.node.ObjectNode;

/** The paths under {@code /workflows/apps}: parse, call, render. */
final class AppRoutes {
    private final Apps apps;

    record AppBody(
            @Required @Length(min = 1, max = 128) @Doc("Unique in its workspace")
            String code,

            @Required @Length(min = 1, max = 200) String name,
            String description) {}

    record AppVersionBody(
            @Required @Length(min = 1, max = 128) @Doc("The caller's own name of the app")
            String appId,

            UUID workflowVersionId,
            @Alias("config") ObjectNode configJson,

            @OneOf({"draft", "published", "archived"}) @Doc("By default draft")
            String status) {}

    AppRoutes(Apps apps) {
        this.apps = apps;
    }

    void addTo(Routes routes) {
        routes.post("/workflows/apps", "Creates an app")
                .body(AppBody.class)
                .answers(201, "The app")
                .handle(this::create);
        routes.get("/workflows/apps", "Lists apps, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("code", "string", "Only the one with this code")
                .handle(this::list);
        routes.post("/workflows/apps/versions", "Saves the next version of an app")
                .body(AppVersionBody.class)
                .answers(201, "The version")
                .handle(this::save);
        routes.get("/workflows/apps/versions", "Lists versions of apps, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("app_id", "string", "Only of this app")
                .query("status", "string", "draft, published or archived")
                .handle(this::versions);
        routes.get("/workflows/apps/versions/{id}", "Shows a version of an app")
                .handle(request ->
                        Reply.of(200, show(apps.version(request.workspace().id(), request.id("id", "app version")))));
        routes.get("/workflows/apps/{id}", "Shows an app")
                .handle(request ->
                        Reply.of(200, show(apps.find(request.workspace().id(), request.id("id")))));
    }

    private Reply create(Request request) {
        AppBody body = request.body(AppBody.class);
        App app = apps.create(request.workspace().id(), body.code(), body.name(), body.description());
        return Reply.of(201, show(app));
    }

    private Reply list(Request request) {
        return Reply.page(
                apps.list(request.workspace().id(), request.query("code").orElse(null), page(request)),
                AppRoutes::show);
    }

    private Reply save(Request request) {
        AppVersionBody body = request.body(AppVersionBody.class);
        AppVersion version = apps.save(
                request.workspace().id(),
                body.appId(),
                body.workflowVersionId(),
                body.configJson(),
                body.status() == null ? "draft" : body.status());
        return Reply.of(201, show(version));
    }

    private Reply versions(Request request) {
        return Reply.page(
                apps.versions(
                        request.workspace().id(),
                        request.query("app_id").orElse(null),
                        request.query("status").orElse(null),
                        page(request)),
                AppRoutes::show);
    }

    private static PageRequest page(Request request) {
        return PageRequest.of(request.cursor(), request.query("sort"), request.limit());
    }

    private static ObjectNode show(App app) {
        return Json.object()
                .put("workspace_id", app.workspaceId())
                .put("tenant_id", app.workspaceId())
                .put("id", app.id().toString())
                .put("code", app.code())
                .put("name", app.name())
                .put("description", app.description())
                .put("created_time", Times.format(app.createdTime()))
                .put("updated_time", Times.format(app.updatedTime()));
    }

    private static ObjectNode show(AppVersion version) {
        ObjectNode json = Json.object()
                .put("workspace_id", version.workspaceId())
                .put("tenant_id", version.workspaceId())
                .put("id", version.id().toString())
                .put("app_id", version.appId())
                .put("version_no", version.versionNo())
                .put(
                        "workflow_version_id",
                        version.workflowVersionId() == null
                                ? null
                                : version.workflowVersionId().toString())
                .put("status", version.status())
                .put("created_time", Times.format(version.createdTime()));
        json.set("config_json", version.config() == null ? Json.nothing() : version.config());
        return json;
    }
}
