package dev.agentplatform.events;

import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Shape;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The SQL of {@code event_delivery}. */
public final class DeliveryTable {
    private static final Shape INSERT = Shape.insert(
            "event_delivery",
            42,
            Shape.id("id"),
            Shape.id("subscription_id"),
            Shape.id("event_id"),
            Shape.text("workspace_id"),
            Shape.text("aggregate"),
            Shape.number("seq"),
            Shape.text("status"),
            Shape.small("attempts"),
            Shape.number("next_time"));

    private static final String INSERT_SQL =
            "INSERT INTO event_delivery (id, subscription_id, event_id, workspace_id, aggregate, seq, status, attempts,"
                    + " next_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final String WITH_EVENT =
            "SELECT d.id AS delivery_id, d.subscription_id, d.status, d.attempts, d.next_time, d.last_error, "
                    + EventTable.COLUMNS + " FROM event_delivery d JOIN event e ON e.id = d.event_id ";

    private DeliveryTable() {}

    static RowWrite row(Subscription subscription, Event event) {
        return INSERT.row(values(subscription, event, event.time()));
    }

    private static Object[] values(Subscription subscription, Event event, long nextTime) {
        return new Object[] {
            Delivery.id(event.id(), subscription.id()),
            subscription.id(),
            event.id(),
            event.workspaceId(),
            event.aggregate(),
            event.seq(),
            subscription.kind().equals(Subscription.CLAIM) ? "claimable" : "pending",
            0,
            nextTime
        };
    }

    /** Delivers an event once more; nothing when it is on its way already. A dead delivery lives again. */
    public static int again(Sql sql, Subscription subscription, Event event, long now) throws SQLException {
        String living = " ON CONFLICT (id) DO UPDATE SET status = excluded.status, attempts = 0,"
                + " next_time = excluded.next_time, last_error = NULL WHERE event_delivery.status = 'dead'";
        return sql.update(INSERT_SQL + living, values(subscription, event, now));
    }

    // ---- for the courier

    /** Which subscriptions have something due, found by skipping through the index. */
    public static List<UUID> withDue(Sql sql, long now) throws SQLException {
        record First(UUID subscription, long time) {}
        List<UUID> due = new ArrayList<>();
        UUID behind = new UUID(0, 0);
        while (true) {
            Optional<First> first = sql.one(
                    "SELECT subscription_id, next_time FROM event_delivery WHERE status = 'pending'"
                            + " AND subscription_id > ? ORDER BY subscription_id, next_time LIMIT 1",
                    row -> new First(row.id("subscription_id"), row.number("next_time")),
                    behind);
            if (first.isEmpty()) return due;
            behind = first.get().subscription();
            if (first.get().time() <= now) due.add(behind);
        }
    }

    /** In order of time, then of the aggregate. */
    public static List<Delivery> due(Sql sql, UUID subscription, long now, int limit) throws SQLException {
        return sql.list(
                WITH_EVENT + "WHERE d.subscription_id = ? AND d.status = 'pending' AND d.next_time <= ?"
                        + " ORDER BY d.next_time, d.seq LIMIT ?",
                DeliveryTable::read,
                subscription,
                now,
                limit);
    }

    /** What waits for one aggregate, whenever it is due. */
    public static List<Delivery> lane(Sql sql, UUID subscription, String aggregate, int limit) throws SQLException {
        return sql.list(
                WITH_EVENT + "WHERE d.subscription_id = ? AND d.aggregate = ? AND d.status = 'pending'"
                        + " ORDER BY d.seq LIMIT ?",
                DeliveryTable::read,
                subscription,
                aggregate,
                limit);
    }

    /** When the next one is due; empty when nothing waits. */
    public static Optional<Long> nextTime(Sql sql, UUID subscription) throws SQLException {
        return sql.one(
                "SELECT next_time FROM event_delivery WHERE subscription_id = ? AND status = 'pending'"
                        + " ORDER BY next_time LIMIT 1",
                row -> row.number("next_time"),
                subscription);
    }

    /** Aggregates whose oldest event has failed, with the time of its next attempt. */
    public static Map<String, Long> troubled(Sql sql, UUID subscription) throws SQLException {
        Map<String, Long> troubled = new LinkedHashMap<>();
        sql.list(
                "SELECT aggregate, next_time FROM event_delivery WHERE subscription_id = ? AND status = 'pending'"
                        + " AND attempts > 0",
                row -> troubled.merge(row.text("aggregate"), row.number("next_time"), Math::max),
                subscription);
        return troubled;
    }

    public static void confirmed(Sql sql, UUID subscription, Collection<UUID> ids) throws SQLException {
        sql.update(
                "DELETE FROM event_delivery WHERE subscription_id = ? AND id IN (" + Sql.marks(ids) + ")",
                subscription,
                ids);
    }

    public static void failed(Sql sql, UUID id, int attempts, long nextTime, String error) throws SQLException {
        sql.update(
                "UPDATE event_delivery SET attempts = ?, next_time = ?, last_error = ? WHERE id = ?",
                attempts,
                nextTime,
                error,
                id);
    }

