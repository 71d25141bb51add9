package dev.agentplatform.model.wire.anthropic;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.wire.WireError;
import dev.agentplatform.model.wire.openai.Completion;
import dev.agentplatform.model.wire.openai.Usage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a message. */
final class AnthropicAnswer {
    private AnthropicAnswer() {}

    static ObjectNode completion(String model, JsonNode answer) {
        if (!answer.path("content").isArray()) {
            throw new WireError(502, "server_error", "invalid_answer", "The provider's answer has no content.");
        }
        Completion completion = new Completion(
                answer.path("id").asString("chatcmpl-0"), answer.path("model").asString(model));
        JsonNode structured = structured(answer.path("content"));
        for (JsonNode block : answer.path("content")) {
            switch (block.path("type").asString("")) {
                case "text" -> {
                    if (structured == null) completion.text(block.path("text").asString(""));
                }
                case "thinking" -> {
                    completion.reasoning(block.path("thinking").asString(""));
                    completion.thought(block);
                }
                case "redacted_thinking" -> completion.thought(block);
                case "tool_use" -> {
                    String name = block.path("name").asString("");
                    if (!name.equals(AnthropicRequest.ANSWER_TOOL)) {
                        String arguments = Json.write(block.path("input"));
                        completion.call(block.path("id").asString(""), name, arguments, Json.nothing());
                    }
                }
                // Blocks of tools that run at the provider: none are asked for.
                default -> {}
            }
        }
        if (structured != null) completion.text(Json.write(structured));
        String reason = answer.path("stop_reason").asString("");
        return completion.end(
                finishReason(reason, completion.calls()),
                usage(answer.path("usage")).json());
    }

    /** The input of the tool that takes the answer, null when it was not called. */
    private static JsonNode structured(JsonNode content) {
        for (JsonNode block : content) {
            boolean answer = block.path("name").asString("").equals(AnthropicRequest.ANSWER_TOOL);
            if (answer && block.path("type").asString("").equals("tool_use")) return block.path("input");
        }
        return null;
    }

    static String finishReason(String stopReason, int calls) {
        return switch (stopReason) {
            case "max_tokens", "model_context_window_exceeded" -> "length";
            case "tool_use" -> calls > 0 ? "tool_calls" : "stop";
            case "refusal" -> "content_filter";
            default -> "stop";
        };
    }

    /** What is read from the cache or put there is not among the input tokens. */
    static Usage usage(JsonNode usage) {
        long cached = usage.path("cache_read_input_tokens").asLong(0);
        long written = usage.path("cache_creation_input_tokens").asLong(0);
        return new Usage(
                usage.path("input_tokens").asLong(0) + cached + written,
                usage.path("output_tokens").asLong(0),
                cached,
                written,
                usage.path("output_tokens_details").path("thinking_tokens").asLong(0));
    }
}
