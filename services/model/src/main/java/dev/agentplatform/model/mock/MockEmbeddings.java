package dev.agentplatform.model.mock;

import dev.agentplatform.kernel.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Vectors of hashed words: the same text has the same vector, and texts with common words are near. Pure. */
final class MockEmbeddings {
    private static final int DIMENSIONS = 64;
    private static final int DIMENSIONS_MAX = 4_096;

    private MockEmbeddings() {}

    static ObjectNode answer(ObjectNode asked) {
        int dimensions = Math.clamp(asked.path("dimensions").asInt(DIMENSIONS), 1, DIMENSIONS_MAX);
        boolean base64 = asked.path("encoding_format").asString("").equals("base64");
        ObjectNode answer = Json.object().put("object", "list");
        ArrayNode data = answer.putArray("data");
        int tokens = 0;
        for (String text : texts(asked.path("input"))) {
            float[] vector = vector(text, dimensions);
            ObjectNode item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            if (base64) {
                item.put("embedding", base64(vector));
            } else {
                ArrayNode numbers = item.putArray("embedding");
                for (float number : vector) numbers.add(number);
            }
            tokens += MockChat.tokens(text);
        }
        answer.put("model", asked.path("model").asString("mock-embedding"));
        answer.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return answer;
    }

    private static List<String> texts(JsonNode input) {
        List<String> texts = new ArrayList<>();
        boolean tokens = input.isArray() && !input.isEmpty() && input.get(0).isNumber();
        if (!input.isArray() || tokens) return List.of(input.isString() ? input.stringValue() : Json.write(input));
        for (JsonNode one : input) texts.add(one.isString() ? one.stringValue() : Json.write(one));
        return texts;
    }

    private static float[] vector(String text, int dimensions) {
        float[] vector = new float[dimensions];
        for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+")) {
            // Four places for each word: with one, two words that meet could not be told apart.
            int seed = word.hashCode();
            for (int i = 0; i < 4; i++) {
                seed = seed * 0x9E3779B1 + 0x7F4A7C15;
                int mixed = seed ^ seed >>> 15;
                vector[Math.floorMod(mixed, dimensions)] += (mixed & 1 << 30) == 0 ? 1 : -1;
            }
        }
        double sum = 0;
        for (float number : vector) sum += number * number;
        if (sum == 0) {
            vector[0] = 1;
            return vector;
        }
        float norm = (float) Math.sqrt(sum);
        for (int i = 0; i < vector.length; i++) vector[i] /= norm;
        return vector;
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float number : vector) bytes.putFloat(number);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
