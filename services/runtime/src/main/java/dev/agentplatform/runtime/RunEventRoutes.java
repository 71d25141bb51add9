package dev.agentplatform.runtime;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.events.Follower;
import dev.agentplatform.service.RunStream;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Routes;
import dev.agentplatform.web.Stream;

/** {@code /runtime/runs/{id}/events}: the log of a run from any position, then live, to its end. */
final class RunEventRoutes {
    private final RunScope scope;
    private final Follower follower;

    RunEventRoutes(Engine engine, Follower follower) {
        this.scope = new RunScope(engine);
        this.follower = follower;
    }

    void addTo(Routes routes) {
        routes.sse("/runtime/runs/{id}/events", "Follow a run: its log, then live, until it ends", this::follow);
    }

    private void follow(Request request, Stream stream) throws Exception {
        RunStream.follow(follower, scope.run(request), request, stream);
    }
}
