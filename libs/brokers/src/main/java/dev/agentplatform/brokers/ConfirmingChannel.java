package dev.agentplatform.brokers;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A channel that knows of each message whether it was confirmed, refused or returned. Used by one thread at a time. */
final class ConfirmingChannel {
    private static final int PERSISTENT = 2;

    private final Channel channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Not answered for yet, by the number of their publication. */
    private final TreeMap<Long, UUID> open = new TreeMap<>();

    private final Map<UUID, String> refused = new HashMap<>();
    private ShutdownSignalException ended;

    ConfirmingChannel(Channel channel) throws IOException {
        this.channel = channel;
        channel.confirmSelect();
        // A message that no queue takes comes back before it is confirmed.
        channel.addReturnListener(this::returned);
        channel.addConfirmListener(
                (number, upTo) -> answered(number, upTo, null),
                (number, upTo) -> answered(number, upTo, "RabbitMQ did not take it (nack)."));
        channel.addShutdownListener(this::ended);
    }

    Map<UUID, String> publish(String exchange, List<Message> messages, Duration limit)
            throws IOException, InterruptedException, TimeoutException {
        for (Message message : messages) {
            lock.lock();
            try {
                open.put(channel.getNextPublishSeqNo(), message.id());
            } finally {
                lock.unlock();
            }
            channel.basicPublish(exchange, message.routingKey(), true, properties(message), message.body());
        }
        return answers(limit);
    }

    private static BasicProperties properties(Message message) {
        return new BasicProperties.Builder()
                .contentType("application/json")
                .deliveryMode(PERSISTENT)
                .messageId(message.id().toString())
                .type(message.type())
                .appId("agent-platform")
                .timestamp(Date.from(Instant.ofEpochMilli(message.time())))
                .headers(message.headers())
                .build();
    }

    private Map<UUID, String> answers(Duration limit) throws InterruptedException, TimeoutException {
        lock.lock();
        try {
            long left = limit.toNanos();
            while (!open.isEmpty() && ended == null) {
                if (left <= 0) throw new TimeoutException("no confirmation within " + limit.toMillis() + " ms");
                left = changed.awaitNanos(left);
            }
            if (ended != null) throw ended;
            Map<UUID, String> answers = Map.copyOf(refused);
            refused.clear();
            return answers;
        } finally {
            lock.unlock();
        }
    }

    private void answered(long number, boolean upTo, String refusal) {
        lock.lock();
        try {
            Map<Long, UUID> those = upTo ? open.headMap(number, true) : open.subMap(number, true, number, true);
            if (refusal != null) those.values().forEach(id -> refused.put(id, refusal));
            those.clear();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void returned(Return it) {
        String where = "exchange '" + it.getExchange() + "', routing key '" + it.getRoutingKey() + "'";
        lock.lock();
        try {
            refused.put(
                    UUID.fromString(it.getProperties().getMessageId()),
                    "No queue takes it: " + it.getReplyText() + " (" + where + ").");
        } finally {
            lock.unlock();
        }
    }

    private void ended(ShutdownSignalException signal) {
        lock.lock();
        try {
            ended = signal;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        try {
            channel.abort();
        } catch (IOException | RuntimeException alreadyClosed) {
            // It was to be closed.
        }
    }
}
