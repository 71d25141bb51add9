package dev.agentplatform.queue;

import dev.agentplatform.queue.Unit.Birth;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Shape;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of tasks and workers, for both databases. */
public final class TaskTable {
    /** Format of {@code task.state} that this build writes; it reads all older ones. */
    public static final int STATE_VERSION = 1;

    /** Crashes without progress before a task is suspected of killing its owners. */
    static final int SUSPECT_AFTER = 2;

    private static final List<Shape.Column> KEY = List.of(Shape.id("ref"));

    static final Shape BIRTH = Shape.insert(
            "task",
            10,
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
            Shape.number("claimed_seq"),
            Shape.small("attempts"),
            Shape.small("v"),
            Shape.text("state"));
    static final Shape ADVANCE = Shape.update("task", 11, KEY, Shape.number("seq"), Shape.text("state"));
    static final Shape MOVE = Shape.update(
            "task",
            12,
            KEY,
            Shape.number("seq"),
            Shape.text("state"),
            Shape.text("status"),
            Shape.text("queue"),
            Shape.number("ready_time"),
            Shape.id("owner"),
            Shape.text("worker_key"),
            Shape.number("wakes"));
    static final Shape WAKE = Shape.update(
            "task",
            13,
            KEY,
            Shape.number("wakes"),
            Shape.text("status"),
            Shape.text("queue"),
            Shape.number("ready_time"));
    static final Shape END = Shape.delete("task", 14, Shape.id("ref"));
    static final Shape NO_PROGRESS = Shape.update("task", 15, KEY, Shape.number("claimed_seq"));

    private static final String CLAIMED_COLUMNS =
            "ref, kind, workspace_id, queue, rank, ready_time, worker_key, epoch, wakes, seq, attempts, v, state";

    private static final String CRASHED =
            "UPDATE task SET status = 'ready', owner = NULL, worker_key = NULL, epoch = epoch + 1, ready_time = ?,"
                    + " attempts = CASE WHEN seq > claimed_seq THEN 0 ELSE attempts + 1 END,"
                    + " queue = CASE WHEN seq <= claimed_seq AND attempts + 1 >= ? THEN '" + Queues.SUSPECT
                    + "' ELSE queue END";

    private TaskTable() {}

    /** A claimed task: this process owns it from now on, under {@code epoch}. */
    public record Claimed(
            UUID ref,
            String kind,
            String workspaceId,
            String queue,
            int priority,
            long readyTime,
            String workerKey,
            long epoch,
            long wakes,
            long seq,
            int attempts,
            int version,
            String state) {}

    /** Work that waits in one queue at one priority; {@code readyTime} is the oldest. */
    public record Lane(String queue, int rank, long readyTime) {}

    /** What a caller who wants to drive a task finds. */
    public record Holder(UUID owner, String workerKey, String queue, String status) {}

    static RowWrite born(Birth birth, long now) {
        String status = birth.owner() != null ? "owned" : birth.ready() ? "ready" : "idle";
        Long readyTime = birth.readyTime() == null && birth.ready() ? Long.valueOf(now) : birth.readyTime();
        return BIRTH.row(
                birth.ref(),
                birth.kind(),
                birth.workspaceId(),
                birth.queue(),
                -birth.priority(),
                status,
                readyTime,
                birth.owner(),
                birth.owner() == null ? 0L : 1L,
                0L,
                birth.seq(),
                birth.seq(),
                0,
                birth.version(),
                birth.state());
    }

    /** A process that was declared dead would own what it claims for ever. Locked, so that it cannot die meanwhile. */
    static boolean alive(Sql sql, UUID me) throws SQLException {
        String lock = sql.dialect() == Dialect.POSTGRESQL ? " FOR KEY SHARE" : "";
        return sql.one("SELECT id FROM worker WHERE id = ? AND lease_until > 0" + lock, row -> row.id("id"), me)
                .isPresent();
    }

    /**
     * Takes up to {@code limit} ready tasks of a lane. The scan starts at {@code low}: without it, it would
     * read every index entry that a long reader keeps from being cleaned up.
     */
    static List<Claimed> claim(Sql sql, UUID me, String queue, int rank, long low, int limit) throws SQLException {
        String pick = "SELECT ref FROM task WHERE status = 'ready' AND queue = ? AND rank = ? AND ready_time >= ?"
                + " AND v <= ? ORDER BY ready_time LIMIT ?" + sql.dialect().skipLocked();
        // Materialized: PostgreSQL may otherwise evaluate a locking subquery more than once.
        String take = "WITH picked AS MATERIALIZED (" + pick + ")"
                + " UPDATE task SET status = 'owned', owner = ?, epoch = epoch + 1, claimed_seq = seq"
                + " WHERE ref IN (SELECT ref FROM picked) RETURNING " + CLAIMED_COLUMNS;
        if (!alive(sql, me)) return List.of();
        return sql.list(take, TaskTable::claimed, queue, rank, low, STATE_VERSION, limit, me);
    }

