package dev.agentplatform.skill;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.service.Definitions;
import dev.agentplatform.store.Database;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** {@code /skills/installations}: install, list, disable, remove. */
final class InstallationRoutes {
    private static final String ACTIVE = "active";

    private final Database database;
    private final Clock clock;
    private final Ids ids;
    private final Definitions skills;

    record InstallBody(
            @Required @Length(min = 1, max = 128) @Doc("Id or code of the skill")
            String skillId,

            @Required @OneOf({"workspace", "tenant", "agent", "team", "app", "user"})
            String installScope,

            @Length(min = 1, max = 200) @Doc("Free text; by default the workspace, for that scope")
            String scopeId,

            @Length(max = 200) String installedBy) {}

    record StatusBody(
            @Required @OneOf({"active", "disabled"}) String status) {}

    InstallationRoutes(Database database, Clock clock, Ids ids, Definitions skills) {
        this.database = database;
        this.clock = clock;
        this.ids = ids;
        this.skills = skills;
    }

    void addTo(Routes routes) {
        String one = "/skills/installations/{id}";
        routes.post("/skills/installations", "Installs a skill in a scope; again makes it active again")
                .body(InstallBody.class)
                .answers(201, "The installation")
                .handle(this::install);
        routes.get("/skills/installations", "Lists installations, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("skill_id", "string", "Only of this skill")
                .query("install_scope", "string", "Only in scopes of this kind")
                .query("scope_id", "string", "Only in this scope")
                .query("status", "string", "active or disabled")
                .handle(this::list);
        routes.get(one, "Shows an installation").handle(request -> Reply.of(200, show(find(request))));
        routes.patch(one + "/status", "Disables an installation, or makes it active again")
                .body(StatusBody.class)
                .handle(this::setStatus);
        routes.delete(one, "Removes an installation").answers(204, "Removed").handle(this::delete);
    }

    private Reply install(Request request) {
        InstallBody body = request.body(InstallBody.class);
        String workspace = request.workspace().id();
        String scope = scope(body.installScope());
        if (body.scopeId() == null && !scope.equals("workspace")) throw Problem.invalid("scope_id", "is required");
        UUID skill = skills.find(workspace, body.skillId()).id();
        long now = clock.millis();
        Installation asked = new Installation(
                ids.next(),
                workspace,
                skill,
                scope,
                // A workspace has itself only, whatever the caller calls it.
                scope.equals("workspace") ? workspace : body.scopeId(),
                body.installedBy(),
                ACTIVE,
                now,
                now);
        return Reply.of(201, show(database.transact(sql -> InstallationTable.put(sql, asked))));
    }

    /** {@code tenant} is the older word for a workspace. */
    private static String scope(String word) {
        return word.equals("tenant") ? "workspace" : word;
    }

    private Reply list(Request request) {
        PageRequest page = PageRequest.of(request.cursor(), request.query("sort"), request.limit());
        return Reply.page(
                database.read(sql -> InstallationTable.list(
                        sql,
                        request.workspace().id(),
                        request.idQuery("skill_id").orElse(null),
                        request.query("install_scope")
                                .map(InstallationRoutes::scope)
                                .orElse(null),
                        request.query("scope_id").orElse(null),
                        request.query("status").orElse(null),
                        page)),
                InstallationRoutes::show);
    }

    private Reply setStatus(Request request) {
        StatusBody body = request.body(StatusBody.class);
        Installation found = find(request);
        database.transact(sql ->
                InstallationTable.setStatus(sql, found.workspaceId(), found.id(), body.status(), clock.millis()));
        return Reply.of(200, show(find(request)));
    }

    private Reply delete(Request request) {
        Installation found = find(request);
        database.transact(sql -> InstallationTable.delete(sql, found.workspaceId(), found.id()));
        return Reply.empty(204);
    }

    private Installation find(Request request) {
        UUID id = request.id("id");
        return database.read(
                        sql -> InstallationTable.find(sql, request.workspace().id(), id))
                .orElseThrow(() -> Problem.notFound("installation", id));
    }

    private static ObjectNode show(Installation one) {
        return Json.object()
                .put("id", one.id().toString())
                .put("workspace_id", one.workspaceId())
                .put("tenant_id", one.workspaceId())
                .put("skill_id", one.skillId().toString())
                .put("install_scope", one.scope())
                .put("scope_id", one.scopeId())
                .put("installed_by", one.installedBy())
                .put("status", one.status())
                .put("created_time", Times.format(one.createdTime()))
                .put("updated_time", Times.format(one.updatedTime()));
    }
}
