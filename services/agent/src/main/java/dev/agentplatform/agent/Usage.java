package dev.agentplatform.agent;

import dev.agentplatform.kernel.Json;
import java.math.BigDecimal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tokens of all model calls of a run, as the providers count them. @param cost US dollars; null when no call had a price */
record Usage(long prompt, long completion, int calls, BigDecimal cost) {
    static final Usage NONE = new Usage(0, 0, 0, null);

    /** @param usage OpenAI's object; anything else counts as none */
    Usage plus(JsonNode usage) {
        return new Usage(
                prompt + usage.path("prompt_tokens").asLong(0),
                completion + usage.path("completion_tokens").asLong(0),
                calls + 1,
                sum(cost, usage.path("cost").isNumber() ? usage.get("cost").decimalValue() : null));
    }

    private static BigDecimal sum(BigDecimal one, BigDecimal other) {
        if (one == null || other == null) return one == null ? other : one;
        return one.add(other);
    }

    ObjectNode write() {
        return Json.object()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", completion)
                .put("total_tokens", prompt + completion)
                .put("model_calls", calls)
                .put("cost", cost);
    }
}