    /** {@link #claim} from a queue that may have a limit; {@code full} when it let fewer through than were asked for. */
    static LimitedClaim claimLimited(Sql sql, UUID me, String queue, int rank, long low, int limit)
            throws SQLException {
        int room = QueueLimits.room(sql, queue);
        List<Claimed> claimed = room == 0 ? List.of() : claim(sql, me, queue, rank, low, Math.min(room, limit));
        return new LimitedClaim(claimed, claimed.size() == room);
    }

    record LimitedClaim(List<Claimed> claimed, boolean full) {}

    /** Takes ready tasks of one queue, whatever their priority: for the small queues with a purpose of their own. */
    static List<Claimed> claimAny(Sql sql, UUID me, String queue, int limit) throws SQLException {
        String pick = "SELECT ref FROM task WHERE status = 'ready' AND queue = ? AND v <= ?"
                + " ORDER BY rank, ready_time LIMIT ?" + sql.dialect().skipLocked();
        String take = "WITH picked AS MATERIALIZED (" + pick + ")"
                + " UPDATE task SET status = 'owned', owner = ?, epoch = epoch + 1, claimed_seq = seq"
                + " WHERE ref IN (SELECT ref FROM picked) RETURNING " + CLAIMED_COLUMNS;
        if (!alive(sql, me)) return List.of();
        return sql.list(take, TaskTable::claimed, queue, STATE_VERSION, limit, me);
    }

    /**
     * Takes one task for a caller, whatever queue it rests in; empty when it is owned or gone, or its queue is
     * full.
     *
     * @param starts whether the caller lets steps start; else it only applies something, and needs no room
     */
    public static Optional<Claimed> claimOne(Sql sql, UUID me, UUID ref, String workerKey, boolean starts)
            throws SQLException {
        if (!alive(sql, me)) return Optional.empty();
        Optional<String> queue =
                sql.one("SELECT queue FROM task WHERE ref = ? AND status <> 'owned'", row -> row.text("queue"), ref);
        if (queue.isEmpty()) return Optional.empty();
        boolean limited = Queues.isLimited(queue.get());
        if (limited && starts && QueueLimits.room(sql, queue.get()) == 0) return Optional.empty();
        return sql.one(
                "UPDATE task SET status = 'owned', owner = ?, worker_key = ?, epoch = epoch + 1, claimed_seq = seq,"
                        + " queue = ? WHERE ref = ? AND queue = ? AND status <> 'owned' AND v <= ? RETURNING "
                        + CLAIMED_COLUMNS,
                TaskTable::claimed,
                me,
                workerKey,
                limited && !starts ? Queues.CONTROL : queue.get(),
                ref,
                queue.get(),
                STATE_VERSION);
    }

    /** Takes the next ready task of a queue for a caller. */
    public static Optional<Claimed> claimNext(Sql sql, UUID me, String queue, String workerKey) throws SQLException {
        String pick = "SELECT ref FROM task WHERE status = 'ready' AND queue = ? AND v <= ?"
                + " ORDER BY rank, ready_time LIMIT 1" + sql.dialect().skipLocked();
        if (!alive(sql, me)) return Optional.empty();
        return sql.one(
                "WITH picked AS MATERIALIZED (" + pick + ")"
                        + " UPDATE task SET status = 'owned', owner = ?, worker_key = ?, epoch = epoch + 1,"
                        + " claimed_seq = seq WHERE ref IN (SELECT ref FROM picked) RETURNING " + CLAIMED_COLUMNS,
                TaskTable::claimed,
                queue,
                STATE_VERSION,
                me,
                workerKey);
    }

    /** Wakes an actor with mail for a normal queue from inside a closure: before anything else in it, for the order of locks. Empty: it has ended. */
    public static Optional<Unit.Woken> wake(Sql sql, String workspaceId, UUID ref, String queue, long now)
            throws SQLException {
        return sql.one(
                "UPDATE task SET wakes = wakes + 1,"
                        + " ready_time = CASE status WHEN 'owned' THEN ready_time ELSE ? END,"
                        + " queue = CASE WHEN status <> 'owned' AND queue LIKE 'manual:%' THEN ? ELSE queue END,"
                        + " status = CASE status WHEN 'owned' THEN status ELSE 'ready' END"
                        + " WHERE workspace_id = ? AND ref = ? RETURNING owner, wakes, queue, rank",
                row -> new Unit.Woken(
                        ref, row.idOrNull("owner"), row.number("wakes"), row.text("queue"), -row.small("rank")),
                now,
                queue,
                workspaceId,
                ref);
    }

