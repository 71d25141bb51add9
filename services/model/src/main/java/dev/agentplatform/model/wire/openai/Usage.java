package dev.agentplatform.model.wire.openai;

import dev.agentplatform.kernel.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tokens, as OpenAI counts them.
 *
 * @param prompt all that went in, cached or not
 * @param completion all that came out, thinking included
 * @param cached part of {@code prompt} that was read from a cache
 * @param cacheWritten part of {@code prompt} that was put into a cache
 * @param reasoning part of {@code completion} that was thinking
 */
public record Usage(long prompt, long completion, long cached, long cacheWritten, long reasoning) {
    public ObjectNode json() {
        ObjectNode usage = Json.object();
        usage.put("prompt_tokens", prompt);
        usage.put("completion_tokens", completion);
        usage.put("total_tokens", prompt + completion);
        ObjectNode in = usage.putObject("prompt_tokens_details").put("cached_tokens", cached);
        if (cacheWritten > 0) in.put("cache_creation_tokens", cacheWritten);
        usage.putObject("completion_tokens_details").put("reasoning_tokens", reasoning);
        return usage;
    }
}
