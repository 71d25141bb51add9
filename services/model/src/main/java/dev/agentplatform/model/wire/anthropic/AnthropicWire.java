package dev.agentplatform.model.wire.anthropic;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.wire.Wire;
import dev.agentplatform.model.wire.WireError;
import dev.agentplatform.model.wire.WireRequest;
import dev.agentplatform.model.wire.WireStream;
import dev.agentplatform.model.wire.WireTarget;
import dev.agentplatform.model.wire.openai.ChatRequest;
import dev.agentplatform.model.wire.openai.Refusals;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Anthropic's Messages API. It has no embeddings. */
public final class AnthropicWire implements Wire {
    private static final String VERSION = "2023-06-01";

    @Override
    public WireRequest chat(WireTarget target, ObjectNode request) {
        ObjectNode body = new AnthropicRequest(target.model(), ChatRequest.read(request)).body();
        Map<String, String> headers = headers(target);
        headers.put("Content-Type", "application/json");
        byte[] bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
        return new WireRequest("POST", target.baseUrl() + "/messages", headers, bytes);
    }

    @Override
    public WireRequest embeddings(WireTarget target, ObjectNode request) {
        throw Problem.invalid("model", "is of a provider that has no embeddings");
    }

    @Override
    public WireRequest models(WireTarget target) {
        return new WireRequest("GET", target.baseUrl() + "/models?limit=1000", headers(target), null);
    }

    private static Map<String, String> headers(WireTarget target) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("anthropic-version", VERSION);
        if (target.apiKey() != null) headers.put("x-api-key", target.apiKey());
        return headers;
    }

    @Override
    public ObjectNode chatAnswer(WireTarget target, JsonNode answer) {
        return AnthropicAnswer.completion(target.model(), answer);
    }

    @Override
    public ObjectNode embeddingsAnswer(WireTarget target, JsonNode answer) {
        throw new IllegalStateException("no request for embeddings was made");
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
        return new AnthropicStream(target.model(), request);
    }

    @Override
    public WireError error(int status, byte[] body) {
        return error(status, Refusals.json(body).path("error"));
    }

    /** @param error {@code {type, message}} @param status of the answer; what {@code type} means counts more */
    static WireError error(int status, JsonNode error) {
        String type = error.path("type").asString("");
        int known = switch (type) {
            case "invalid_request_error" -> status == 413 ? 413 : 400;
            case "authentication_error" -> 401;
            case "billing_error" -> 402;
            case "permission_error" -> 403;
            case "not_found_error" -> 404;
            case "request_too_large" -> 413;
            case "rate_limit_error" -> 429;
            case "api_error" -> 500;
            case "timeout_error" -> 504;
            case "overloaded_error" -> 503;
            default -> status == 529 ? 503 : status;
        };
        String code = type.equals("overloaded_error") || status == 529 ? "overloaded" : null;
        return Refusals.of(known, code, error.path("message").asString(""));
    }
}