    /** An actor that had ended gets its task back. */
    public record Revival(UUID ref, String kind, String workspaceId, String queue, int priority) {}

    /** {@code seq} is the end of its log: owners of its first life fail on it. */
    public static void revive(Sql sql, Revival revival, long seq, String state, long now) throws SQLException {
        sql.update(
                "INSERT INTO task (ref, kind, workspace_id, queue, rank, status, ready_time, epoch, wakes, seq,"
                        + " claimed_seq, attempts, v, state) VALUES (?, ?, ?, ?, ?, 'ready', ?, ?, 0, ?, ?, 0, ?, ?)",
                revival.ref(),
                revival.kind(),
                revival.workspaceId(),
                revival.queue(),
                -revival.priority(),
                now,
                // Above every epoch of a former life, so that a claim of then never looks newer than one of now.
                now,
                seq,
                seq,
                STATE_VERSION,
                state);
    }

    public static Optional<Holder> holder(Sql sql, UUID ref) throws SQLException {
        return sql.one(
                "SELECT owner, worker_key, queue, status FROM task WHERE ref = ?",
                row -> new Holder(row.idOrNull("owner"), row.text("worker_key"), row.text("queue"), row.text("status")),
                ref);
    }

    /** Whether a process owns a task at exactly this point of its log. */
    public static boolean ownedAt(Sql sql, String workspaceId, UUID ref, UUID owner, long epoch, long seq)
            throws SQLException {
        return sql.one(
                        "SELECT seq FROM task WHERE workspace_id = ? AND ref = ? AND owner = ? AND epoch = ?"
                                + " AND seq = ?",
                        row -> row.number("seq"),
                        workspaceId,
                        ref,
                        owner,
                        epoch,
                        seq)
                .isPresent();
    }

    /** Control state of a task that may be owned elsewhere; for views of open steps. */
    public static Optional<String> state(Sql sql, String workspaceId, UUID ref) throws SQLException {
        return sql.one(
                "SELECT state FROM task WHERE workspace_id = ? AND ref = ?",
                row -> row.text("state"),
                workspaceId,
                ref);
    }

    /** Which normal queues have due work, one row for each priority, found by skipping through the index. */
    static List<Lane> lanes(Sql sql) throws SQLException {
        List<Lane> lanes = new ArrayList<>();
        Optional<Lane> lane = firstLane(sql, Queues.NORMAL_FROM);
        while (lane.isPresent()) {
            lanes.add(lane.get());
            Optional<Lane> lower = lowerLane(sql, lane.get());
            lane = lower.isPresent() ? lower : firstLane(sql, lane.get().queue());
        }
        return lanes;
    }

    private static Optional<Lane> firstLane(Sql sql, String behind) throws SQLException {
        return sql.one(
                "SELECT queue, rank, ready_time FROM task WHERE status = 'ready' AND queue > ? AND queue < ?"
                        + " ORDER BY queue, rank, ready_time LIMIT 1",
                TaskTable::lane,
                behind,
                Queues.NORMAL_BELOW);
    }

    // Not "(queue, rank) > (?, ?)": SQLite would read every row of the queue to find the next rank.
    private static Optional<Lane> lowerLane(Sql sql, Lane above) throws SQLException {
        return sql.one(
                "SELECT queue, rank, ready_time FROM task WHERE status = 'ready' AND queue = ? AND rank > ?"
                        + " ORDER BY rank, ready_time LIMIT 1",
                TaskTable::lane,
                above.queue(),
                above.rank());
    }

    /** Makes idle tasks ready whose time has come; returns how many. */
    static List<Lane> stage(Sql sql, long now, long low, int limit) throws SQLException {
        String pick = "SELECT ref FROM task WHERE status = 'idle' AND ready_time IS NOT NULL AND ready_time <= ?"
                + " AND ready_time >= ? ORDER BY ready_time LIMIT ?"
                + sql.dialect().skipLocked();
        return sql.list(
                "WITH picked AS MATERIALIZED (" + pick + ") UPDATE task SET status = 'ready', ready_time = ?"
                        + " WHERE ref IN (SELECT ref FROM picked) RETURNING queue, rank, ready_time",
                TaskTable::lane,
                now,
                low,
                limit,
                now);
    }

