package dev.agentplatform.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.events.Event;
import dev.agentplatform.events.EventTable;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.events.Subscription;
import dev.agentplatform.events.Subscriptions;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

class RetentionTest {
    private static final EventTable.Filter ALL = new EventTable.Filter(null, null, null, null);

    @OnBothDatabases
    void oldEventsGoWithTheirDeliveries(Database database) {
        TestClock clock = new TestClock();
        Ids ids = new Ids(clock);
        Subscriptions subscriptions = new Subscriptions(database);
        subscriptions.create(new Subscription(
                ids.next(),
                "w1",
                "s",
                Subscription.CLAIM,
                Subscription.Status.ACTIVE,
                List.of("*"),
                null,
                Json.object(),
                null,
                1,
                1,
                clock.millis(),
                clock.millis()));
        Outbox outbox = new Outbox(subscriptions, clock);
        for (int i = 0; i < 700; i++) publish(database, outbox, ids, clock, "old");
        clock.advance(Duration.ofDays(31));
        publish(database, outbox, ids, clock, "new");

        new Retention(database, clock, Duration.ofDays(30)).purge();

        List<Event> kept = database.read(sql -> EventTable.page(sql, "w1", PageRequest.FIRST, ALL))
                .items();
        List<UUID> deliveries = database.read(sql -> sql.list("SELECT id FROM event_delivery", row -> row.id("id")));
        assertThat(kept).extracting(Event::type).containsExactly("new");
        assertThat(deliveries).hasSize(1);
    }

    private static void publish(Database database, Outbox outbox, Ids ids, TestClock clock, String type) {
        database.transact(sql -> {
            outbox.publish(sql, new Outbox.Message(ids.next(), "w1", type, "test", "a", "1", clock.millis(), null));
            return null;
        });
    }
}
