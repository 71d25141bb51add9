package dev.agentplatform.event;

import dev.agentplatform.events.Event;
import dev.agentplatform.events.Sender;
import dev.agentplatform.events.Subscription;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.OutboundError;
import dev.agentplatform.outbound.OutboundRequest;
import dev.agentplatform.outbound.OutboundResponse;
import dev.agentplatform.vault.Vault;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Posts events to a URL, signed as Standard Webhooks does it. Any 2xx confirms.
 *
 * <p>One event is the body itself; with {@code batch_max} above 1 the body is {@code {"events": […]}}.
 */
final class WebhookSender implements Sender {
    static final String KIND = "webhook";
    static final int TIMEOUT_SECONDS_DEFAULT = 10;
    private static final int ANSWER_BYTES_MAX = 64 * 1024;

    private final OutboundClient client;
    private final Vault vault;
    private final Clock clock;

    WebhookSender(OutboundClient client, Vault vault, Clock clock) {
        this.client = client;
        this.vault = vault;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public int batchMax(Subscription subscription) {
        return subscription.target().path("batch_max").asInt(1);
    }

    @Override
    public void send(Subscription subscription, List<Event> events) throws NotSent, InterruptedException {
        byte[] body = Json.write(
                        batchMax(subscription) > 1
                                ? batch(events)
                                : events.getFirst().json())
                .getBytes(StandardCharsets.UTF_8);
        int seconds = subscription.target().path("timeout_seconds").asInt(TIMEOUT_SECONDS_DEFAULT);
        OutboundRequest request = new OutboundRequest(
                "POST",
                subscription.target().path("url").asString(),
                headers(subscription, events.getFirst().id().toString(), body),
                body,
                Duration.ofSeconds(seconds),
                ANSWER_BYTES_MAX);
        try {
            OutboundResponse answer = client.exchange(request);
            if (answer.status() / 100 != 2) throw new NotSent("The receiver answered " + answer.status() + ".");
        } catch (OutboundError failure) {
            throw new NotSent(failure.code() + ": " + failure.getMessage());
        }
    }

    private static JsonNode batch(List<Event> events) {
        ArrayNode list = Json.array();
        for (Event event : events) list.add(event.json());
        return Json.object().set("events", list);
    }

    private Map<String, String> headers(Subscription subscription, String id, byte[] body) throws NotSent {
        String timestamp = String.valueOf(clock.millis() / 1_000);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", "application/json");
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", timestamp);
        if (subscription.secret() != null) {
            headers.put("webhook-signature", Signatures.standard(secret(subscription), id, timestamp, body));
        }
        return headers;
    }

    private String secret(Subscription subscription) throws NotSent {
        try {
            return vault.open(
                    Subscription.sealContext(subscription.workspaceId(), subscription.id()), subscription.secret());
        } catch (Vault.SealBroken broken) {
            throw new NotSent(broken.getMessage());
        }
    }
}
