package dev.agentplatform.bench.simulation;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What must hold in the store after every commit, and at the end of a seed. */
final class Invariants {
    private static final String LIVE = "('queued', 'running', 'waiting')";

    private final Database database;
    private final Map<UUID, long[]> fences = new HashMap<>();
    private long steps;
    /** Times of this seed do not say what was first. */
    private boolean jumped;

    Invariants(Database database) {
        this.database = database;
    }

    void clockJumped() {
        jumped = true;
    }

    static final class Broken extends AssertionError {
        private static final long serialVersionUID = 1L;

        Broken(String what) {
            super(what);
        }
    }

    /** After a unit: the run that it changed. */
    void check(Unit unit) {
        if (unit.fence() != null) checkRun(unit.fence().ref());
        for (Unit.Birth birth : unit.births()) checkRun(birth.ref());
    }

    private record Log(long first, long events, long last) {}

    private record Task(String status, long epoch, long seq, String state) {}

    private void checkRun(UUID run) {
        database.read(sql -> {
            Log log = sql.one(
                            "SELECT min(seq) AS f, sum(n) AS e, max(seq + n - 1) AS l FROM run_event WHERE run_id = ?"
                                    + " GROUP BY run_id",
                            row -> new Log(row.number("f"), row.number("e"), row.number("l")),
                            run)
                    .orElse(new Log(1, 0, 0));
            require(log.first() == 1 && log.events() == log.last(), "3: the log of " + run + " has a gap: " + log);
            Task task = sql.one("SELECT status, epoch, seq, state FROM task WHERE ref = ?", Invariants::task, run)
                    .orElse(null);
            if (task == null) {
                long last = one(sql, "SELECT last_seq AS n FROM run WHERE id = ?", run);
                require(last == log.last(), "3: last_seq of ended " + run + " is " + last + ", its log " + log);
                fences.remove(run);
            } else {
                require(task.seq() == log.last(), "3: seq of " + run + " is " + task.seq() + ", its log " + log);
                checkFence(run, task);
                checkOpenSteps(sql, run, task);
            }
            return null;
        });
    }

    private static Task task(Row row) throws SQLException {
        return new Task(row.text("status"), row.number("epoch"), row.number("seq"), row.text("state"));
    }

    private void checkFence(UUID run, Task task) {
        long[] before = fences.put(run, new long[] {task.epoch(), task.seq()});
        if (before == null) return;
        // A retry begins anew with epoch 1, but never at an older position.
        require(task.seq() >= before[1], "2: the seq of " + run + " fell from " + before[1] + " to " + task.seq());
        require(
                task.epoch() >= before[0],
                "2: the epoch of " + run + " fell from " + before[0] + " to " + task.epoch());
    }

    private static void checkOpenSteps(Sql sql, UUID run, Task task) throws SQLException {
        if (task.state() == null) return;
        JsonNode state = Json.parse(task.state());
        JsonNode control = state.has("c") ? state.get("c") : state;
        Set<Integer> open = new HashSet<>();
        for (JsonNode step : control.get("o")) open.add(step.get(0).asInt());
        Set<Integer> recorded =
                new HashSet<>(sql.list("SELECT no FROM step WHERE run_id = ?", row -> row.small("no"), run));
        for (int no : open) require(!recorded.contains(no), "4: step " + no + " of " + run + " is open and recorded");
        if (!control.has("l")) return;
        for (JsonNode latest : control.get("l")) {
            int no = latest.asInt();
            require(no == 0 || recorded.contains(no), "4: " + run + " refers to step " + no + ", which has no row");
        }
    }

