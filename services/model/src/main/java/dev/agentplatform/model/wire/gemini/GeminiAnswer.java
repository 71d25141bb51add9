package dev.agentplatform.model.wire.gemini;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.wire.WireError;
import dev.agentplatform.model.wire.openai.Completion;
import dev.agentplatform.model.wire.openai.Refusals;
import dev.agentplatform.model.wire.openai.Usage;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads an answer. Only the first candidate counts: one is asked for. */
final class GeminiAnswer {
    private GeminiAnswer() {}

    static ObjectNode completion(String model, JsonNode answer) {
        JsonNode candidate = candidate(answer);
        if (Json.isNothing(candidate)) {
            throw new WireError(502, "server_error", "invalid_answer", "The provider's answer has no candidate.");
        }
        String id = id(answer);
        Completion completion = new Completion(id, answer.path("modelVersion").asString(model));
        for (JsonNode part : candidate.path("content").path("parts")) {
            JsonNode call = part.path("functionCall");
            if (call.isObject()) {
                completion.call(callId(id, call, completion.calls()), name(call), arguments(call), extra(part));
            } else if (part.path("thought").asBoolean(false)) {
                completion.reasoning(part.path("text").asString(""));
            } else {
                completion.text(part.path("text").asString(""));
            }
        }
        String reason = finishReason(candidate, completion.calls());
        return completion.end(reason, usage(answer.path("usageMetadata")).json());
    }

    /** @throws WireError when the question itself was blocked */
    static JsonNode candidate(JsonNode answer) {
        JsonNode candidate = answer.path("candidates").path(0);
        String blocked = answer.path("promptFeedback").path("blockReason").asString("");
        if (candidate.isObject() || blocked.isEmpty()) return candidate;
        String message = "The provider blocked the prompt: " + blocked + ".";
        throw new WireError(400, Refusals.type(400), "content_filter", message);
    }

    static String id(JsonNode answer) {
        String id = answer.path("responseId").asString("");
        return id.isEmpty() ? "chatcmpl-" + Integer.toHexString(answer.hashCode()) : id;
    }

    /** Not all models name their calls; the name must differ from those of other answers. */
    static String callId(String answerId, JsonNode call, int index) {
        String id = call.path("id").asString("");
        return id.isEmpty() ? "call_" + answerId.replaceAll("[^A-Za-z0-9_-]", "_") + "_" + index : id;
    }

    static String name(JsonNode call) {
        return call.path("name").asString("");
    }

    static String arguments(JsonNode call) {
        JsonNode arguments = call.path("args");
        return Json.isNothing(arguments) ? "{}" : Json.write(arguments);
    }

    /** Newer models want the signature of a call back with it. */
    static JsonNode extra(JsonNode part) {
        String signature = part.path("thoughtSignature").asString("");
        if (signature.isEmpty()) return Json.nothing();
        ObjectNode extra = Json.object();
        extra.putObject("google").put("thought_signature", signature);
        return extra;
    }

    /** @throws WireError when the model spoiled its answer: another try may do better */
    static String finishReason(JsonNode candidate, int calls) {
        String reason = candidate.path("finishReason").asString("");
        return switch (reason) {
            case "MAX_TOKENS" -> "length";
            case "SAFETY",
                    "RECITATION",
                    "BLOCKLIST",
                    "PROHIBITED_CONTENT",
                    "SPII",
                    "LANGUAGE",
                    "MODEL_ARMOR",
                    "IMAGE_SAFETY",
                    "IMAGE_PROHIBITED_CONTENT",
                    "IMAGE_RECITATION" -> "content_filter";
            case "MALFORMED_FUNCTION_CALL",
                    "UNEXPECTED_TOOL_CALL",
                    "TOO_MANY_TOOL_CALLS",
                    "MISSING_THOUGHT_SIGNATURE",
                    "MALFORMED_RESPONSE" ->
                throw new WireError(
                        502,
                        "server_error",
                        reason.toLowerCase(Locale.ROOT),
                        "The model's answer could not be used: " + reason + ".");
            default -> calls > 0 ? "tool_calls" : "stop";
        };
    }

    /** Thinking is not among the tokens of the candidates. */
    static Usage usage(JsonNode usage) {
        long thoughts = usage.path("thoughtsTokenCount").asLong(0);
        return new Usage(
                usage.path("promptTokenCount").asLong(0)
                        + usage.path("toolUsePromptTokenCount").asLong(0),
                usage.path("candidatesTokenCount").asLong(0) + thoughts,
                usage.path("cachedContentTokenCount").asLong(0),
                0,
                thoughts);
    }
}
