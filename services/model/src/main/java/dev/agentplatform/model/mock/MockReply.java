package dev.agentplatform.model.mock;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the mock does with one request.
 *
 * @param content the text to say; null for the answer that follows from the request
 * @param toolCalls tools to call; empty for what follows from the request
 * @param finishReason null for the one that fits
 * @param status from 400 on the request fails with {@code error}
 * @param retryAfterSeconds 0 for no such header
 * @param latencyMillis before the head of the answer
 * @param chunkLatencyMillis between two chunks of a stream
 * @param chunkChars characters of the text in one chunk
 * @param cutAfterChunks the answer breaks off after so many chunks; -1 for never
 * @param promptTokens -1 for a count by length, as for {@code completionTokens}
 */
record MockReply(
        String content,
        List<ToolCall> toolCalls,
        String finishReason,
        int status,
        JsonNode error,
        int retryAfterSeconds,
        long latencyMillis,
        long chunkLatencyMillis,
        int chunkChars,
        int cutAfterChunks,
        int promptTokens,
        int completionTokens) {
    static final MockReply DEFAULT = new MockReply(null, List.of(), null, 200, Json.nothing(), 0, 0, 0, 12, -1, -1, -1);

    private static final long HANG_MILLIS = 86_400_000;

    /** A call with its arguments as JSON text. */
    record ToolCall(String name, String arguments) {}

    /** Reads a reply of a script; a text is short for its content. @throws Problem 422 that names the field */
    static MockReply of(JsonNode json) {
        if (json.isString()) return said(json.stringValue());
        if (!json.isObject()) throw Problem.invalid("mock", "must be a text or an object");
        List<ToolCall> calls = new ArrayList<>();
        for (JsonNode call : json.path("tool_calls")) {
            String name = call.path("name").asString("");
            if (name.isEmpty()) throw Problem.invalid("mock.tool_calls", "must have names");
            JsonNode arguments = call.path("arguments");
            calls.add(new ToolCall(name, arguments.isString() ? arguments.stringValue() : argumentsText(arguments)));
        }
        JsonNode content = json.path("content");
        String text = Json.isNothing(content) ? null : content.isString() ? content.stringValue() : Json.write(content);
        int status = whole(json, "status", 200, 200, 599);
        return new MockReply(
                text,
                calls,
                json.path("finish_reason").asString(null),
                status,
                status >= 400 ? error(status, json.path("error")) : Json.nothing(),
                whole(json, "retry_after", 0, 0, 3_600),
                json.path("hang").asBoolean(false) ? HANG_MILLIS : whole(json, "latency_ms", 0, 0, 600_000),
                whole(json, "chunk_latency_ms", 0, 0, 600_000),
                whole(json, "chunk_chars", DEFAULT.chunkChars(), 1, 100_000),
                whole(json, "cut_after_chunks", -1, -1, 1_000_000),
                whole(json.path("usage"), "prompt_tokens", -1, 0, 10_000_000),
                whole(json.path("usage"), "completion_tokens", -1, 0, 10_000_000));
    }

    private static MockReply said(String text) {
        return new MockReply(text, List.of(), null, 200, Json.nothing(), 0, 0, 0, DEFAULT.chunkChars(), -1, -1, -1);
    }

    private static String argumentsText(JsonNode arguments) {
        return Json.isNothing(arguments) ? "{}" : Json.write(arguments);
    }

    private static int whole(JsonNode json, String field, int byDefault, int min, int max) {
        JsonNode value = json.path(field);
        if (Json.isNothing(value)) return byDefault;
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < min || value.intValue() > max)
            throw Problem.invalid("mock." + field, "must be a whole number between " + min + " and " + max);
        return value.intValue();
    }

    private static ObjectNode error(int status, JsonNode given) {
        ObjectNode body = Json.object();
        ObjectNode error = body.putObject("error");
        String type = status >= 500 ? "server_error" : status == 429 ? "rate_limit_error" : "invalid_request_error";
        error.put("message", given.isString() ? given.stringValue() : "The mock was told to fail with " + status + ".");
        error.put("type", type);
        error.putNull("param");
        error.put("code", status == 429 ? "rate_limit_exceeded" : "mock_failure");
        if (given instanceof ObjectNode object) error.setAll(object);
        return body;
    }
}
