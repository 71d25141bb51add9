package dev.agentplatform.model.wire.gemini;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.wire.Wire;
import dev.agentplatform.model.wire.WireError;
import dev.agentplatform.model.wire.WireRequest;
import dev.agentplatform.model.wire.WireStream;
import dev.agentplatform.model.wire.WireTarget;
import dev.agentplatform.model.wire.openai.ChatRequest;
import dev.agentplatform.model.wire.openai.Refusals;
import dev.agentplatform.model.wire.openai.Vectors;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Google's Gemini API: {@code generateContent}, its stream, and {@code batchEmbedContents}. */
public final class GeminiWire implements Wire {
    private static final int INPUTS_MAX = 2_048;
    private static final String MODELS = "models/";

    @Override
    public WireRequest chat(WireTarget target, ObjectNode request) {
        ChatRequest chat = ChatRequest.read(request);
        String method = chat.stream() ? ":streamGenerateContent?alt=sse" : ":generateContent";
        return post(target, method, new GeminiRequest(target.model(), chat).body());
    }

    @Override
    public WireRequest embeddings(WireTarget target, ObjectNode request) {
        ObjectNode body = Json.object();
        ArrayNode requests = body.putArray("requests");
        JsonNode dimensions = request.path("dimensions");
        if (!Json.isNothing(dimensions) && !(dimensions.isIntegralNumber() && dimensions.canConvertToInt())) {
            throw Problem.invalid("dimensions", "must be a whole number");
        }
        for (String text : inputs(request.path("input"))) {
            ObjectNode one = requests.addObject().put("model", path(target.model()));
            one.putObject("content").putArray("parts").addObject().put("text", text);
            if (!Json.isNothing(dimensions)) one.put("outputDimensionality", dimensions.intValue());
        }
        return post(target, ":batchEmbedContents", body);
    }

    private static List<String> inputs(JsonNode input) {
        if (input.isString()) return List.of(input.stringValue());
        if (!input.isArray() || input.isEmpty()) throw Problem.invalid("input", "must be a text or a list of texts");
        if (input.size() > INPUTS_MAX) throw Problem.invalid("input", "must be at most " + INPUTS_MAX + " texts");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < input.size(); i++) {
            JsonNode text = input.get(i);
            if (!text.isString()) throw Problem.invalid("input." + i, "must be a text; this provider takes no tokens");
            texts.add(text.stringValue());
        }
        return texts;
    }

    @Override
    public WireRequest models(WireTarget target) {
        return new WireRequest("GET", target.baseUrl() + "/models?pageSize=1000", headers(target), null);
    }

    private static WireRequest post(WireTarget target, String method, ObjectNode body) {
        Map<String, String> headers = headers(target);
        headers.put("Content-Type", "application/json");
        String url = target.baseUrl() + "/" + path(target.model()) + method;
        return new WireRequest("POST", url, headers, Json.write(body).getBytes(StandardCharsets.UTF_8));
    }

    private static String path(String model) {
        int slash = model.indexOf('/');
        String collection = slash < 0 ? MODELS : model.substring(0, slash + 1);
        String name = model.substring(slash + 1);
        return encode(collection.substring(0, collection.length() - 1)) + "/" + encode(name);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Map<String, String> headers(WireTarget target) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (target.apiKey() != null) headers.put("x-goog-api-key", target.apiKey());
        return headers;
    }

    @Override
    public ObjectNode chatAnswer(WireTarget target, JsonNode answer) {
        return GeminiAnswer.completion(target.model(), answer);
    }

    @Override
    public ObjectNode embeddingsAnswer(WireTarget target, JsonNode answer) {
        List<JsonNode> vectors = new ArrayList<>();
        for (JsonNode one : answer.path("embeddings")) vectors.add(one.path("values"));
        return Vectors.list(
                target.model(),
                vectors,
                answer.path("usageMetadata").path("promptTokenCount").asLong(0));
    }

    @Override
    public List<String> modelNames(JsonNode answer) {
        List<String> names = new ArrayList<>();
        for (JsonNode model : answer.path("models")) {
            String name = model.path("name").asString("");
            if (!name.isEmpty()) names.add(name.startsWith(MODELS) ? name.substring(MODELS.length()) : name);
        }
        return names;
    }

    @Override
    public WireStream stream(WireTarget target, ObjectNode request) {
        return new GeminiStream(target.model(), request);
    }

    @Override
    public WireError error(int status, byte[] body) {
        JsonNode answer = Refusals.json(body);
        // Some answers are a list with one error.
        return error(status, (answer.isArray() ? answer.path(0) : answer).path("error"));
    }

    /** @param error {@code {code, message, status, details}} */
    static WireError error(int status, JsonNode error) {
        // A bad key is a bad request here; others call it unauthorized.
        for (JsonNode detail : error.path("details")) {
            if (detail.path("reason").asString("").startsWith("API_KEY")) return Refusals.of(401, null, "");
        }
        int known = switch (error.path("status").asString("")) {
            case "INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE" -> 400;
            case "UNAUTHENTICATED" -> 401;
            case "PERMISSION_DENIED" -> 403;
            case "NOT_FOUND" -> 404;
            case "RESOURCE_EXHAUSTED" -> 429;
            case "INTERNAL" -> 500;
            case "UNAVAILABLE" -> 503;
            case "DEADLINE_EXCEEDED" -> 504;
            default -> status;
        };
        String code = known == 503 ? "overloaded" : null;
        return Refusals.of(known, code, error.path("message").asString(""));
    }
}
