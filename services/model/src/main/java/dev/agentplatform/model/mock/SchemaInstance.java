package dev.agentplatform.model.mock;

import dev.agentplatform.kernel.Json;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A small value that a JSON Schema accepts. Of an enumeration it takes the entry that the text speaks of, else the
 * first: so that a mock classifies as one would expect. Pure.
 */
final class SchemaInstance {
    private static final int DEPTH_MAX = 30;
    private static final int LENGTH_MAX = 10_000;

    private final JsonNode root;
    private final String text;

    private SchemaInstance(JsonNode root, String text) {
        this.root = root;
        this.text = text.toLowerCase(Locale.ROOT);
    }

    static JsonNode of(JsonNode schema, String text) {
        return new SchemaInstance(schema, text).value(schema, 0);
    }

    private JsonNode value(JsonNode schema, int depth) {
        if (depth > DEPTH_MAX) return Json.nothing();
        if (schema.has("$ref")) return value(resolved(schema.path("$ref").asString("")), depth + 1);
        if (schema.has("const")) return schema.path("const");
        if (!schema.path("enum").isEmpty()) return chosen(schema.path("enum"));
        for (String choice : new String[] {"anyOf", "oneOf", "allOf"}) {
            if (!schema.path(choice).isEmpty() && !schema.has("type"))
                return value(schema.path(choice).get(0), depth + 1);
        }
        return switch (type(schema)) {
            case "object" -> object(schema, depth);
            case "array" -> array(schema, depth);
            case "string" -> Json.text(string(schema));
            case "integer" -> number(schema, true);
            case "number" -> number(schema, false);
            case "boolean" -> Json.mapper().getNodeFactory().booleanNode(false);
            default -> Json.nothing();
        };
    }

    private static String type(JsonNode schema) {
        JsonNode type = schema.path("type");
        if (type.isArray() && !type.isEmpty()) return type.get(0).asString("");
        if (type.isString()) return type.stringValue();
        if (schema.has("properties")) return "object";
        return schema.has("items") ? "array" : schema.isObject() && schema.isEmpty() ? "object" : "null";
    }

    private JsonNode resolved(String reference) {
        if (reference.equals("#")) return root;
        return reference.startsWith("#/") ? root.at(reference.substring(1)) : Json.nothing();
    }

    private JsonNode chosen(JsonNode values) {
        for (JsonNode value : values) {
            String name = value.asString("").toLowerCase(Locale.ROOT);
            if (!name.isEmpty() && text.contains(name)) return value;
        }
        return values.get(0);
    }

    private ObjectNode object(JsonNode schema, int depth) {
        ObjectNode object = Json.object();
        JsonNode properties = schema.path("properties");
        for (JsonNode name : schema.path("required")) {
            object.set(name.asString(""), value(properties.path(name.asString("")), depth + 1));
        }
        return object;
    }

    private ArrayNode array(JsonNode schema, int depth) {
        ArrayNode array = Json.array();
        int min = Math.min(schema.path("minItems").asInt(0), 1_000);
        for (int i = 0; i < min; i++) array.add(value(schema.path("items"), depth + 1));
        return array;
    }

    private static String string(JsonNode schema) {
        String byFormat = switch (schema.path("format").asString("")) {
            case "date-time" -> "2026-01-01T00:00:00Z";
            case "date" -> "2026-01-01";
            case "time" -> "00:00:00Z";
            case "email" -> "mock@example.com";
            case "uri", "url" -> "https://example.com/";
            case "uuid" -> "00000000-0000-4000-8000-000000000000";
            default -> "mock";
        };
        int min = Math.min(schema.path("minLength").asInt(0), LENGTH_MAX);
        int max = schema.path("maxLength").asInt(Integer.MAX_VALUE);
        String text = byFormat.length() >= min ? byFormat : byFormat + "x".repeat(min - byFormat.length());
        return text.length() <= max ? text : text.substring(0, max);
    }

    private static JsonNode number(JsonNode schema, boolean whole) {
        double value = 0;
        if (schema.has("maximum"))
            value = Math.min(value, schema.path("maximum").asDouble());
        if (schema.has("exclusiveMaximum"))
            value = Math.min(value, schema.path("exclusiveMaximum").asDouble() - 1);
        if (schema.has("minimum"))
            value = Math.max(value, schema.path("minimum").asDouble());
        if (schema.has("exclusiveMinimum"))
            value = Math.max(value, schema.path("exclusiveMinimum").asDouble() + 1);
        double multiple = schema.path("multipleOf").asDouble(0);
        if (multiple > 0) value = Math.ceil(value / multiple) * multiple;
        ObjectNode holder = Json.object();
        if (whole) holder.put("n", (long) Math.ceil(value));
        else holder.put("n", value);
        return holder.path("n");
    }
}
