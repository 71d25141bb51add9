package dev.agentplatform.model.call;

import dev.agentplatform.model.Spending.Estimate;
import dev.agentplatform.model.provider.Kind;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** What a call will use at most, from what is asked. Pure. */
final class Estimates {
    /** Of an answer whose length the request does not limit. */
    static final long COMPLETION_TOKENS_USUAL = 4_096;

    /** Of an image or a sound that stands in the request itself. */
    static final long MEDIA_BYTES = 6_000;

    /** English has four bytes in a token; code and other languages have fewer. */
    static final int BYTES_PER_TOKEN = 3;

    private static final long COUNT_MAX = 1_000_000_000L;

    private Estimates() {}

    static Estimate of(Ask ask, Candidate candidate) {
        long prompt = promptTokens(ask.body());
        long completion = ask.operation() == Operation.CHAT ? completionTokens(ask.body()) : 0;
        Long cost = candidate
                .price()
                .map(price -> price.micros(prompt, completion))
                .orElse(free(candidate.kind()) ? Long.valueOf(0) : null);
        Duration limit = Duration.ofMillis(candidate.limits().totalMs());
        if (ask.timeLimit() != null && ask.timeLimit().compareTo(limit) < 0) limit = ask.timeLimit();
        return new Estimate(
                candidate.provider(), candidate.target().model(), prompt + completion, cost, limit.toMillis());
    }

    /** Nobody sends a bill for what runs on the own machine. */
    static boolean free(Kind kind) {
        return kind == Kind.MOCK || kind == Kind.OLLAMA;
    }

    static long promptTokens(JsonNode body) {
        return (bytes(body) + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
    }

    static long completionTokens(JsonNode body) {
        long each = COMPLETION_TOKENS_USUAL;
        if (body.path("max_completion_tokens").isNumber())
            each = body.path("max_completion_tokens").asLong(each);
        else if (body.path("max_tokens").isNumber())
            each = body.path("max_tokens").asLong(each);
        long choices = body.path("n").isNumber() ? body.path("n").asLong(1) : 1;
        return Math.clamp(each, 0, COUNT_MAX) * Math.clamp(choices, 1, 1_000);
    }

    private static long bytes(JsonNode node) {
        if (node.isString()) return bytes(node.stringValue());
        if (node.isObject()) {
            long sum = 2;
            for (var field : node.properties()) sum += field.getKey().length() + 2 + bytes(field.getValue());
            return sum;
        }
        if (node.isArray()) {
            long sum = 2;
            for (JsonNode entry : node) sum += bytes(entry);
            return sum;
        }
        return 4;
    }

    private static long bytes(String text) {
        if (text.startsWith("data:") && text.length() > MEDIA_BYTES) return MEDIA_BYTES;
        long sum = 0;
        for (int i = 0; i < text.length(); i++) sum += text.charAt(i) < 0x80 ? 1 : 3;
        return sum;
    }
}
