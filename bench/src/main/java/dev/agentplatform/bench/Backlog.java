package dev.agentplatform.bench;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Signals;
import dev.agentplatform.queue.Dispatcher;
import dev.agentplatform.queue.Membership;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.queue.Queues;
import dev.agentplatform.queue.TaskTable;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** Queued runs in bulk, and a claimer that takes them the way a server does. */
final class Backlog {
    private static final Clock CLOCK = Clock.systemUTC();
    /** Rows of one statement: well within the time limit that statements have. */
    private static final int CHUNK = 20_000;

    private Backlog() {}

    /** Adds {@code count} queued runs with their tasks; ids rise with time, as the platform's do. */
    static void add(Database database, int count) {
        long now = CLOCK.millis();
        for (int from = 0; from < count; from += CHUNK) {
            int first = from;
            int last = Math.min(count, from + CHUNK) - 1;
            database.transact(sql -> {
                insert(sql, first, last, now);
                return null;
            });
        }
        // As autovacuum would. Nothing of the platform analyzes an SQLite file.
        if (database.dialect() == Dialect.POSTGRESQL) database.transact(sql -> sql.update("ANALYZE"));
    }

    private static void insert(Sql sql, int first, int last, long now) throws SQLException {
        boolean sqlite = sql.dialect() == Dialect.SQLITE;
        // Version 7: 48 bits of time, then a counter that leaves the low 24 bits to the steps.
        String id = sqlite
                ? "unhex(printf('%012x70008%015x', ?, n * 16777216))"
                : "(lpad(to_hex(?::bigint), 12, '0') || '70008' || lpad(to_hex(n * 16777216), 15, '0'))::uuid";
        String numbers = sqlite
                ? "WITH RECURSIVE numbers (n) AS (SELECT ? UNION ALL SELECT n + 1 FROM numbers WHERE n < ?) "
                : "WITH numbers (n) AS (SELECT * FROM generate_series(?::bigint, ?::bigint)) ";
        sql.update(
                numbers + "INSERT INTO run (id, workspace_id, kind, status, last_seq, created_time, input) SELECT " + id
                        + ", '" + Flows.WORKSPACE + "', '" + Flows.KIND + "', 'queued', 1, " + now + " + n / 100, '"
                        + Payloads.INPUT + "' FROM numbers",
                first,
                last,
                now);
        sql.update(
                numbers
                        + "INSERT INTO task (ref, kind, workspace_id, queue, rank, status, ready_time, epoch, wakes,"
                        + " seq, claimed_seq, attempts, v) SELECT " + id + ", 'run', '" + Flows.WORKSPACE + "', '"
                        + Queues.normal(Flows.WORKSPACE) + "', 0, 'ready', " + (now - 60_000)
                        + " + n / 100, 0, 0, 1, 1, 0, " + TaskTable.STATE_VERSION + " FROM numbers",
                first,
                last,
                now);
    }

    /** A dispatcher of an incarnation of its own; each call of {@code turn()} claims at most {@code atOnce} tasks. */
    static Dispatcher claimer(Database database, int atOnce, Consumer<TaskTable.Claimed> owner) {
        Membership membership = new Membership(
                database,
                new Membership.Identity(UUID.randomUUID(), "bench"),
                Membership.Timing.USUAL,
                CLOCK,
                new Ids(CLOCK));
        membership.join();
        return new Dispatcher(
                database,
                membership,
                CLOCK,
                Signals.NONE,
                Map.of("run", owner),
                () -> atOnce,
                new QueueLimits(database));
    }

    /** Puts claimed tasks back to the end of their queue, in one transaction. */
    static void release(Database database, List<UUID> refs) {
        if (refs.isEmpty()) return;
        database.transact(sql -> sql.update(
                "UPDATE task SET status = 'ready', owner = NULL, ready_time = ? WHERE workspace_id = ? AND ref IN ("
                        + Sql.marks(refs) + ")",
                CLOCK.millis(),
                Flows.WORKSPACE,
                refs));
    }

    /** Lets them rest until {@code readyTime}, as a wait node or a retry does. */
    static void rest(Database database, List<UUID> refs, long readyTime) {
        if (refs.isEmpty()) return;
        database.transact(sql -> sql.update(
                "UPDATE task SET status = 'idle', owner = NULL, ready_time = ? WHERE workspace_id = ? AND ref IN ("
                        + Sql.marks(refs) + ")",
                readyTime,
                Flows.WORKSPACE,
                refs));
    }

    /** Ends them and adds as many new ones, as finished and arriving runs do. */
    static void replace(Database database, List<UUID> refs, Ids ids) {
        if (refs.isEmpty()) return;
        database.transact(sql -> {
            sql.update(
                    "DELETE FROM task WHERE workspace_id = ? AND ref IN (" + Sql.marks(refs) + ")",
                    Flows.WORKSPACE,
                    refs);
            for (int i = 0; i < refs.size(); i++) {
                sql.update(
                        "INSERT INTO task (ref, kind, workspace_id, queue, rank, status, ready_time, epoch, wakes, seq,"
                                + " claimed_seq, attempts, v) VALUES (?, 'run', ?, ?, 0, 'ready', ?, 0, 0, 1, 1, 0, ?)",
                        ids.nextRun(),
                        Flows.WORKSPACE,
                        Queues.normal(Flows.WORKSPACE),
                        CLOCK.millis(),
                        TaskTable.STATE_VERSION);
            }
            return null;
        });
    }
}
