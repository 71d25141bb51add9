package dev.agentplatform.model.mock;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.upstream.Cancel;
import dev.agentplatform.model.upstream.Patience;
import dev.agentplatform.model.upstream.Upstream;
import dev.agentplatform.model.upstream.UpstreamAnswer;
import dev.agentplatform.model.upstream.UpstreamError;
import dev.agentplatform.model.upstream.UpstreamError.Code;
import dev.agentplatform.model.wire.WireRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers chats and embeddings without a network. The same request gets the same answer. */
public final class MockProvider implements Upstream {
    /** Where its providers say they are. */
    public static final String BASE_URL = "mock:";

    private static final String JSON = "application/json";
    private static final String EVENTS = "text/event-stream";

    private final MockScript script;
    private final Clock clock;
    private final AtomicLong calls = new AtomicLong();

    public MockProvider(MockScript script, Clock clock) {
        this.script = script;
        this.clock = clock;
    }

    /** Requests so far, failed ones included. */
    public long calls() {
        return calls.get();
    }

    @Override
    public UpstreamAnswer send(WireRequest request, Patience patience, Cancel cancel) throws UpstreamError {
        if (request.url().endsWith("/models"))
            return whole(200, MockModels.list(), MockReply.DEFAULT, cancel, patience);
        calls.incrementAndGet();
        ObjectNode asked = parse(request.body());
        MockReply reply = script.replyTo(asked);
        pause(reply.latencyMillis(), patience, cancel);
        if (reply.status() >= 400) return whole(reply.status(), reply.error(), reply, cancel, patience);
        if (request.url().endsWith("/embeddings"))
            return whole(200, MockEmbeddings.answer(asked), reply, cancel, patience);
        MockChat chat = new MockChat(asked, reply, clock.millis() / 1_000);
        if (!asked.path("stream").asBoolean(false)) return whole(200, chat.completion(), reply, cancel, patience);
        return new MockAnswer(200, Map.of("content-type", EVENTS), chat.events(), reply, cancel, patience);
    }

    private static UpstreamAnswer whole(int status, JsonNode json, MockReply reply, Cancel cancel, Patience patience) {
        byte[] body = Json.write(json).getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = reply.retryAfterSeconds() > 0
                ? Map.of("content-type", JSON, "retry-after", String.valueOf(reply.retryAfterSeconds()))
                : Map.of("content-type", JSON);
        return new MockAnswer(status, headers, List.of(body), reply, cancel, patience);
    }

    private static ObjectNode parse(byte[] body) throws UpstreamError {
        try {
            if (Json.mapper().readTree(body) instanceof ObjectNode object) return object;
        } catch (JacksonException malformed) {
            // answered below
        }
        throw new UpstreamError(Code.INVALID_REQUEST, "The mock was sent no JSON object.");
    }

    /** Waits like a slow provider, and is given up like one. */
    static void pause(long millis, Patience patience, Cancel cancel) throws UpstreamError {
        if (millis <= 0) return;
        long wanted = TimeUnit.MILLISECONDS.toNanos(millis);
        long allowed =
                Math.min(patience.firstByte().toNanos(), Math.max(0, patience.deadlineNanos() - System.nanoTime()));
        try {
            if (!cancel.pause(Math.min(wanted, allowed)))
                throw new UpstreamError(Code.CANCELLED, "The call was given up.");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UpstreamError(Code.CANCELLED, "The call was given up.");
        }
        if (wanted > allowed) throw new UpstreamError(Code.TIMEOUT, "The provider did not answer in time.");
    }
}
