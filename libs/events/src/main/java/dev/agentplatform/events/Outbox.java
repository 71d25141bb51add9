package dev.agentplatform.events;

import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Shape;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.UUID;

/** What the platform tells the world: rows in the unit of the change that they tell. */
public final class Outbox {
    private static final Shape PUBLISH = Shape.insert(
            "event",
            41,
            Shape.id("id"),
            Shape.text("workspace_id"),
            Shape.text("type"),
            Shape.text("source"),
            Shape.text("aggregate_type"),
            Shape.text("aggregate_id"),
            Shape.number("seq"),
            Shape.number("time"),
            Shape.text("payload"));

    private Outbox() {}

    /** @param seq order within the aggregate */
    public record Message(
            UUID id,
            String workspaceId,
            String type,
            String source,
            String aggregateType,
            String aggregateId,
            long seq,
            long time,
            String payload) {}

    public static RowWrite publish(Message message) {
        return PUBLISH.row(values(message));
    }

    /** For changes that are made in a transaction of their own. */
    public static void publish(Sql sql, Message message) throws SQLException {
        sql.update(
                "INSERT INTO event (id, workspace_id, type, source, aggregate_type, aggregate_id, seq, time, payload)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values(message));
    }

    private static Object[] values(Message message) {
        return new Object[] {
            message.id(),
            message.workspaceId(),
            message.type(),
            message.source(),
            message.aggregateType(),
            message.aggregateId(),
            message.seq(),
            message.time(),
            message.payload()
        };
    }
}
