package dev.agentplatform.runtime;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.events.Follower;
import dev.agentplatform.service.RunStream;
import dev.agentplatform.web.Routes;

/** What the runtime room contributes: its routes. */
public final class RuntimeModule {
    private final Routes routes = new Routes("runtime", "Runs of workflows");

    public RuntimeModule(Runs runs, Engine engine, Follower follower) {
        new RunRoutes(runs, engine).addTo(routes);
        new NodeRunRoutes(engine).addTo(routes);
        RunScope scope = new RunScope(engine);
        new RunStream(engine, follower).addTo(routes, "/runtime/runs/{id}/events", scope::run);
    }

    public Routes routes() {
        return routes;
    }
}
