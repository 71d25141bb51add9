package dev.agentplatform.events;

import dev.agentplatform.store.Database;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads a run's log from any position to its end: pages from the table, then live, each event once and in
 * order. A reader that sees event n has seen all before it.
 */
public final class Follower {
    private final Database database;
    private final LiveLog live;

    public Follower(Database database, LiveLog live) {
        this.database = database;
        this.live = live;
    }

    /** Where events go. Throwing ends the following. */
    public interface Sink {
        void event(LogEvent event) throws IOException;

        /** How long nothing may come before {@link #idle} is called. */
        long waitMillis();

        /** Nothing new for that time. */
        void idle() throws IOException;

        /** Registers what wakes the follower when the sink is closed from elsewhere. */
        default void onEnd(Runnable wakeUp) {}

        /** False ends the following. */
        boolean open();
    }

    /**
     * Sends every event after {@code lastSeen} (0: from the start) until the run has ended or the sink is
     * closed. Returns true when the log was read to the end of the run.
     */
    public boolean follow(String workspaceId, UUID runId, long lastSeen, Sink sink)
            throws IOException, InterruptedException {
        try (LiveLog.Subscription subscription = live.subscribe(runId)) {
            sink.onEnd(subscription::wake);
            Position position = new Position(lastSeen, sink);
            while (sink.open()) {
                if (position.behind && catchUp(workspaceId, runId, position)) return true;
                Optional<List<LogEvent>> events = subscription.poll(sink.waitMillis());
                if (events.isEmpty()) {
                    sink.idle();
                    continue;
                }
                for (LogEvent event : events.get()) position.takeNext(event);
                if (events.get().isEmpty()) position.behind = true;
                // The last event of its commit: nothing stood behind it then. Ten thousand followers need not ask the
                // table.
                if (position.ended && !position.behind) return true;
            }
            return false;
        }
    }

    /** True when the last event of the log is the run's end. */
    private boolean catchUp(String workspaceId, UUID runId, Position position) throws IOException {
        while (position.sink.open()) {
            // From the last seen event on, itself included: it may be the end of the run.
            List<LogEvent> events = RunLog.read(database, workspaceId, runId, Math.max(1, position.seen));
            boolean news = false;
            for (LogEvent event : events) {
                news |= event.seq() > position.seen;
                position.take(event);
            }
            if (!news) {
                position.behind = false;
                return !events.isEmpty() && events.getLast().terminal();
            }
        }
        return false;
    }

    private static final class Position {
        private final Sink sink;
        private long seen;
        private boolean behind = true;
        private boolean ended;

        Position(long seen, Sink sink) {
            this.seen = seen;
            this.sink = sink;
        }

        /** From the live log: what is not the next one says that some were missed. */
        void takeNext(LogEvent event) throws IOException {
            if (event.seq() > seen + 1) behind = true;
            else take(event);
        }

        /** From the table, which shows all that came before what it shows: a gap is what was trimmed. */
        void take(LogEvent event) throws IOException {
            if (event.seq() <= seen) return;
            sink.event(event);
            seen = event.seq();
            ended = event.terminal();
        }
    }
}
