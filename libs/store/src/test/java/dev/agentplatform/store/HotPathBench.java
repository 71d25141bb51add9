package dev.agentplatform.store;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.store.Judge.Judgement;
import dev.agentplatform.store.Judge.Verdict;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Runs of three steps as the engine writes them, without an engine: 4 units and 15 rows a run, every unit
 * fenced and acknowledged after its commit. Prints runs per second. Not a test.
 *
 * <p>Arguments: database URL (its tables are made anew), callers (64), seconds (3), repetitions (3).
 */
public final class HotPathBench {
    private static final String JSON_200 = "{\"text\":\"" + "a".repeat(189) + "\"}";
    private static final String JSON_300 = "{\"text\":\"" + "b".repeat(289) + "\"}";
    private static final String JSON_600 = "{\"state\":\"" + "c".repeat(588) + "\"}";
    private static final String EVENTS = "[{\"type\":\"" + "d".repeat(237) + "\"}]";
    private static final UUID WORKER = new UUID(1, 1);

    private static final List<Shape.Column> REF = List.of(Shape.id("ref"));
    private static final Shape RUN = Shape.insert(
            "run",
            1,
            Shape.id("id"),
            Shape.text("workspace_id"),
            Shape.text("kind"),
            Shape.id("definition_id"),
            Shape.text("status"),
            Shape.number("created_time"),
            Shape.number("ended_time"),
            Shape.text("input"),
            Shape.text("result"));
    private static final Shape TASK = Shape.insert(
            "task",
            2,
            Shape.id("ref"),
            Shape.text("kind"),
            Shape.text("workspace_id"),
            Shape.text("queue"),
            Shape.small("rank"),
            Shape.text("status"),
            Shape.number("ready_time"),
            Shape.id("owner"),
            Shape.number("epoch"),
            Shape.number("wakes"),
            Shape.number("seq"),
            Shape.text("state"));
    private static final Shape STEP = Shape.insert(
            "step",
            3,
            Shape.id("run_id"),
            Shape.small("no"),
            Shape.text("workspace_id"),
            Shape.text("key"),
            Shape.text("type"),
            Shape.text("status"),
            Shape.number("started_time"),
            Shape.number("finished_time"),
            Shape.text("output"));
    private static final Shape LOG = Shape.insert(
            "run_event",
            4,
            Shape.id("run_id"),
            Shape.number("seq"),
            Shape.small("n"),
            Shape.text("workspace_id"),
            Shape.number("time"),
            Shape.text("body"));
    private static final Shape EVENT = Shape.insert(
            "event",
            5,
            Shape.id("id"),
            Shape.text("workspace_id"),
            Shape.text("type"),
            Shape.id("aggregate_id"),
            Shape.number("seq"),
            Shape.text("payload"));
    private static final Shape ADVANCE = Shape.update("task", 6, REF, Shape.number("seq"), Shape.text("state"));
    private static final Shape END = Shape.update(
            "run", 7, List.of(Shape.id("id")), Shape.text("status"), Shape.number("ended_time"), Shape.text("result"));
    private static final Shape DONE = Shape.delete("task", 8, Shape.id("ref"));

    private record Unit(UUID fenced, long seq, List<RowWrite> rows) {}

    private HotPathBench() {}

    public static void main(String[] arguments) throws InterruptedException {
        DatabaseUrl url = DatabaseUrl.parse(arguments[0], Path.of("."));
        int callers = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 64;
        int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3;
        int repetitions = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 3;
        try (Database database = Database.open(DatabaseSettings.of(url))) {
            measure(database, callers, 2);
            for (int i = 0; i < repetitions; i++) {
                System.out.printf("%s, %d callers: %s%n", url.dialect(), callers, measure(database, callers, seconds));
            }
        }
    }

