package dev.agentplatform.event;

import dev.agentplatform.brokers.BrokerAway;
import dev.agentplatform.brokers.BrokerRefused;
import dev.agentplatform.brokers.Message;
import dev.agentplatform.brokers.RabbitMq;
import dev.agentplatform.events.Event;
import dev.agentplatform.events.Sender;
import dev.agentplatform.events.Subscription;
import dev.agentplatform.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Publishes events to an exchange of the operator's RabbitMQ, as persistent messages that a queue has to take, and waits
 * for the confirmations. A batch goes out in waves with one event of each aggregate at most: RabbitMQ may refuse one
 * message and take the next, and what follows a refused event must wait for it.
 */
final class RabbitMqSender implements Sender {
    static final String KIND = "rabbitmq";

    /** Published at once, unless one event alone has more. */
    private static final int WAVE_BYTES_MAX = 1_000_000;

    private final RabbitMq rabbitMq;

    RabbitMqSender(RabbitMq rabbitMq) {
        this.rabbitMq = rabbitMq;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public int batchMax(Subscription subscription) {
        return subscription.target().path("batch_max").asInt(SubscriptionTarget.BATCH_MAX);
    }

    @Override
    public void send(Subscription subscription, List<Event> events) throws NotSent, InterruptedException {
        List<Event> left = new LinkedList<>(events);
        Map<String, String> refusals = new HashMap<>();
        try {
            while (!left.isEmpty()) refusals.putAll(wave(subscription, left, refusals.keySet()));
        } catch (BrokerAway away) {
            throw NotSent.away(away.getMessage());
        } catch (BrokerRefused refused) {
            throw new NotSent(refused.getMessage());
        }
        if (refusals.isEmpty()) return;
        throw NotSent.some(
                refusals.values().iterator().next(),
                // Of an aggregate that was confirmed in part, all: a repeat is allowed, a gap is not.
                event -> refusals.containsKey(event.aggregate()));
    }

    /** Takes the next event of each aggregate out of the list and publishes them; returns what was refused, by aggregate. */
    private Map<String, String> wave(Subscription subscription, List<Event> left, Set<String> held)
            throws InterruptedException {
        Map<UUID, Event> wave = new HashMap<>();
        List<Message> messages = new ArrayList<>();
        Map<String, String> refusals = new HashMap<>();
        Set<String> seen = new HashSet<>();
        int bytes = 0;
        for (Iterator<Event> it = left.iterator(); it.hasNext() && bytes < WAVE_BYTES_MAX; ) {
            Event event = it.next();
            if (held.contains(event.aggregate())) {
                it.remove();
                continue;
            }
            if (!seen.add(event.aggregate())) continue;
            it.remove();
            Message message = message(subscription, event);
            if (BrokerTarget.bytes(message.routingKey()) > BrokerTarget.SHORT_BYTES_MAX) {
                refusals.put(event.aggregate(), "The routing key is longer than 255 bytes.");
                continue;
            }
            wave.put(event.id(), event);
            messages.add(message);
            bytes += message.body().length;
        }
        String exchange = subscription.target().path("exchange").asString();
        rabbitMq.publish(exchange, messages)
                .forEach((id, why) -> refusals.put(wave.get(id).aggregate(), why));
        return refusals;
    }

    private static Message message(Subscription subscription, Event event) {
        String prefix = subscription.target().path("routing_prefix").asString("");
        String key = subscription.target().path("routing_key").asString(event.type());
        Map<String, Object> headers = Map.of(
                "workspace_id", event.workspaceId(),
                "source_service", event.source(),
                "aggregate_type", event.aggregateType(),
                "aggregate_id", event.aggregateId(),
                "seq", event.seq());
        byte[] body = Json.write(event.json()).getBytes(StandardCharsets.UTF_8);
        return new Message(event.id(), prefix + key, event.type(), event.time(), headers, body);
    }
}
