package dev.agentplatform.queue;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.queue.Refused.Reason;
import dev.agentplatform.queue.Unit.Birth;
import dev.agentplatform.queue.Unit.Change;
import dev.agentplatform.queue.Unit.Fence;
import dev.agentplatform.queue.Unit.Receipt;
import dev.agentplatform.queue.Unit.Wake;
import dev.agentplatform.queue.Unit.Woken;
import dev.agentplatform.store.BinaryArrays;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.store.Judge;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Judges the units of a batch in order of arrival against copies of the locked task rows.
 *
 * <p>The copies are changed as units pass: so a cancel and an end in one batch have a serial order,
 * several wakes of a run add up, and two units of one run cannot both pass on one fence. Clocks play no
 * part: a process that was declared dead is refused by its worker row, a stale owner by epoch or seq.
 */
public final class FenceJudge implements Judge<Unit, Receipt> {
    private static final String ALIVE = "SELECT 1 FROM worker WHERE id = ? AND lease_until > 0";
    private static final String LOCK =
            "SELECT ref, epoch, seq, wakes, status, owner, worker_key, queue, ready_time, rank FROM task WHERE ref ";
    private static final int[] CHUNKS = {32, 8, 1};

    private final Supplier<UUID> worker;
    private final Clock clock;

    /** @param worker the incarnation in whose name this process writes now */
    public FenceJudge(Supplier<UUID> worker, Clock clock) {
        this.worker = worker;
        this.clock = clock;
    }

    @Override
    public Judgement<Receipt> judge(Connection connection, Dialect dialect, List<Unit> units) throws SQLException {
        Map<UUID, TaskRow> rows = new TreeMap<>();
        UUID me = worker.get();
        boolean alive = lock(connection, dialect, me, refs(units), rows);
        long now = clock.millis();
        List<RowWrite> writes = new ArrayList<>(units.size() * 6);
        List<Verdict<Receipt>> verdicts = new ArrayList<>(units.size());
        for (Unit unit : units) {
            Refused refusal = alive ? refusal(unit, rows, me) : new Refused(Reason.FENCED, 0);
            if (refusal != null) verdicts.add(new Verdict.Refused<>(refusal));
            else verdicts.add(new Verdict.Passed<>(pass(unit, rows, now, writes)));
        }
        for (TaskRow row : rows.values()) row.write(writes);
        return new Judgement<>(writes, verdicts);
    }

    /**
     * Writes a unit of births inside a closure, after whatever the closure locked first. Units that change or
     * wake tasks go through the group commit.
     *
     * @throws Refused when this process was declared dead meanwhile
     */
    public static Receipt birth(Sql sql, UUID me, Unit unit, long now) throws SQLException {
        if (unit.fence() != null || !unit.wakes().isEmpty()) {
            throw new IllegalArgumentException("only births can be written in a closure");
        }
        if (!TaskTable.alive(sql, me)) throw new Refused(Reason.FENCED, 0);
        Refused refusal = refusal(unit, Map.of(), me);
        if (refusal != null) throw refusal;
        for (Birth birth : unit.births()) sql.write(TaskTable.born(birth, now));
        for (RowWrite row : unit.rows()) sql.write(row);
        return new Receipt(0, List.of());
    }

    private static Refused refusal(Unit unit, Map<UUID, TaskRow> rows, UUID me) {
        Fence fence = unit.fence();
        if (fence != null) {
            TaskRow row = rows.get(fence.ref());
            boolean mine = row != null
                    && !row.ended()
                    && row.epoch == fence.epoch()
                    && row.seq == fence.seq()
                    && me.equals(row.owner);
            if (!mine) return new Refused(Reason.FENCED, 0);
            if (wakesSeen(unit.change(), row.wakes) != row.wakes) return new Refused(Reason.MAIL, row.wakes);
        }
        for (Birth birth : unit.births()) {
            // Decided before this process was declared dead, judged in the name of its next incarnation.
            if (birth.owner() != null && !birth.owner().equals(me)) return new Refused(Reason.FENCED, 0);
        }
        for (Wake wake : unit.wakes()) {
            TaskRow row = rows.get(wake.ref());
            if (wake.required() && (row == null || row.ended())) return new Refused(Reason.ENDED, 0);
        }
        return null;
    }

    private static long wakesSeen(Change change, long wakes) {
        return switch (change) {
            case Change.Advance advance -> wakes;
            case Change.Release release -> release.wakesSeen();
            case Change.End end -> end.wakesSeen();
        };
    }

