package dev.agentplatform.model;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.call.Ask;
import dev.agentplatform.model.call.Calls;
import dev.agentplatform.model.call.ModelError;
import dev.agentplatform.model.call.OpenStream;
import dev.agentplatform.model.call.Operation;
import dev.agentplatform.model.upstream.Cancel;
import dev.agentplatform.model.wire.WireError;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Models for those inside: requests and answers are OpenAI's, whoever answers. Blocking; an interrupt cuts the call.
 *
 * <p>A name of a model may be left out, which takes the default. Everything that goes wrong at a provider or before it is
 * a {@link WireError} with a status, a type and a code; a request that nobody could answer is a {@link
 * dev.agentplatform.kernel.Problem}.
 */
public final class Models {
    private final Calls calls;

    public Models(Calls calls) {
        this.calls = calls;
    }

    /**
     * A whole {@code chat.completion}. {@code usage.cost} is US dollars, where the price is known.
     *
     * @param timeLimit retries and fallbacks included; null for the limit of the provider alone
     */
    public ObjectNode chat(CallOrigin origin, ObjectNode request, Duration timeLimit) throws InterruptedException {
        return whole(origin, Operation.CHAT, request, timeLimit);
    }

    private static ObjectNode withCost(ObjectNode answer, Long micros) {
        // Some providers tell it themselves, and know best.
        boolean told = answer.path("usage").path("cost").isNumber();
        if (micros != null && !told && answer.path("usage") instanceof ObjectNode usage) {
            usage.put("cost", BigDecimal.valueOf(micros, 6).stripTrailingZeros());
        }
        return answer;
    }

    /** A whole list of embeddings. */
    public ObjectNode embeddings(CallOrigin origin, ObjectNode request, Duration timeLimit)
            throws InterruptedException {
        return whole(origin, Operation.EMBEDDINGS, request, timeLimit);
    }

    private ObjectNode whole(CallOrigin origin, Operation operation, ObjectNode request, Duration timeLimit)
            throws InterruptedException {
        ObjectNode body = request.deepCopy();
        body.remove("stream");
        body.remove("stream_options");
        try {
            Calls.Whole answer = calls.whole(ask(origin, operation, body, timeLimit));
            if (Json.mapper().readTree(answer.body()) instanceof ObjectNode json)
                return withCost(json, answer.costMicros());
        } catch (ModelError failed) {
            throw interruptedOr(failed);
        } catch (JacksonException malformed) {
            // told below
        }
        throw unreadable();
    }

    /**
     * Hands over the chunks of a streamed answer as they come, the usage in the last one; returns at the end.
     *
     * @throws WireError also in the middle of the stream
     */
    public void stream(CallOrigin origin, ObjectNode request, Duration timeLimit, ChunkSink sink)
            throws InterruptedException, IOException {
        ObjectNode body = request.deepCopy().put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        try (OpenStream stream = calls.open(ask(origin, Operation.CHAT, body, timeLimit));
                ChunkStream chunks = new ChunkStream(sink)) {
            stream.pump(chunks);
            chunks.requireEnd();
        } catch (ModelError failed) {
            throw interruptedOr(failed);
        } catch (IOException cut) {
            if (Thread.interrupted()) throw new InterruptedException();
            throw cut;
        }
    }

    private static Ask ask(CallOrigin origin, Operation operation, ObjectNode body, Duration timeLimit) {
        byte[] bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
        return new Ask(origin, operation, body, bytes, timeLimit, 0, null, new Cancel());
    }

    private static WireError interruptedOr(ModelError failed) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        return failed.error();
    }

    private static WireError unreadable() {
        return new WireError(
                502, "server_error", "provider_protocol_error", "The provider's answer is JSON that cannot be read.");
    }
}
