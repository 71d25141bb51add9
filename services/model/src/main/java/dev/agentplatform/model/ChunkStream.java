package dev.agentplatform.model;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.call.EventBytes;
import dev.agentplatform.model.wire.WireError;
import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes the bytes of a stream apart again, for a reader inside. */
final class ChunkStream extends OutputStream {
    private static final String DONE = "[DONE]";

    private final EventBytes events;
    private final ChunkSink sink;
    private boolean ended;

    ChunkStream(ChunkSink sink) {
        this.sink = sink;
        this.events = new EventBytes(this::event);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        events.feed(bytes, from, length);
    }

    private void event(String name, String data) throws IOException {
        if (data.strip().equals(DONE)) {
            ended = true;
            return;
        }
        JsonNode chunk;
        try {
            chunk = Json.mapper().readTree(data);
        } catch (JacksonException malformed) {
            throw broken("provider_protocol_error", "The provider's stream holds JSON that cannot be read.");
        }
        if (chunk.path("error").isObject()) throw told(chunk.path("error"));
        if (chunk.path("choices").path(0).path("finish_reason").isString()) ended = true;
        if (chunk instanceof ObjectNode object) sink.chunk(object);
    }

    private static WireError told(JsonNode error) {
        return new WireError(
                502,
                error.path("type").asString("server_error"),
                error.path("code").asString(null),
                error.path("message").asString("The provider's stream failed."));
    }

    /** @throws WireError when the stream stopped in the middle */
    void requireEnd() {
        if (!ended) throw broken("provider_cut", "The provider's stream ended before its end was told.");
    }

    private static WireError broken(String code, String message) {
        return new WireError(502, "server_error", code, message);
    }
}
