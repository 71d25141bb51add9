package dev.agentplatform.model.wire.openai;

import dev.agentplatform.kernel.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's list of embeddings, with vectors as numbers or as Base64 of little-endian 32-bit floats. */
public final class Vectors {
    private Vectors() {}

    /** @param vectors lists of numbers */
    public static ObjectNode list(String model, Iterable<JsonNode> vectors, long promptTokens) {
        ObjectNode answer = Json.object().put("object", "list");
        ArrayNode data = answer.putArray("data");
        for (JsonNode vector : vectors) {
            ObjectNode one = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            one.set("embedding", vector);
        }
        answer.put("model", model);
        answer.putObject("usage").put("prompt_tokens", promptTokens).put("total_tokens", promptTokens);
        return answer;
    }

    /**
     * Turns numbers into Base64 when the request wants that, as OpenAI's own clients do without being asked: they
     * cannot read anything else then. Not all providers know {@code encoding_format}.
     */
    public static ObjectNode encoded(ObjectNode request, ObjectNode answer) {
        if (!request.path("encoding_format").asString("").equals("base64")) return answer;
        for (JsonNode item : answer.path("data")) {
            if (item instanceof ObjectNode one && one.path("embedding").isArray()) {
                one.put("embedding", base64(one.path("embedding")));
            }
        }
        return answer;
    }

    private static String base64(JsonNode vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (JsonNode number : vector) bytes.putFloat(number.floatValue());
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
