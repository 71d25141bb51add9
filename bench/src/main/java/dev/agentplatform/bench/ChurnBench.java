package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.Latencies;
import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Result;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.queue.Dispatcher;
import dev.agentplatform.store.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Claims, releases, timers and ends for minutes, while a reader keeps PostgreSQL from cleaning up: do claims stay
 * as fast as they were? Prints a line for each window.
 */
final class ChurnBench {
    private static final int AT_ONCE = 16;
    private static final long REST_MS = 500;
    private static final String DATABASE = "churn";

    private final Database database;
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicReference<Latencies> window = new AtomicReference<>(new Latencies());
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

    private ChurnBench(Database database) {
        this.database = database;
    }

    static void measure(Options options) throws Exception {
        int seconds = options.number("seconds", 180);
        int windowSeconds = options.number("window", 10);
        int ready = options.number("ready", 2_000);
        int claimers = options.number("claimers", 2);
        boolean reader = options.text("reader", "yes").equals("yes");
        try (Stores stores = Stores.from(options, Stores.POSTGRESQL)) {
            options.complete();
            try (Database database = stores.migrated(Stores.POSTGRESQL, DATABASE)) {
                Backlog.add(database, ready);
                try (Connection snapshot = stores.postgres().connect("bench_" + DATABASE);
                        Connection observer = stores.postgres().connect("bench_" + DATABASE)) {
                    if (reader) hold(snapshot);
                    new ChurnBench(database).churn(observer, claimers, seconds / windowSeconds, windowSeconds);
                }
            }
        }
    }

    /** A backup, a report, a forgotten console: its snapshot keeps every dead row. */
    private static void hold(Connection snapshot) throws SQLException {
        snapshot.setAutoCommit(false);
        snapshot.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = snapshot.createStatement();
                ResultSet row = statement.executeQuery("SELECT 1")) {
            row.next();
        }
    }

    private void churn(Connection observer, int claimers, int windows, int windowSeconds) throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < claimers; i++) {
            threads.add(Thread.ofPlatform().name("claimer-" + i).start(this::claimUntilStopped));
        }
        double first = 0;
        for (int number = 1; number <= windows && failure.get() == null; number++) {
            TimeUnit.SECONDS.sleep(windowSeconds);
            Latencies ended = window.getAndSet(new Latencies());
            if (number == 1) first = ended.ms(0.5);
            new Result("churn")
                    .put("second", (long) number * windowSeconds)
                    .put("claim", ended)
                    .put("tasks_s", ended.count() * (double) AT_ONCE / windowSeconds)
                    .put("of_first_window", ended.ms(0.5) / first)
                    .put(
                            "dead_rows",
                            number(observer, "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'task'"))
                    .put("ready_index_bytes", number(observer, "SELECT pg_relation_size('task_ready')"))
                    .put("timer_index_bytes", number(observer, "SELECT pg_relation_size('task_timer')"))
                    .print();
        }
        running.set(false);
        for (Thread thread : threads) thread.join();
        if (failure.get() != null) throw failure.get();
    }

    /** Of each four claims two end and are replaced, one goes back to its queue, one rests for a while. */
    private void claimUntilStopped() {
        List<UUID> taken = new ArrayList<>();
        Ids ids = new Ids(Clock.systemUTC());
        Dispatcher claimer = Backlog.claimer(database, AT_ONCE, task -> taken.add(task.ref()));
        try {
            for (int turn = 0; running.get(); turn++) {
                long start = System.nanoTime();
                claimer.turn();
                if (taken.size() == AT_ONCE) window.get().add(System.nanoTime() - start);
                switch (turn % 4) {
                    case 0 -> Backlog.release(database, taken);
                    case 1 -> {
                        long until = Clock.systemUTC().millis() + REST_MS;
                        Backlog.rest(database, taken, until);
                        claimer.resting(until);
                    }
                    default -> Backlog.replace(database, taken, ids);
                }
                taken.clear();
            }
        } catch (RuntimeException thrown) {
            failure.compareAndSet(null, thrown);
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
