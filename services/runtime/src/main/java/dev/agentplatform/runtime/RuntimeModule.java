package dev.agentplatform.runtime;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.events.Follower;
import dev.agentplatform.web.Routes;

/** What the runtime room contributes: its routes. */
public final class RuntimeModule {
    private final Routes routes = new Routes("runtime", "Runs of workflows");

    public RuntimeModule(Runs runs, Engine engine, Follower follower) {
        new RunRoutes(runs, engine).addTo(routes);
        new NodeRunRoutes(engine).addTo(routes);
        new RunEventRoutes(engine, follower).addTo(routes);
    }

    public Routes routes() {
        return routes;
    }
}
