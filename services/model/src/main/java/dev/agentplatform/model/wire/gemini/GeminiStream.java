package dev.agentplatform.model.wire.gemini;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.wire.WireError;
import dev.agentplatform.model.wire.WireStream;
import dev.agentplatform.model.wire.openai.Chunks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Translates one stream: each event is an answer with the parts that are new. */
final class GeminiStream implements WireStream {
    private final Chunks chunks;
    private final ObjectNode usage = Json.object();
    private String id;
    private boolean finished;

    GeminiStream(String model, ObjectNode request) {
        chunks = new Chunks(model, request);
    }

    @Override
    public boolean finished() {
        return finished;
    }

    @Override
    public List<ObjectNode> event(String name, String data) {
        JsonNode event;
        try {
            event = Json.parse(data);
        } catch (IllegalArgumentException notJson) {
            throw new WireError(502, "server_error", "invalid_answer", "The provider sent an event that is not JSON.");
        }
        JsonNode error = event.path("error");
        if (error.isObject()) throw GeminiWire.error(error.path("code").asInt(502), error);
        if (id == null) {
            id = GeminiAnswer.id(event);
            chunks.name(id, event.path("modelVersion").asString(""));
        }
        for (Map.Entry<String, JsonNode> count : event.path("usageMetadata").properties()) {
            usage.set(count.getKey(), count.getValue());
        }
        List<ObjectNode> out = new ArrayList<>();
        JsonNode candidate = GeminiAnswer.candidate(event);
        if (finished) return out;
        for (JsonNode part : candidate.path("content").path("parts")) part(out, part);
        if (!candidate.path("finishReason").asString("").isEmpty()) {
            String reason = GeminiAnswer.finishReason(candidate, chunks.calls());
            out.addAll(chunks.end(reason, GeminiAnswer.usage(usage).json()));
            finished = true;
        }
        return out;
    }

    private void part(List<ObjectNode> out, JsonNode part) {
        JsonNode call = part.path("functionCall");
        if (call.isObject()) {
            String callId = GeminiAnswer.callId(id, call, chunks.calls());
            String arguments = GeminiAnswer.arguments(call);
            out.add(chunks.call(callId, GeminiAnswer.name(call), arguments, GeminiAnswer.extra(part)));
            return;
        }
        String text = part.path("text").asString("");
        if (text.isEmpty()) return;
        out.add(part.path("thought").asBoolean(false) ? chunks.reasoning(text) : chunks.text(text));
    }
}
