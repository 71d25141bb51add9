package dev.agentplatform.events;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL that reads and purges the table {@code event}; {@link Outbox} writes it. */
public final class EventTable {
    static final String COLUMNS =
            "e.id, e.workspace_id, e.type, e.source, e.aggregate_type, e.aggregate_id, e.seq, e.time, e.payload";

    private EventTable() {}

    /** What a list shows; null fields do not restrict it. */
    public record Filter(String type, String source, String aggregateType, String aggregateId) {}

    public static Optional<Event> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                "SELECT " + COLUMNS + " FROM event e WHERE e.workspace_id = ? AND e.id = ?",
                EventTable::read,
                workspaceId,
                id);
    }

    public static Page<Event> page(Sql sql, String workspaceId, PageRequest page, Filter filter) throws SQLException {
        return Listing.of("SELECT " + COLUMNS + " FROM event e WHERE e.workspace_id = ?", workspaceId)
                .where("type", filter.type())
                .where("source", filter.source())
                .where("aggregate_type", filter.aggregateType())
                .where("aggregate_id", filter.aggregateId())
                .page(sql, page, EventTable::read, Event::id);
    }

    /** Oldest first, behind {@code after}, up to {@code to}. */
    public static List<Event> range(Sql sql, String workspaceId, UUID after, UUID to, int limit) throws SQLException {
        return sql.list(
                "SELECT " + COLUMNS + " FROM event e WHERE e.workspace_id = ? AND e.id > ? AND e.id <= ?"
                        + " ORDER BY e.id LIMIT ?",
                EventTable::read,
                workspaceId,
                after,
                to,
                limit);
    }

    /** Deletes deliveries, then events, of all workspaces that are older; returns how many rows. */
    public static int purge(Sql sql, long before, int limit) throws SQLException {
        UUID oldest = Ids.lowest(before);
        // A delivery's id begins with the time of its event's.
        int deliveries = sql.update(
                "DELETE FROM event_delivery WHERE id IN"
                        + " (SELECT id FROM event_delivery WHERE id < ? ORDER BY id LIMIT ?)",
                oldest,
                limit);
        if (deliveries == limit) return deliveries;
        return deliveries
                + sql.update(
                        "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE id < ? ORDER BY id LIMIT ?)",
                        oldest,
                        limit);
    }

    static Event read(Row row) throws SQLException {
        return new Event(
                row.id("id"),
                row.text("workspace_id"),
                row.text("type"),
                row.text("source"),
                row.text("aggregate_type"),
                row.text("aggregate_id"),
                row.number("seq"),
                row.number("time"),
                row.text("payload"));
    }
}