    private static String measure(Database database, int callers, int seconds) throws InterruptedException {
        database.transact(HotPathBench::makeTables);
        Ids ids = new Ids(Clock.systemUTC());
        LongAdder runs = new LongAdder();
        Metrics metrics = database.metrics();
        long batchesBefore = metrics.batches();
        long unitsBefore = metrics.units();
        long batchNanosBefore = metrics.batchNanos();
        CountDownLatch finished = new CountDownLatch(callers);
        long rowsBefore = metrics.rows();
        long cpuBefore = cpuNanos();
        long started = System.nanoTime();
        try (var commits = new GroupCommit<>(database, new Fences(), "bench")) {
            for (int i = 0; i < callers; i++) {
                Thread.startVirtualThread(() -> {
                    try {
                        while (System.nanoTime() - started < TimeUnit.SECONDS.toNanos(seconds)) {
                            run(commits, ids);
                            runs.increment();
                        }
                    } finally {
                        finished.countDown();
                    }
                });
            }
            finished.await();
        }
        double cpuMicros = (cpuNanos() - cpuBefore) / 1e3;
        double took = (System.nanoTime() - started) / 1e9;
        check(database, runs.sum());
        double units = metrics.units() - unitsBefore;
        double batches = metrics.batches() - batchesBefore;
        return "%,.0f runs/s, %.0f units per batch, writer busy %.0f %%, %.1f us of CPU per row in this process"
                .formatted(
                        runs.sum() / took,
                        units / batches,
                        100 * (metrics.batchNanos() - batchNanosBefore) / 1e9 / took,
                        cpuMicros / (metrics.rows() - rowsBefore));
    }

    // On a busy machine CPU tells more than the clock.
    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static void run(GroupCommit<Unit, Boolean> commits, Ids ids) {
        UUID run = ids.nextRun();
        long now = System.currentTimeMillis();
        commits.commit(new Unit(
                null,
                0,
                List.of(
                        RUN.row(run, "public", "workflow", WORKER, "running", now, null, JSON_300, null),
                        TASK.row(run, "run", "public", "n:public", 0, "owned", now, WORKER, 1L, 0L, 1L, JSON_600),
                        LOG.row(run, 1L, 3, "public", now, EVENTS),
                        EVENT.row(ids.next(), "public", "run.created", run, 1L, EVENTS))));
        for (int no = 1; no <= 2; no++) {
            commits.commit(new Unit(
                    run,
                    no,
                    List.of(
                            step(run, no, now),
                            ADVANCE.row(run, no + 1L, JSON_600),
                            LOG.row(run, no * 3L + 1, 2, "public", now, EVENTS))));
        }
        commits.commit(new Unit(
                run,
                3,
                List.of(
                        step(run, 3, now),
                        DONE.row(run),
                        END.row(run, "completed", now, JSON_200),
                        LOG.row(run, 10L, 2, "public", now, EVENTS),
                        EVENT.row(ids.next(), "public", "run.completed", run, 2L, EVENTS))));
    }

    private static RowWrite step(UUID run, int no, long now) {
        return STEP.row(run, no, "public", "step-" + no, "noop", "completed", now, now, JSON_200);
    }

    private static Void makeTables(Sql sql) throws SQLException {
        for (String table : List.of("worker", "run", "task", "step", "run_event", "event")) {
            sql.update("DROP TABLE IF EXISTS " + table);
        }
        for (String statement : SCHEMA.split(";")) {
            String text = statement;
            for (var placeholder : sql.dialect().placeholders().entrySet()) {
                text = text.replace("${" + placeholder.getKey() + "}", placeholder.getValue());
            }
            sql.update(text);
        }
        return null;
    }

    private static void check(Database database, long runs) {
        Map<String, Long> wanted =
                Map.of("run", runs, "task", 0L, "step", runs * 3, "run_event", runs * 4, "event", runs * 2);
        wanted.forEach((table, rows) -> {
            long found = database.read(sql -> sql.one("SELECT count(*) AS n FROM " + table, row -> row.number("n")))
                    .orElseThrow();
            if (found != rows) throw new IllegalStateException(table + " has " + found + " rows, not " + rows);
        });
    }

    /** S0 and S1 of the engine: is this process alive, and where do its tasks stand? */
    private static final class Fences implements Judge<Unit, Boolean> {
        @Override
        public Judgement<Boolean> judge(Connection connection, Dialect dialect, List<Unit> units) throws SQLException {
            List<UUID> refs = new ArrayList<>();
            List<RowWrite> writes = new ArrayList<>(units.size() * 5);
            for (Unit unit : units) if (unit.fenced() != null) refs.add(unit.fenced());
            Map<UUID, Long> seqs = dialect == Dialect.SQLITE ? sqlite(connection, refs) : postgresql(connection, refs);
            List<Verdict<Boolean>> verdicts = new ArrayList<>(units.size());
            for (Unit unit : units) {
                boolean passes =
                        unit.fenced() == null || Long.valueOf(unit.seq()).equals(seqs.get(unit.fenced()));
                if (passes) writes.addAll(unit.rows());
                verdicts.add(
                        passes
                                ? new Verdict.Passed<>(true)
                                : new Verdict.Refused<>(new IllegalStateException("stale")));
            }
            return new Judgement<>(writes, verdicts);
        }

