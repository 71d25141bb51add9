package dev.agentplatform.queue;

import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.UUID;

/** The SQL of tasks of actors that are no runs: schedules, subscriptions. They are touched inside closures. */
public final class ActorTable {
    private static final String INSERT =
            "INSERT INTO task (ref, kind, workspace_id, queue, rank, status, ready_time, epoch, wakes, seq, claimed_seq,"
                    + " attempts, v, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?, ?) ON CONFLICT (ref) DO UPDATE ";

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
                "SET wakes = task.wakes + 1,"
                        + " ready_time = CASE task.status WHEN 'idle' THEN excluded.ready_time ELSE task.ready_time END,"
                        + " status = CASE task.status WHEN 'idle' THEN 'ready' ELSE task.status END");
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

    /** What an owner holds, as the fence of a {@link Unit} has it. */
    public record Held(UUID ref, UUID owner, long epoch, long wakes) {}

    /**
     * Gives a task back inside a closure: before anything else in it, for the order of locks. It rests until
     * {@code readyTime}; null until it is called.
     *
     * @throws Refused when it is not held any more, or was called meanwhile
     */
    public static void release(Sql sql, Actor actor, Held held, Long readyTime, String state) throws SQLException {
        int rows = sql.update(
                "UPDATE task SET status = 'idle', ready_time = ?, state = ?, owner = NULL, worker_key = NULL,"
                        + " seq = seq + 1, queue = ?"
                        + " WHERE workspace_id = ? AND ref = ? AND owner = ? AND epoch = ? AND wakes = ?",
                readyTime,
                state,
                actor.queue(),
                actor.workspaceId(),
                actor.ref(),
                held.owner(),
                held.epoch(),
                held.wakes());
        if (rows == 0) throw refused(sql, actor, held);
    }

    /** The end of the actor's task, else as {@link #release}. */
    public static void end(Sql sql, Actor actor, Held held) throws SQLException {
        int rows = sql.update(
                "DELETE FROM task WHERE workspace_id = ? AND ref = ? AND owner = ? AND epoch = ? AND wakes = ?",
                actor.workspaceId(),
                actor.ref(),
                held.owner(),
                held.epoch(),
                held.wakes());
        if (rows == 0) throw refused(sql, actor, held);
    }

    private static Refused refused(Sql sql, Actor actor, Held held) throws SQLException {
        return sql.one(
                        "SELECT wakes FROM task WHERE workspace_id = ? AND ref = ? AND owner = ? AND epoch = ?",
                        row -> new Refused(Refused.Reason.MAIL, row.number("wakes")),
                        actor.workspaceId(),
                        actor.ref(),
                        held.owner(),
                        held.epoch())
                .orElseGet(() -> new Refused(Refused.Reason.FENCED, 0));
    }
}
