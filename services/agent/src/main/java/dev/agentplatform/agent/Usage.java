package dev.agentplatform.agent;

import dev.agentplatform.kernel.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tokens of all model calls of a run, as the providers count them. */
record Usage(long prompt, long completion, int calls) {
    static final Usage NONE = new Usage(0, 0, 0);

    /** @param usage OpenAI's object; anything else counts as none */
    Usage plus(JsonNode usage) {
        return new Usage(
                prompt + usage.path("prompt_tokens").asLong(0),
                completion + usage.path("completion_tokens").asLong(0),
                calls + 1);
    }

    Usage plus(Usage other) {
        return new Usage(prompt + other.prompt, completion + other.completion, calls + other.calls);
    }

    ObjectNode write() {
        return Json.object()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", completion)
                .put("total_tokens", prompt + completion)
                .put("model_calls", calls);
    }
}
