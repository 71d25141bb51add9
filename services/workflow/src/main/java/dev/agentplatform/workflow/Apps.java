package dev.agentplatform.workflow;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.UniqueViolation;
import java.time.Clock;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Apps, which group workflows, and their versions. Nothing of the platform depends on them. */
public final class Apps {
    private static final int TRIES_MAX = 10;

    private final Database database;
    private final Clock clock;
    private final Ids ids;
    private final Workflows workflows;

    public Apps(Database database, Clock clock, Ids ids, Workflows workflows) {
        this.database = database;
        this.clock = clock;
        this.ids = ids;
        this.workflows = workflows;
    }

    /** @param description may be null @throws Problem 409 {@code code_taken} */
    public App create(String workspaceId, String code, String name, String description) {
        long now = clock.millis();
        App app = new App(ids.next(), workspaceId, code, name, description, now, now);
        try {
            return database.transact(sql -> {
                AppTable.insert(sql, app);
                return app;
            });
        } catch (UniqueViolation taken) {
            throw Problem.conflict("code_taken", "There is an app with the code '" + code + "' already.");
        }
    }

    /** @throws Problem 404 */
    public App find(String workspaceId, UUID id) {
        return database.read(sql -> AppTable.find(sql, workspaceId, id)).orElseThrow(() -> Problem.notFound("app", id));
    }

    /** @param code null: with any */
    public Page<App> list(String workspaceId, String code, PageRequest page) {
        return database.read(sql -> AppTable.list(sql, workspaceId, code, page));
    }

    /** @param workflowVersionId may be null @throws Problem 404 when there is no such version of a workflow */
    public AppVersion save(String workspaceId, String appId, UUID workflowVersionId, JsonNode config, String status) {
        if (workflowVersionId != null) workflows.resolve(workspaceId, null, workflowVersionId);
        AppVersion asked =
                new AppVersion(ids.next(), workspaceId, appId, 0, workflowVersionId, config, status, clock.millis());
        for (int tries = 1; ; tries++) {
            try {
                return database.transact(sql -> {
                    int no = AppTable.insert(sql, asked);
                    return new AppVersion(
                            asked.id(), workspaceId, appId, no, workflowVersionId, config, status, asked.createdTime());
                });
            } catch (UniqueViolation numberTaken) {
                if (tries == TRIES_MAX) throw Problem.unavailable("Too many versions of this app at a time.", 1);
            }
        }
    }

    /** @throws Problem 404 */
    public AppVersion version(String workspaceId, UUID id) {
        return database.read(sql -> AppTable.version(sql, workspaceId, id))
                .orElseThrow(() -> Problem.notFound("app version", id));
    }

    /** @param appId null: of all apps @param status null: with any */
    public Page<AppVersion> versions(String workspaceId, String appId, String status, PageRequest page) {
        return database.read(sql -> AppTable.versions(sql, workspaceId, appId, status, page));
    }
}
