package dev.agentplatform.code;

import dev.agentplatform.kernel.Json;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/**
 * One call.
 *
 * @param code sees {@code input} as {@code payload} and assigns its answer to {@code result}
 * @param timeout from 1 s to the runner's {@code AGENT_PLATFORM_MAX_TIMEOUT_SECONDS}; null for the runner's default
 */
public record CodeRequest(Language language, String code, JsonNode input, Duration timeout) {
    public CodeRequest {
        if (input == null) input = Json.nothing();
    }
}
