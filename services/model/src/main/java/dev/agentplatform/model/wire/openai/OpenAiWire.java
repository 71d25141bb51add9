package dev.agentplatform.model.wire.openai;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.wire.Wire;
import dev.agentplatform.model.wire.WireError;
import dev.agentplatform.model.wire.WireRequest;
import dev.agentplatform.model.wire.WireStream;
import dev.agentplatform.model.wire.WireTarget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's own format: only the name of the model changes. */
public final class OpenAiWire implements Wire {
    @Override
    public WireRequest chat(WireTarget target, ObjectNode request) {
        return post(target, "/chat/completions", request);
    }

    @Override
    public WireRequest embeddings(WireTarget target, ObjectNode request) {
        return post(target, "/embeddings", request);
    }

    @Override
    public WireRequest models(WireTarget target) {
        return new WireRequest("GET", target.baseUrl() + "/models", headers(target), null);
    }

    private static WireRequest post(WireTarget target, String path, ObjectNode request) {
        ObjectNode body = request.deepCopy().put("model", target.model());
        Map<String, String> headers = headers(target);
        headers.put("Content-Type", "application/json");
        return new WireRequest(
                "POST", target.baseUrl() + path, headers, Json.write(body).getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> headers(WireTarget target) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (target.apiKey() != null) headers.put("Authorization", "Bearer " + target.apiKey());
        return headers;
    }

    @Override
    public ObjectNode chatAnswer(WireTarget target, JsonNode answer) {
        return object(answer);
    }

    @Override
    public ObjectNode embeddingsAnswer(WireTarget target, JsonNode answer) {
        return object(answer);
    }

    private static ObjectNode object(JsonNode answer) {
        if (answer instanceof ObjectNode object) return object;
        throw new WireError(502, "server_error", "invalid_answer", "The provider's answer is no JSON object.");
    }

    @Override
    public List<String> modelNames(JsonNode answer) {
        List<String> names = new ArrayList<>();
        for (JsonNode model : answer.path("data")) {
            String name = model.path("id").asString("");
            if (!name.isEmpty()) names.add(name);
        }
        return names;
    }

    @Override
    public WireStream stream(WireTarget target, ObjectNode request) {
        return new Passed();
    }

    @Override
    public WireError error(int status, byte[] body) {
        return error(status, Refusals.json(body));
    }

    private static WireError error(int status, JsonNode body) {
        JsonNode error = body.path("error");
        String message =
                error.isString() ? error.stringValue() : error.path("message").asString("");
        if (message.isEmpty())
            message = body.path("message").asString(body.path("detail").asString(""));
        WireError known = Refusals.of(status, error.path("code").asString(null), message);
        String type = error.path("type").asString(known.type());
        return new WireError(status, type, known.code(), known.getMessage());
    }

    /** Chunks as they are. */
    private static final class Passed implements WireStream {
        private boolean finished;

        @Override
        public List<ObjectNode> event(String name, String data) {
            if (data.strip().equals("[DONE]")) {
                finished = true;
                return List.of();
            }
            JsonNode chunk;
            try {
                chunk = Json.parse(data);
            } catch (IllegalArgumentException notJson) {
                throw new WireError(
                        502, "server_error", "invalid_answer", "The provider sent a chunk that is not JSON.");
            }
            if (!Json.isNothing(chunk.path("error"))) throw error(502, chunk);
            return List.of(object(chunk));
        }

        @Override
        public boolean finished() {
            return finished;
        }
    }
}
