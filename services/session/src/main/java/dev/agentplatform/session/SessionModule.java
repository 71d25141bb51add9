package dev.agentplatform.session;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.store.Database;
import dev.agentplatform.web.Routes;
import dev.agentplatform.workflow.Workflows;
import java.time.Clock;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** What the session room contributes: its services and its routes. Its migration is V1.07. */
public final class SessionModule {
    private final Sessions sessions;
    private final RunRequests requests;
    private final Routes routes;

    /** @param starter starts the run of a request @param runRenderer how the room of the runs shows one */
    public SessionModule(
            Database database,
            Clock clock,
            Ids ids,
            Workflows workflows,
            RunStarter starter,
            Function<RunRecord, ? extends JsonNode> runRenderer) {
        sessions = new Sessions(database, clock, ids);
        requests = new RunRequests(database, clock, ids, workflows, starter);
        routes = new SessionRoutes(sessions, requests, runRenderer).routes();
    }

    public Sessions sessions() {
        return sessions;
    }

    public RunRequests requests() {
        return requests;
    }

    public Routes routes() {
        return routes;
    }
}
