package dev.agentplatform.agent;

import dev.agentplatform.engine.Tokens;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.ChunkSink;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes one {@code chat.completion} of the chunks of a stream, and shows its text on the way. */
final class Chunks implements ChunkSink {
    private final Tokens tokens;
    private final StringBuilder content = new StringBuilder();
    private final Map<Integer, Call> calls = new TreeMap<>();
    private String finishReason;
    private String model;
    private JsonNode usage = Json.nothing();

    /** A tool call whose arguments come in pieces. */
    private static final class Call {
        private String id;
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
    }

    Chunks(Tokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public void chunk(ObjectNode chunk) {
        if (model == null) model = chunk.path("model").asString(null);
        if (chunk.path("usage").isObject()) usage = chunk.get("usage");
        JsonNode choice = chunk.path("choices").path(0);
        finishReason = choice.path("finish_reason").asString(finishReason);
        JsonNode delta = choice.path("delta");
        String piece = delta.path("content").asString("");
        if (!piece.isEmpty()) {
            content.append(piece);
            tokens.text(piece);
        }
        for (JsonNode part : delta.path("tool_calls")) add(part);
    }

    private void add(JsonNode part) {
        // Some servers leave the index out, which means one call.
        Call call = calls.computeIfAbsent(part.path("index").asInt(0), no -> new Call());
        call.id = part.path("id").asString(call.id);
        call.name += part.path("function").path("name").asString("");
        call.arguments.append(part.path("function").path("arguments").asString(""));
    }

    ObjectNode whole() {
        ObjectNode message = Json.object().put("role", "assistant");
        message.put("content", content.isEmpty() && !calls.isEmpty() ? null : content.toString());
        if (!calls.isEmpty()) {
            ArrayNode list = message.putArray("tool_calls");
            for (Call call : calls.values()) {
                ObjectNode one = list.addObject().put("id", call.id).put("type", "function");
                one.putObject("function").put("name", call.name).put("arguments", call.arguments.toString());
            }
        }
        ObjectNode completion = Json.object().put("model", model);
        completion
                .putArray("choices")
                .addObject()
                .put("finish_reason", finishReason)
                .set("message", message);
        completion.set("usage", usage);
        return completion;
    }
}