        private static Map<UUID, Long> postgresql(Connection connection, List<UUID> refs) throws SQLException {
            Map<UUID, Long> seqs = new HashMap<>();
            try (PreparedStatement statement = connection.prepareStatement(
                    "BEGIN; SELECT 1 FROM worker WHERE id = ? AND lease_until > 0 FOR KEY SHARE;"
                            + " SELECT ref, epoch, seq, wakes, status, owner FROM task WHERE ref = ANY(?)"
                            + " ORDER BY ref FOR UPDATE")) {
                statement.setObject(1, WORKER);
                statement.setArray(2, BinaryArrays.ids(connection, refs));
                statement.execute();
                statement.getMoreResults();
                statement.getMoreResults();
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) seqs.put(rows.getObject(1, UUID.class), rows.getLong(3));
                }
            }
            return seqs;
        }

        private static Map<UUID, Long> sqlite(Connection connection, List<UUID> refs) throws SQLException {
            Sql sql = new Sql(connection, Dialect.SQLITE);
            sql.update("BEGIN IMMEDIATE");
            sql.list("SELECT 1 FROM worker WHERE id = ? AND lease_until > 0", row -> row, WORKER);
            Map<UUID, Long> seqs = new HashMap<>();
            int from = 0;
            for (int size : new int[] {32, 8, 1}) {
                for (; refs.size() - from >= size; from += size) {
                    String marks = Arrays.toString(new String[size])
                            .replace("null", "?")
                            .replaceAll("[\\[\\]]", "");
                    try (PreparedStatement statement = connection.prepareStatement(
                            "SELECT ref, epoch, seq, wakes, status, owner FROM task WHERE ref IN (" + marks + ")")) {
                        for (int i = 0; i < size; i++) statement.setBytes(i + 1, Ids.bytes(refs.get(from + i)));
                        try (ResultSet rows = statement.executeQuery()) {
                            while (rows.next()) seqs.put(Ids.fromBytes(rows.getBytes(1)), rows.getLong(3));
                        }
                    }
                }
            }
            return seqs;
        }
    }

    private static final String SCHEMA = """
        CREATE TABLE worker (id ${id} NOT NULL PRIMARY KEY, lease_until ${long} NOT NULL);
        CREATE TABLE run (id ${id} NOT NULL PRIMARY KEY, workspace_id TEXT NOT NULL, kind TEXT NOT NULL,
            definition_id ${id}, status TEXT NOT NULL, error_code TEXT, created_time ${long} NOT NULL,
            ended_time ${long}, input TEXT, result TEXT);
        CREATE INDEX run_by_kind ON run (workspace_id, kind, id);
        CREATE INDEX run_by_definition ON run (workspace_id, definition_id, id);
        CREATE INDEX run_by_error ON run (workspace_id, id) WHERE error_code IS NOT NULL;
        CREATE TABLE task (ref ${id} NOT NULL PRIMARY KEY, kind TEXT NOT NULL, workspace_id TEXT NOT NULL,
            queue TEXT NOT NULL, rank INTEGER NOT NULL, status TEXT NOT NULL, ready_time ${long}, owner ${id},
            epoch ${long} NOT NULL, wakes ${long} NOT NULL, seq ${long} NOT NULL, state TEXT) ${hot_table};
        CREATE INDEX task_ready ON task (queue, rank, ready_time, ref) WHERE status = 'ready';
        CREATE TABLE step (run_id ${id} NOT NULL, no INTEGER NOT NULL, workspace_id TEXT NOT NULL,
            key TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL, started_time ${long},
            finished_time ${long}, output TEXT, PRIMARY KEY (run_id, no));
        CREATE TABLE run_event (run_id ${id} NOT NULL, seq ${long} NOT NULL, n INTEGER NOT NULL,
            workspace_id TEXT NOT NULL, time ${long} NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run_id, seq));
        CREATE TABLE event (id ${id} NOT NULL PRIMARY KEY, workspace_id TEXT NOT NULL, type TEXT NOT NULL,
            aggregate_id ${id} NOT NULL, seq ${long} NOT NULL, payload TEXT);
        CREATE INDEX event_by_workspace ON event (workspace_id, id)\
        """;
}
