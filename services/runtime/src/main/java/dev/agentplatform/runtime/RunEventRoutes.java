package dev.agentplatform.runtime;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.events.Follower;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.kernel.Problem;
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
        RunRecord run = scope.run(request);
        long lastSeen = lastSeen(request);
        stream.open();
        boolean ended = follower.follow(run.workspaceId(), run.id(), lastSeen, new Follower.Sink() {
            @Override
            public void event(LogEvent event) {
                stream.send(Long.toString(event.seq()), event.type(), event.json());
            }

            @Override
            public long waitMillis() {
                return stream.beatWaitMillis();
            }

            @Override
            public void idle() {
                stream.heartbeat();
            }

            @Override
            public boolean open() {
                return stream.isOpen();
            }

            @Override
            public void onEnd(Runnable wakeUp) {
                stream.onEnd(wakeUp);
            }
        });
        if (ended) stream.send(null, "end", "{}");
    }

    private static long lastSeen(Request request) {
        String text = request.lastEventId().orElse("0");
        try {
            long seq = Long.parseLong(text);
            if (seq >= 0) return seq;
        } catch (NumberFormatException notOurs) {
            // falls through
        }
        throw Problem.malformed("malformed_parameter", "Last-Event-ID", "must be the id of an event of this run");
    }
}
