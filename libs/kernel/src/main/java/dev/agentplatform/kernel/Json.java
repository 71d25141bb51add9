package dev.agentplatform.kernel;

import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One mapper, one set of limits, and the few shorthands that every room uses. */
public final class Json {
    public static final int DEPTH_MAX = 200;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .maxStringLength(20_000_000)
                            .build())
                    .build())
            .build();

    private Json() {}

    public static JsonMapper mapper() {
        return MAPPER;
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    public static JsonNode text(String value) {
        return value == null ? JsonNodeFactory.instance.nullNode() : JsonNodeFactory.instance.stringNode(value);
    }

    public static JsonNode nothing() {
        return JsonNodeFactory.instance.nullNode();
    }

    /** Reads JSON that the platform itself wrote; damage there is a fault, not an answer to a client. */
    public static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException damaged) {
            throw new IllegalArgumentException("not JSON: " + damaged.getOriginalMessage(), damaged);
        }
    }

    /** {@link #parse} of a nullable column. */
    public static JsonNode parseOrNull(String json) {
        return json == null ? nothing() : parse(json);
    }

    public static String write(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }

    /** {@link #write} for a nullable column: a missing or null node becomes SQL null. */
    public static String writeOrNull(JsonNode node) {
        return isNothing(node) ? null : write(node);
    }

    public static boolean isNothing(JsonNode node) {
        return node == null || node.isNull() || node.isMissingNode();
    }

    /** Converts records, maps and lists to a tree. */
    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    public static ObjectNode of(Map<String, ?> values) {
        return MAPPER.valueToTree(values);
    }
}
