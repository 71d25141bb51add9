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
    private static final int BYTES_MAX = 1_000_000;

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
        Refusals refusals = new Refusals();
        try {
            while (!left.isEmpty()) publish(subscription, wave(left, refusals), refusals);
        } catch (BrokerAway away) {
            throw NotSent.away(away.getMessage());
        } catch (BrokerRefused refused) {
            throw new NotSent(refused.getMessage());
        }
        if (refusals.first == null) return;
        throw NotSent.some(refusals.first, event -> refusals.events.contains(event.id()));
    }

    /** What of a batch was not confirmed, or not even sent because an earlier event of its aggregate was not. */
    private static final class Refusals {
        final Set<UUID> events = new HashSet<>();
        final Set<String> aggregates = new HashSet<>();
        String first;

        void add(Event event, String why) {
            events.add(event.id());
            aggregates.add(event.aggregate());
            if (first == null) first = why;
        }
    }

    /** Takes out of the list the next event of each aggregate. */
    private static List<Event> wave(List<Event> left, Refusals refusals) {
        List<Event> wave = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Iterator<Event> it = left.iterator(); it.hasNext(); ) {
            Event event = it.next();
            if (refusals.aggregates.contains(event.aggregate())) {
                refusals.events.add(event.id());
                it.remove();
            } else if (seen.add(event.aggregate())) {
                wave.add(event);
                it.remove();
            }
        }
        return wave;
    }

    private void publish(Subscription subscription, List<Event> wave, Refusals refusals) throws InterruptedException {
        Map<UUID, Event> open = new HashMap<>();
        List<Message> messages = new ArrayList<>();
        int bytes = 0;
        for (Event event : wave) {
            Message message = message(subscription, event);
            if (BrokerTarget.bytes(message.routingKey()) > BrokerTarget.SHORT_BYTES_MAX) {
                refusals.add(event, "The routing key is longer than " + BrokerTarget.SHORT_BYTES_MAX + " bytes.");
                continue;
            }
            open.put(event.id(), event);
            messages.add(message);
            bytes += message.body().length;
            if (bytes >= BYTES_MAX) {
                publish(subscription, messages, open, refusals);
                messages.clear();
                bytes = 0;
            }
        }
        publish(subscription, messages, open, refusals);
    }

    private void publish(Subscription subscription, List<Message> messages, Map<UUID, Event> open, Refusals refusals)
            throws InterruptedException {
        if (messages.isEmpty()) return;
        String exchange = subscription.target().path("exchange").asString();
        rabbitMq.publish(exchange, messages).forEach((id, why) -> refusals.add(open.get(id), why));
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