    /** When the next idle task is due; empty when none has a time. */
    static Optional<Long> nextDue(Sql sql, long low) throws SQLException {
        return sql.one(
                "SELECT ready_time FROM task WHERE status = 'idle' AND ready_time IS NOT NULL AND ready_time >= ?"
                        + " ORDER BY ready_time LIMIT 1",
                row -> row.number("ready_time"),
                low);
    }

    static void register(Sql sql, UUID id, UUID instance, long leaseUntil, String codeVersion, long now)
            throws SQLException {
        sql.update(
                "INSERT INTO worker (id, instance, lease_until, code_version, started_time) VALUES (?, ?, ?, ?, ?)",
                id,
                instance,
                leaseUntil,
                codeVersion,
                now);
    }

    /** False when this incarnation was declared dead. */
    static boolean renew(Sql sql, UUID id, long leaseUntil) throws SQLException {
        return sql.update("UPDATE worker SET lease_until = ? WHERE id = ? AND lease_until > 0", leaseUntil, id) == 1;
    }

    static List<UUID> expired(Sql sql, long now) throws SQLException {
        return sql.list("SELECT id FROM worker WHERE lease_until > 0 AND lease_until < ?", row -> row.id("id"), now);
    }

    static List<UUID> ofInstance(Sql sql, UUID instance) throws SQLException {
        return sql.list("SELECT id FROM worker WHERE instance = ? AND lease_until > 0", row -> row.id("id"), instance);
    }

    /**
     * Declares a process dead and frees its tasks, in one transaction. Only crashes without progress count
     * as attempts; from the second on the task waits among the suspects.
     *
     * @param onlyBefore leases that end before this, or {@link Long#MAX_VALUE} for a process known to be gone
     */
    static int takeOver(Sql sql, UUID dead, long onlyBefore, long now) throws SQLException {
        Optional<UUID> locked = sql.one(
                "SELECT id FROM worker WHERE id = ? AND lease_until > 0 AND lease_until < ?"
                        + sql.dialect().forUpdate(),
                row -> row.id("id"),
                dead,
                onlyBefore);
        if (locked.isEmpty()) return 0;
        sql.update("UPDATE worker SET lease_until = 0 WHERE id = ?", dead);
        return sql.update(CRASHED + " WHERE owner = ?", now, SUSPECT_AFTER, dead);
    }

    /**
     * Gives back a task that its living owner cannot go on with; it counts as a crash of the task. False when
     * it is not held under this epoch.
     */
    public static boolean giveUp(Sql sql, UUID owner, UUID ref, long epoch, long now) throws SQLException {
        return sql.update(CRASHED + " WHERE owner = ? AND ref = ? AND epoch = ?", now, SUSPECT_AFTER, owner, ref, epoch)
                == 1;
    }

    /** The owner is done with a task that has no units. False when it is not held under this epoch. */
    static boolean finish(Sql sql, UUID owner, UUID ref, long epoch) throws SQLException {
        return sql.update("DELETE FROM task WHERE ref = ? AND owner = ? AND epoch = ?", ref, owner, epoch) == 1;
    }

    /** Whoever owns it: its next write is refused. */
    static void remove(Sql sql, String workspaceId, UUID ref) throws SQLException {
        sql.update("DELETE FROM task WHERE workspace_id = ? AND ref = ?", workspaceId, ref);
    }

    /** Ends this incarnation in an orderly way: what it still owns is free at once, and no crash is counted. */
    static void retire(Sql sql, UUID id, long now) throws SQLException {
        sql.update(
                "UPDATE task SET status = 'ready', owner = NULL, worker_key = NULL, epoch = epoch + 1, ready_time = ?"
                        + " WHERE owner = ?",
                now,
                id);
        sql.update("DELETE FROM worker WHERE id = ?", id);
    }

    private static Lane lane(Row row) throws SQLException {
        return new Lane(row.text("queue"), row.small("rank"), row.number("ready_time"));
    }

    private static Claimed claimed(Row row) throws SQLException {
        // A task that was claimed while it waited for a message has no time.
        Long readyTime = row.numberOrNull("ready_time");
        return new Claimed(
                row.id("ref"),
                row.text("kind"),
                row.text("workspace_id"),
                row.text("queue"),
                -row.small("rank"),
                readyTime == null ? 0 : readyTime,
                row.text("worker_key"),
                row.number("epoch"),
                row.number("wakes"),
                row.number("seq"),
                row.small("attempts"),
                row.small("v"),
                row.text("state"));
    }
}
