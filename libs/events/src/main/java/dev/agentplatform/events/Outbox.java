package dev.agentplatform.events;

import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Shape;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * What the platform tells the world: rows in the unit of the change that they tell, and with them a delivery for
 * each subscription that matches.
 */
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

    private final Subscriptions subscriptions;
    private final Clock clock;
    private final AtomicLong lastSeq = new AtomicLong();
    private volatile Consumer<Subscription> expected = subscription -> {};

    public Outbox(Subscriptions subscriptions, Clock clock) {
        this.subscriptions = subscriptions;
        this.clock = clock;
    }

    /** An outbox that nobody listens to. */
    public static Outbox unheard(Clock clock) {
        return new Outbox(new Subscriptions(null), clock);
    }

    /** @param payload JSON text, null for none */
    public record Message(
            UUID id,
            String workspaceId,
            String type,
            String source,
            String aggregateType,
            String aggregateId,
            long time,
            String payload) {}

    /** Who wants to know that deliveries are about to be committed; he must look a little later. */
    public void onExpected(Consumer<Subscription> listener) {
        expected = listener;
    }

    /** Whether anybody may listen to events of this type. Costs a look into memory. */
    public boolean wanted(String workspaceId, String type) {
        return subscriptions.mayMatch(workspaceId, type);
    }

    /** An event and the rows that publish it. */
    public record Prepared(Event event, List<RowWrite> rows) {}

    public Prepared prepare(Message message) {
        Event event = event(message);
        List<Subscription> matching = subscriptions.matching(event);
        RowWrite row = PUBLISH.row(values(event));
        if (matching.isEmpty()) return new Prepared(event, List.of(row));
        List<RowWrite> rows = new ArrayList<>(1 + matching.size());
        rows.add(row);
        for (Subscription subscription : matching) {
            rows.add(DeliveryTable.row(subscription, event));
            expected.accept(subscription);
        }
        return new Prepared(event, rows);
    }

    /** The rows that publish a message. */
    public List<RowWrite> rows(Message message) {
        return prepare(message).rows();
    }

    /** For changes that are made in a transaction of their own. */
    public void publish(Sql sql, Message message) throws SQLException {
        for (RowWrite row : rows(message)) sql.write(row);
    }

    private Event event(Message message) {
        return new Event(
                message.id(),
                message.workspaceId(),
                message.type(),
                message.source(),
                message.aggregateType(),
                message.aggregateId(),
                nextSeq(),
                message.time(),
                message.payload());
    }

    /**
     * Microseconds, and always more than before: what one process publishes has its order. Between processes their
     * clocks decide.
     */
    private long nextSeq() {
        long now = clock.millis() * 1_000;
        return lastSeq.updateAndGet(last -> Math.max(last + 1, now));
    }

    private static Object[] values(Event event) {
        return new Object[] {
            event.id(),
            event.workspaceId(),
            event.type(),
            event.source(),
            event.aggregateType(),
            event.aggregateId(),
            event.seq(),
            event.time(),
            event.payload()
        };
    }
}
