package dev.agentplatform.model.wire;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One format of providers. Requests and answers on the near side are OpenAI's; what leaves for the provider is its own. */
public interface Wire {
    /**
     * The request for a chat.
     *
     * @param request OpenAI's chat completion request, {@code model} and {@code stream} included
     * @throws dev.agentplatform.kernel.Problem 422 that names a field which this provider cannot honour
     */
    WireRequest chat(WireTarget target, ObjectNode request);

    /** The request for embeddings. @throws dev.agentplatform.kernel.Problem 422 when the provider has none */
    WireRequest embeddings(WireTarget target, ObjectNode request);

    /** The request for the list of models. */
    WireRequest models(WireTarget target);

    /** A whole answer to a chat as OpenAI's {@code chat.completion}. */
    ObjectNode chatAnswer(WireTarget target, JsonNode answer);

    /** A whole answer to embeddings as OpenAI's list. */
    ObjectNode embeddingsAnswer(WireTarget target, JsonNode answer);

    /** Names of models in the provider's answer. */
    List<String> modelNames(JsonNode answer);

    /** Translates one stream from its first event to its last. */
    WireStream stream(WireTarget target, ObjectNode request);

    /** What an answer with a status from 400 says; {@code body} may be anything. */
    WireError error(int status, byte[] body);
}
