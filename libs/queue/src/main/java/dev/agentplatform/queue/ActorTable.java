package dev.agentplatform.queue;

import dev.agentplatform.queue.TaskTable.Claimed;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of tasks of actors that are no runs: schedules, subscriptions. They are touched inside closures. */
public final class ActorTable {
    private static final String INSERT =
            "INSERT INTO task (ref, kind, workspace_id, queue, rank, status, ready_time, epoch, wakes, seq,"
                    + " claimed_seq, attempts, v, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?, ?) ON CONFLICT"
                    + " (ref) DO UPDATE ";

    private ActorTable() {}

    /** @param priority of its kind; see {@link Dispatcher.Service} */
    public record Actor(UUID ref, String kind, String workspaceId, int priority) {
        public String queue() {
            return Queues.normal(workspaceId);
        }
    }

    /** Makes its task ready, unless somebody has it or is about to. False when nothing changed. */
    public static boolean wake(Sql sql, Actor actor, String state, long now) throws SQLException {
        return insert(
                        sql,
                        actor,
                        "ready",
                        now,
                        state,
                        now,
                        "SET status = 'ready', ready_time = excluded.ready_time, wakes = task.wakes + 1"
                                + " WHERE task.status = 'idle'")
                == 1;
    }

    /**
     * Like {@link #wake}, and who owns the task learns that there is more to do: he cannot give it back before he has
     * looked.
     */
    public static void call(Sql sql, Actor actor, String state, long now) throws SQLException {
        insert(
                sql,
                actor,
                "ready",
                now,
                state,
                now,
                "SET wakes = task.wakes + 1, ready_time = CASE task.status WHEN 'idle' THEN excluded.ready_time ELSE"
                    + " task.ready_time END, status = CASE task.status WHEN 'idle' THEN 'ready' ELSE task.status END");
    }

    /**
     * Sets the task anew: it rests until {@code readyTime} (null: until it is called), and whoever owns it has lost it.
     */
    public static void reset(Sql sql, Actor actor, Long readyTime, String state, long now) throws SQLException {
        insert(
                sql,
                actor,
                "idle",
                readyTime,
                state,
                now,
                "SET status = 'idle', ready_time = excluded.ready_time, state = excluded.state, owner = NULL,"
                        + " worker_key = NULL, epoch = task.epoch + 1, attempts = 0, queue = excluded.queue");
    }

    public static void remove(Sql sql, String workspaceId, UUID ref) throws SQLException {
        sql.update("DELETE FROM task WHERE workspace_id = ? AND ref = ?", workspaceId, ref);
    }

    // The epoch of a new life is above every one of a former life.
    private static int insert(
            Sql sql, Actor actor, String status, Long readyTime, String state, long now, String onConflict)
            throws SQLException {
        return sql.update(
                INSERT + onConflict,
                actor.ref(),
                actor.kind(),
                actor.workspaceId(),
                actor.queue(),
                -actor.priority(),
                status,
                readyTime,
                now,
                TaskTable.STATE_VERSION,
                state);
    }

    /**
     * What an owner holds.
     *
     * @param wakes the calls that the owner has answered
     */
    public record Held(UUID ref, UUID owner, long epoch, long wakes) {}

    /**
     * Gives a task back inside a closure: before anything else in it, for the order of locks. It rests until
     * {@code readyTime}, or until it is called; one that was called meanwhile is ready at once.
     *
     * @throws Refused when it is not held any more
     */
    public static void release(Sql sql, Actor actor, Held held, Long readyTime, String state, long now)
            throws SQLException {
        int rows = sql.update(
                "UPDATE task SET status = CASE WHEN wakes = ? THEN 'idle' ELSE 'ready' END,"
                        + " ready_time = CASE WHEN wakes = ? THEN ? ELSE ? END,"
                        + " state = ?, owner = NULL, worker_key = NULL, seq = seq + 1, queue = ?"
                        + " WHERE workspace_id = ? AND ref = ? AND owner = ? AND epoch = ?",
                held.wakes(),
                held.wakes(),
                readyTime,
                now,
                state,
                actor.queue(),
                actor.workspaceId(),
                actor.ref(),
                held.owner(),
                held.epoch());
        if (rows == 0) throw new Refused(Refused.Reason.FENCED, 0);
    }

    /** Ends a task inside a closure, else as {@link #release}: one that was called meanwhile lives on. */
    public static void end(Sql sql, Actor actor, Held held, String state, long now) throws SQLException {
        int rows = sql.update(
                "DELETE FROM task WHERE workspace_id = ? AND ref = ? AND owner = ? AND epoch = ? AND wakes = ?",
                actor.workspaceId(),
                actor.ref(),
                held.owner(),
                held.epoch(),
                held.wakes());
        if (rows == 0) release(sql, actor, held, null, state, now);
    }

    /** Makes those ready whose time has come; for a caller who claims where no dispatcher may run. */
    public static void stage(Sql sql, String workspaceId, String kind, long now) throws SQLException {
        sql.update(
                "UPDATE task SET status = 'ready' WHERE workspace_id = ? AND kind = ? AND status = 'idle'"
                        + " AND ready_time IS NOT NULL AND ready_time <= ?",
                workspaceId,
                kind,
                now);
    }

    /** Takes ready tasks of one kind and workspace. */
    public static List<Claimed> claim(Sql sql, UUID me, Actor like, int limit) throws SQLException {
        return TaskTable.claim(sql, me, like.queue(), -like.priority(), 0, limit);
    }

    /** The state of a task that nobody owns, locked until the transaction ends; empty when it is owned or gone. */
    public static Optional<String> lockIdle(Sql sql, String workspaceId, UUID ref) throws SQLException {
        return sql.one(
                "SELECT state FROM task WHERE workspace_id = ? AND ref = ? AND status <> 'owned'"
                        + sql.dialect().forUpdate(),
                row -> row.text("state"),
                workspaceId,
                ref);
    }
}
