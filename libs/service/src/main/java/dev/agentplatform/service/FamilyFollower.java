package dev.agentplatform.service;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.RunFilter;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.events.Follower;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * Reads the logs of a run and of the runs below it as one: members of a team, agents and workflows that a run calls. The
 * order of each log is kept, and the outcome of a step comes behind all that its child told, so that what is open at any
 * moment is all that a {@link FamilyPosition} has to name. The items of loops are not read.
 */
public final class FamilyFollower {
    /** Logs that are read at a time; the children beyond are left out. */
    static final int LOGS_MAX = 100;

    private static final int WAITING_MAX = 256;
    private static final long LOOK_EVERY_MS = 30_000;
    private static final long OFFER_MS = 200;

    private final Engine engine;
    private final Follower follower;

    public FamilyFollower(Engine engine, Follower follower) {
        this.engine = engine;
        this.follower = follower;
    }

    /** Where events go, all on the thread that follows. Throwing ends the following. */
    public interface Sink {
        /**
         * @param path empty for the run that is followed, else the numbers of the steps above, {@code 3.1}
         * @param of whose event it is
         * @param position to go on from later
         */
        void event(String path, RunRecord of, LogEvent event, String position) throws IOException;

        long waitMillis();

        /** Nothing new for that time. */
        void idle() throws IOException;

        void onEnd(Runnable wakeUp);

        /** False ends the following. */
        boolean open();
    }

    /** From the first event. Returns true when the log of the run was read to its end. */
    public boolean follow(RunRecord run, Sink sink) throws IOException, InterruptedException {
        return follow(run, new FamilyPosition(0, new TreeMap<>()), sink);
    }

    boolean follow(RunRecord run, FamilyPosition from, Sink sink) throws IOException, InterruptedException {
        try (Family family = new Family(run, sink)) {
            return family.follow(from);
        }
    }

    /** @param log null: only wakes @param event null: the log ended, or was left */
    private record Arrived(Log log, LogEvent event, boolean ended, Exception failure) {
        static final Arrived WAKE = new Arrived(null, null, false, null);
    }

    /** One log and what came from it that could not be told yet. */
    private static final class Log {
        private final Log above;
        private final String path;
        private final RunRecord run;
        private final Deque<Arrived> waiting = new ArrayDeque<>();
        private long seen;
        private volatile Runnable wake = () -> {};

        Log(Log above, String path, RunRecord run, long seen) {
            this.above = above;
            this.path = path;
            this.run = run;
            this.seen = seen;
        }

        String below(int no) {
            return path.isEmpty() ? Integer.toString(no) : path + "." + no;
        }
    }

    private final class Family implements AutoCloseable {
        private final BlockingQueue<Arrived> arrived = new ArrayBlockingQueue<>(WAITING_MAX);
        private final SortedMap<String, Log> logs = new TreeMap<>();
        private final Log root;
        private final Sink sink;
        private Boolean ended;
        private volatile boolean closed;

        Family(RunRecord run, Sink sink) {
            this.root = new Log(null, "", run, 0);
            this.sink = sink;
        }

        boolean follow(FamilyPosition from) throws IOException, InterruptedException {
            sink.onEnd(() -> arrived.offer(Arrived.WAKE));
            root.seen = from.own();
            begin(root);
            from.below().forEach(this::resume);
            while (sink.open()) {
                Arrived next = arrived.poll(sink.waitMillis(), TimeUnit.MILLISECONDS);
                if (next == null) {
                    sink.idle();
                } else if (next.log() != null) {
                    next.log().waiting.add(next);
                    tell(next.log());
                    if (ended != null) return ended;
                }
            }
            return false;
        }

        private void begin(Log log) {
            logs.put(log.path, log);
            Thread.ofVirtual().name("family-follower").start(() -> read(log, log.seen));
        }

        /** A child that was being read when the reader left. */
        private void resume(String path, long seen) {
            int dot = path.lastIndexOf('.');
            Log above = logs.get(dot < 0 ? "" : path.substring(0, dot));
            if (above != null) open(above, Integer.parseInt(path.substring(dot + 1)), seen);
        }

        private void open(Log above, int no, long seen) {
            if (logs.size() < LOGS_MAX) {
                child(above.run, no).ifPresent(run -> begin(new Log(above, above.below(no), run, seen)));
            }
        }

        private void tell(Log log) throws IOException {
            while (!log.waiting.isEmpty() && !isHeld(log)) {
                Arrived next = log.waiting.poll();
                if (next.event() != null) tell(log, next.event());
                else end(log, next);
            }
        }

        /** Whether the next is the outcome of a step whose child is not read to its end. */
        private boolean isHeld(Log log) {
            LogEvent event = log.waiting.peek().event();
            if (event == null || logs.size() == 1) return false;
            return switch (event.type()) {
                case "step.completed", "step.failed", "step.cancelled" ->
                    logs.containsKey(
                            log.below(Json.parse(event.json()).path("no").asInt(0)));
                default -> false;
            };
        }

        private void tell(Log log, LogEvent event) throws IOException {
            log.seen = event.seq();
            if (event.type().equals("step.waiting")) {
                JsonNode json = Json.parse(event.json());
                if (json.path("on").asString("").equals("child")) {
                    open(log, json.path("no").asInt(0), 0);
                }
            }
            sink.event(log.path, log.run, event, position());
        }

        private String position() {
            SortedMap<String, Long> below = new TreeMap<>();
            for (Log log : logs.values()) if (log != root) below.put(log.path, log.seen);
            return new FamilyPosition(root.seen, below).toString();
        }

        private void end(Log log, Arrived end) throws IOException {
            if (end.failure() != null) throw new IOException("a log could not be read", end.failure());
            logs.remove(log.path);
            if (log == root) ended = end.ended();
            else if (log.above != null) tell(log.above);
        }

        // ---- on the threads that read

        private void read(Log log, long from) {
            try {
                boolean whole = follower.follow(log.run.workspaceId(), log.run.id(), from, new Feed(log));
                offer(new Arrived(log, null, whole, null));
            } catch (IOException | RuntimeException failure) {
                offer(new Arrived(log, null, false, failure));
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        private void offer(Arrived one) {
            try {
                while (!closed && !arrived.offer(one, OFFER_MS, TimeUnit.MILLISECONDS)) continue;
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        private final class Feed implements Follower.Sink {
            private final Log log;

            Feed(Log log) {
                this.log = log;
            }

            @Override
            public void event(LogEvent event) {
                offer(new Arrived(log, event, false, null));
            }

            @Override
            public long waitMillis() {
                return LOOK_EVERY_MS;
            }

            @Override
            public void idle() {}

            @Override
            public void onEnd(Runnable wakeUp) {
                log.wake = wakeUp;
            }

            @Override
            public boolean open() {
                return !closed;
            }
        }

        @Override
        public void close() {
            closed = true;
            logs.values().forEach(log -> log.wake.run());
        }
    }

    /** The run that a step waits for; none for a loop, whose items are many. */
    private Optional<RunRecord> child(RunRecord above, int no) {
        RunFilter below = new RunFilter(above.workspaceId(), null, null, null, null, above.id(), null, true);
        List<UUID> found = engine.list(below, null, ProgramContext.CHILDREN_MAX).stream()
                .filter(run -> run.parent().no() == no)
                .map(RunRecord::id)
                .toList();
        if (found.size() != 1) return Optional.empty();
        return engine.find(above.workspaceId(), found.getFirst())
                .filter(run -> run.options().body() == null);
    }
}