    /** They stand behind one that failed. */
    public static void postponed(Sql sql, Collection<UUID> ids, long nextTime) throws SQLException {
        sql.update("UPDATE event_delivery SET next_time = ? WHERE id IN (" + Sql.marks(ids) + ")", nextTime, ids);
    }

    public static void dead(Sql sql, UUID id, int attempts, String error) throws SQLException {
        sql.update(
                "UPDATE event_delivery SET status = 'dead', attempts = ?, last_error = ? WHERE id = ?",
                attempts,
                error,
                id);
    }

    /** For a subscription that is gone; returns how many. */
    public static int drop(Sql sql, UUID subscription, int limit) throws SQLException {
        return sql.update(
                "DELETE FROM event_delivery WHERE id IN (SELECT id FROM event_delivery WHERE subscription_id = ?"
                        + " AND status = 'pending' LIMIT ?)",
                subscription,
                limit);
    }

    // ---- for clients

    public static Optional<Delivery> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(WITH_EVENT + "WHERE d.workspace_id = ? AND d.id = ?", DeliveryTable::read, workspaceId, id);
    }

    /** Dead ones, newest first; {@code subscription} null for all. */
    public static Page<Delivery> dead(Sql sql, String workspaceId, UUID subscription, PageRequest page)
            throws SQLException {
        List<Object> arguments = new ArrayList<>(List.of(workspaceId));
        String text = WITH_EVENT + "WHERE d.workspace_id = ? AND d.status = 'dead'";
        if (subscription != null) {
            text += " AND d.subscription_id = ?";
            arguments.add(subscription);
        }
        if (page.after() != null) {
            text += " AND d.id < ?";
            arguments.add(page.after());
        }
        arguments.add(page.limit() + 1);
        List<Delivery> rows = sql.list(text + " ORDER BY d.id DESC LIMIT ?", DeliveryTable::read, arguments.toArray());
        return Page.of(rows, page.limit(), delivery -> delivery.id().toString());
    }

    /** Pending ones of one subscription in the order in which they are due. */
    public static List<Delivery> pending(Sql sql, String workspaceId, UUID subscription, int limit)
            throws SQLException {
        return sql.list(
                WITH_EVENT + "WHERE d.workspace_id = ? AND d.subscription_id = ? AND d.status = 'pending'"
                        + " ORDER BY d.next_time, d.seq LIMIT ?",
                DeliveryTable::read,
                workspaceId,
                subscription,
                limit);
    }

    /** False when it is not dead. */
    public static boolean revive(Sql sql, String workspaceId, UUID id, long now) throws SQLException {
        return sql.update(
                        "UPDATE event_delivery SET status = 'pending', attempts = 0, next_time = ?, last_error = NULL"
                                + " WHERE workspace_id = ? AND id = ? AND status = 'dead'",
                        now,
                        workspaceId,
                        id)
                == 1;
    }

    // ---- events that callers fetch

    /** Leases the oldest that nobody holds, in the order of publication. */
    public static List<Delivery> claim(Sql sql, Subscription subscription, String workerKey, long now, Lease lease)
            throws SQLException {
        List<UUID> picked = sql.list(
                "SELECT id FROM event_delivery WHERE subscription_id = ? AND workspace_id = ? AND status = 'claimable'"
                        + " AND next_time <= ? ORDER BY seq LIMIT ?"
                        + sql.dialect().skipLocked(),
                row -> row.id("id"),
                subscription.id(),
                subscription.workspaceId(),
                now,
                lease.limit());
        if (picked.isEmpty()) return List.of();
        sql.update(
                "UPDATE event_delivery SET next_time = ?, worker_key = ? WHERE workspace_id = ? AND id IN ("
                        + Sql.marks(picked) + ")",
                now + lease.millis(),
                workerKey,
                subscription.workspaceId(),
                picked);
        return sql.list(
                WITH_EVENT + "WHERE d.workspace_id = ? AND d.id IN (" + Sql.marks(picked) + ") ORDER BY d.seq",
                DeliveryTable::read,
                subscription.workspaceId(),
                picked);
    }

    /** The id of an event's delivery to a subscription. */
    public static UUID id(UUID eventId, UUID subscriptionId) {
        return Delivery.id(eventId, subscriptionId);
    }

    /** Those of the given ids that are there, dead ones too. */
    public static List<Delivery> ofIds(Sql sql, String workspaceId, Collection<UUID> ids) throws SQLException {
        return sql.list(
                WITH_EVENT + "WHERE d.workspace_id = ? AND d.id IN (" + Sql.marks(ids) + ")",
                DeliveryTable::read,
                workspaceId,
                ids);
    }

    public static void remove(Sql sql, String workspaceId, UUID id) throws SQLException {
        sql.update("DELETE FROM event_delivery WHERE workspace_id = ? AND id = ?", workspaceId, id);
    }

    /** How many to take for how long. */
    public record Lease(int limit, long millis) {}

    private static Delivery read(Row row) throws SQLException {
        return new Delivery(
                row.id("delivery_id"),
                row.id("subscription_id"),
                row.text("status"),
                row.small("attempts"),
                row.number("next_time"),
                row.text("last_error"),
                EventTable.read(row));
    }
}
