package dev.agentplatform.event;

import dev.agentplatform.brokers.RabbitMq;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads targets at the operator's Redis and RabbitMQ. */
final class BrokerTarget {
    /** Of AMQP. */
    static final int SHORT_BYTES_MAX = 255;

    private static final int STREAM_MAX = 200;
    private static final int LENGTH_MAX = 100_000_000;

    private BrokerTarget() {}

    /** @throws Problem 422 that names the field */
    static SubscriptionTarget redis(JsonNode target, ObjectNode options, BrokerNames names) {
        String stream = SubscriptionTarget.text(target, "stream", 1, STREAM_MAX);
        options.put("stream", stream);
        options.put("key", names.streamKey(stream));
        SubscriptionTarget.number(target, options, "max_length", LENGTH_MAX);
        SubscriptionTarget.number(target, options, "batch_max", SubscriptionTarget.BATCH_MAX);
        return new SubscriptionTarget(RedisSender.KIND, options, null);
    }

    /** @throws Problem 422 that names the field */
    static SubscriptionTarget rabbitMq(JsonNode target, ObjectNode options, BrokerNames names) {
        String exchange = Json.isNothing(target.path("exchange"))
                ? RabbitMq.EXCHANGE
                : SubscriptionTarget.text(target, "exchange", 0, SHORT_BYTES_MAX);
        options.put("exchange", names.exchange(exchange));
        if (!names.routingPrefix().isEmpty()) options.put("routing_prefix", names.routingPrefix());
        if (!Json.isNothing(target.path("routing_key"))) {
            String key = SubscriptionTarget.text(target, "routing_key", 0, SHORT_BYTES_MAX);
            if (bytes(names.routingPrefix() + key) > SHORT_BYTES_MAX) {
                throw Problem.invalid(
                        "target.routing_key", "must have at most " + SHORT_BYTES_MAX + " bytes with its prefix");
            }
            options.put("routing_key", key);
        } else if (exchange.isEmpty()) {
            throw Problem.invalid("target.routing_key", "is required with the default exchange: the name of a queue");
        }
        SubscriptionTarget.number(target, options, "batch_max", SubscriptionTarget.BATCH_MAX);
        return new SubscriptionTarget(RabbitMqSender.KIND, options, null);
    }

    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