    private static Receipt pass(Unit unit, Map<UUID, TaskRow> rows, long now, List<RowWrite> writes) {
        for (Birth birth : unit.births()) {
            writes.add(TaskTable.born(birth, now));
            rows.put(birth.ref(), TaskRow.born(birth));
        }
        writes.addAll(unit.rows());
        long wakes = 0;
        if (unit.fence() != null) {
            TaskRow row = rows.get(unit.fence().ref());
            row.apply(unit.change());
            wakes = row.wakes;
        }
        if (unit.wakes().isEmpty()) return new Receipt(wakes, List.of());
        List<Woken> woken = new ArrayList<>(unit.wakes().size());
        for (Wake wake : unit.wakes()) {
            TaskRow row = rows.get(wake.ref());
            if (row == null || row.ended()) continue;
            row.wake(wake.queue(), now);
            writes.add(wake.mail());
            woken.add(new Woken(wake.ref(), row.owner, row.wakes, row.queue, -row.rank));
        }
        return new Receipt(wakes, woken);
    }

    private static Set<UUID> refs(List<Unit> units) {
        Set<UUID> refs = new LinkedHashSet<>();
        for (Unit unit : units) {
            if (unit.fence() != null) refs.add(unit.fence().ref());
            for (Wake wake : unit.wakes()) refs.add(wake.ref());
        }
        return refs;
    }

    private static boolean lock(
            Connection connection, Dialect dialect, UUID me, Set<UUID> refs, Map<UUID, TaskRow> rows)
            throws SQLException {
        return switch (dialect) {
            case POSTGRESQL -> lockOnPostgres(connection, me, refs, rows);
            case SQLITE -> lockOnSqlite(connection, me, List.copyOf(refs), rows);
        };
    }

    // One round trip: the driver pipelines statements that are joined by semicolons.
    private static boolean lockOnPostgres(Connection connection, UUID me, Set<UUID> refs, Map<UUID, TaskRow> rows)
            throws SQLException {
        String sql = "BEGIN; " + ALIVE + " FOR KEY SHARE; " + LOCK + "= ANY(?) ORDER BY ref FOR UPDATE";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, me);
            statement.setArray(2, BinaryArrays.ids(connection, refs));
            statement.execute();
            statement.getMoreResults();
            boolean alive;
            try (ResultSet found = statement.getResultSet()) {
                alive = found.next();
            }
            statement.getMoreResults();
            try (ResultSet found = statement.getResultSet()) {
                while (found.next()) add(rows, found, found.getObject(1, UUID.class), found.getObject(6, UUID.class));
            }
            return alive;
        }
    }

    private static boolean lockOnSqlite(Connection connection, UUID me, List<UUID> refs, Map<UUID, TaskRow> rows)
            throws SQLException {
        try (PreparedStatement begin = connection.prepareStatement("BEGIN IMMEDIATE")) {
            begin.execute();
        }
        boolean alive;
        try (PreparedStatement statement = connection.prepareStatement(ALIVE)) {
            statement.setBytes(1, Ids.bytes(me));
            try (ResultSet found = statement.executeQuery()) {
                alive = found.next();
            }
        }
        int from = 0;
        for (int size : CHUNKS) {
            for (; refs.size() - from >= size; from += size) {
                lockChunk(connection, refs.subList(from, from + size), rows);
            }
        }
        return alive;
    }

    private static void lockChunk(Connection connection, List<UUID> refs, Map<UUID, TaskRow> rows) throws SQLException {
        String marks = "?" + ", ?".repeat(refs.size() - 1);
        try (PreparedStatement statement = connection.prepareStatement(LOCK + "IN (" + marks + ")")) {
            for (int i = 0; i < refs.size(); i++) statement.setBytes(i + 1, Ids.bytes(refs.get(i)));
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    byte[] owner = found.getBytes(6);
                    UUID ownerId = owner == null ? null : Ids.fromBytes(owner);
                    add(rows, found, Ids.fromBytes(found.getBytes(1)), ownerId);
                }
            }
        }
    }

    private static void add(Map<UUID, TaskRow> rows, ResultSet found, UUID ref, UUID owner) throws SQLException {
        long readyTime = found.getLong(9);
        Long readyTimeOrNull = found.wasNull() ? null : readyTime;
        rows.put(
                ref,
                new TaskRow(
                        ref,
                        found.getInt(10),
                        found.getLong(2),
                        found.getLong(3),
                        found.getLong(4),
                        found.getString(5),
                        owner,
                        found.getString(7),
                        found.getString(8),
                        readyTimeOrNull));
    }
}
