package dev.agentplatform.model.wire.openai;

import dev.agentplatform.kernel.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts chunks together as OpenAI's clients do. */
public final class Assembled {
    private Assembled() {}

    /** The {@code chat.completion} that the chunks tell; usage is null when no chunk had it. */
    public static ObjectNode completion(List<ObjectNode> chunks) {
        ObjectNode answer = Json.object();
        ObjectNode message = Json.object();
        JsonNode usage = Json.nothing();
        String finish = null;
        for (ObjectNode chunk : chunks) {
            answer.set("id", chunk.get("id"));
            answer.set("model", chunk.get("model"));
            if (chunk.has("usage")) usage = chunk.get("usage");
            for (JsonNode choice : chunk.path("choices")) {
                if (finish != null) throw new AssertionError("a chunk after the end: " + chunk);
                delta(message, choice.path("delta"));
                finish = choice.path("finish_reason").asString(null);
            }
        }
        JsonNode calls = message.path("tool_calls");
        for (JsonNode call : calls) ((ObjectNode) call).remove("index");
        boolean silent = message.path("content").asString("").isEmpty() && !calls.isEmpty();
        if (silent) message.putNull("content");
        message.putNull("refusal");
        answer.put("object", "chat.completion");
        answer.put("created", 0);
        ObjectNode choice = answer.putArray("choices").addObject();
        choice.put("index", 0);
        choice.set("message", message);
        choice.putNull("logprobs");
        choice.put("finish_reason", finish);
        answer.set("usage", usage);
        return answer;
    }

    private static void delta(ObjectNode message, JsonNode delta) {
        if (delta.has("role")) message.set("role", delta.get("role"));
        append(message, delta, "content");
        append(message, delta, "reasoning_content");
        for (JsonNode thought : delta.path("thinking_blocks"))
            message.withArray("thinking_blocks").add(thought);
        for (JsonNode part : delta.path("tool_calls")) {
            ArrayNode calls = message.withArray("tool_calls");
            int index = part.path("index").asInt();
            if (index == calls.size()) {
                calls.add(part.deepCopy());
            } else {
                append((ObjectNode) calls.get(index).get("function"), part.path("function"), "arguments");
            }
        }
    }

    private static void append(ObjectNode to, JsonNode from, String field) {
        if (!from.path(field).isString()) return;
        to.put(field, to.path(field).asString("") + from.get(field).stringValue());
    }
}
