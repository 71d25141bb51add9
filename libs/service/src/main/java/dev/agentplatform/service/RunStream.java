package dev.agentplatform.service;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.events.Follower;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Stream;

/** The log of a run as server-sent events: from any position, then live, to its end. */
public final class RunStream {
    private RunStream() {}

    /** Ends with {@code event: end} when the run has ended. @throws Problem 400 for a {@code Last-Event-ID} of no run */
    public static void follow(Follower follower, RunRecord run, Request request, Stream stream) throws Exception {
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