    /** Whole tables, between two actions of the simulation. */
    void checkAll() {
        database.read(sql -> {
            none(
                    sql,
                    "1: live runs without a task",
                    "SELECT count(*) AS n FROM run r WHERE r.status IN " + LIVE
                            + " AND NOT EXISTS (SELECT 1 FROM task t WHERE t.ref = r.id)");
            none(
                    sql,
                    "1: ended runs with a task",
                    "SELECT count(*) AS n FROM run r WHERE r.status NOT IN " + LIVE
                            + " AND EXISTS (SELECT 1 FROM task t WHERE t.ref = r.id)");
            none(
                    sql,
                    "1: mail of ended runs",
                    "SELECT count(*) AS n FROM run_message m"
                            + " WHERE NOT EXISTS (SELECT 1 FROM task t WHERE t.ref = m.run_id)");
            none(
                    sql,
                    "1: tasks owned by the dead",
                    "SELECT count(*) AS n FROM task t WHERE t.status = 'owned'"
                            + " AND NOT EXISTS (SELECT 1 FROM worker w WHERE w.id = t.owner AND w.lease_until > 0)");
            none(
                    sql,
                    "1: owned without owner",
                    "SELECT count(*) AS n FROM task" + " WHERE (status = 'owned') <> (owner IS NOT NULL)");
            none(
                    sql,
                    "1: idle tasks with mail",
                    "SELECT count(*) AS n FROM task t WHERE t.status = 'idle'"
                            + " AND EXISTS (SELECT 1 FROM run_message m WHERE m.run_id = t.ref)");
            none(
                    sql,
                    "1: ready without a time",
                    "SELECT count(*) AS n FROM task" + " WHERE status = 'ready' AND ready_time IS NULL");
            none(
                    sql,
                    "1: idle for no cause",
                    "SELECT count(*) AS n FROM task WHERE status = 'idle' AND ready_time IS NULL AND state NOT LIKE"
                            + " '%\"signal\"%' AND state NOT LIKE '%\"human\"%' AND state NOT LIKE '%\"child\"%'");
            none(
                    sql,
                    "15: rows of another workspace",
                    "SELECT count(*) AS n FROM step s JOIN run r ON r.id = s.run_id"
                            + " WHERE s.workspace_id <> r.workspace_id");
            none(
                    sql,
                    "14: queues over their limit",
                    "SELECT count(*) AS n FROM queue_limit l WHERE l.owned_max <"
                            + " (SELECT count(*) FROM task t WHERE t.queue = l.queue AND t.status = 'owned')");
            long now = one(sql, "SELECT count(*) AS n FROM step");
            require(now >= steps, "4: step rows vanished");
            steps = now;
            return null;
        });
    }

    /** When everything has come to its end. {@code retried}: these may tell several ends. */
    void checkEnd(Set<UUID> retried) {
        database.read(sql -> {
            none(sql, "6: runs that did not end", "SELECT count(*) AS n FROM run WHERE status IN " + LIVE);
            none(sql, "15: tasks at rest", "SELECT count(*) AS n FROM task");
            none(sql, "8: mail at rest", "SELECT count(*) AS n FROM run_message");
            if (!jumped)
                none(
                        sql,
                        "7: children that ended after their parents",
                        "SELECT count(*) AS n FROM run c"
                                + " JOIN run p ON p.id = c.parent_run_id WHERE c.ended_time > p.ended_time");
            for (UUID run : sql.list("SELECT id FROM run", row -> row.id("id"))) {
                if (!retried.contains(run)) checkTold(sql, run);
            }
            return null;
        });
    }

    private static void checkTold(Sql sql, UUID run) throws SQLException {
        String status = sql.one("SELECT status FROM run WHERE id = ?", row -> row.text("status"), run)
                .orElseThrow();
        List<String> bodies =
                sql.list("SELECT body FROM run_event WHERE run_id = ? ORDER BY seq", row -> row.text("body"), run);
        int ends = 0;
        String last = null;
        for (String body : bodies) {
            for (JsonNode event : Json.parse(body)) {
                last = event.get("type").asString();
                if (isEnd(last)) ends++;
            }
        }
        require(ends == 1, "6: " + run + " told " + ends + " ends");
        require(("run." + status).equals(last), "6: " + run + " is " + status + " and told " + last + " last");
        none(
                sql,
                "4: outcomes recorded twice for " + run,
                "SELECT count(*) AS n FROM (SELECT 1 FROM step"
                        + " WHERE run_id = ? GROUP BY key, iteration, attempt HAVING count(*) > 1) AS twice",
                run);
    }

    private static boolean isEnd(String type) {
        return switch (type) {
            case "run.completed", "run.failed", "run.cancelled", "run.timed_out" -> true;
            default -> false;
        };
    }

    private static void none(Sql sql, String what, String query, Object... arguments) throws SQLException {
        long count = one(sql, query, arguments);
        require(count == 0, what + ": " + count);
    }

    private static long one(Sql sql, String query, Object... arguments) throws SQLException {
        return sql.one(query, row -> row.number("n"), arguments).orElse(0L);
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) throw new Broken(otherwise);
    }
}
