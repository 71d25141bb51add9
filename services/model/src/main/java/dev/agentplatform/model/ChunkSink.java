package dev.agentplatform.model;

import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/** Takes the chunks of a streamed answer, OpenAI's {@code chat.completion.chunk}, one after the other. */
@FunctionalInterface
public interface ChunkSink {
    /** @throws IOException when nobody wants more: the call to the provider is cut */
    void chunk(ObjectNode chunk) throws IOException;
}
