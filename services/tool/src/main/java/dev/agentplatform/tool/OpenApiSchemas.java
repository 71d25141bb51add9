package dev.agentplatform.tool;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.tool.OpenApiDocument.Unresolved;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns the schemas of one operation into JSON Schemas that stand alone. References are written out; where a schema
 * contains itself, the inner one allows anything.
 */
final class OpenApiSchemas {
    /** Schemas within one operation: written out, a small document can become endless. */
    static final int SCHEMAS_MAX = 5_000;

    static final int DEPTH_MAX = 40;
    private static final Set<String> PLAIN = Set.of(
            "type",
            "format",
            "enum",
            "const",
            "title",
            "description",
            "default",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "uniqueItems",
            "minProperties",
            "maxProperties",
            "required");

    private final OpenApiDocument document;
    private int count;

    OpenApiSchemas(OpenApiDocument document) {
        this.document = document;
    }

    /** @throws Unresolved for references that lead nowhere, and schemas beyond the limits */
    JsonNode standalone(JsonNode schema) {
        return convert(schema, new HashSet<>(), 0);
    }

    private JsonNode convert(JsonNode schema, Set<String> above, int depth) {
        if (++count > SCHEMAS_MAX) throw new Unresolved("its schemas have more than " + SCHEMAS_MAX + " parts");
        if (depth > DEPTH_MAX) throw new Unresolved("its schemas are nested deeper than " + DEPTH_MAX);
        if (!schema.isObject()) return Json.object();
        JsonNode reference = schema.path("$ref");
        if (reference.isString()) {
            String name = reference.stringValue();
            if (!above.add(name)) return Json.object();
            JsonNode converted = convert(document.target(name), above, depth + 1);
            above.remove(name);
            return converted;
        }
        ObjectNode result = Json.object();
        for (Map.Entry<String, JsonNode> member : schema.properties()) {
            String key = member.getKey();
            JsonNode value = member.getValue();
            switch (key) {
                case "properties" -> result.set(key, properties(value, above, depth));
                case "items", "not" -> result.set(key, convert(value, above, depth + 1));
                case "additionalProperties" ->
                    result.set(key, value.isObject() ? convert(value, above, depth + 1) : value);
                case "allOf", "anyOf", "oneOf" -> {
                    ArrayNode parts = result.putArray(key);
                    for (JsonNode part : value) parts.add(convert(part, above, depth + 1));
                }
                case "pattern" -> {
                    if (value.isString() && isLinear(value.stringValue())) result.set(key, value);
                }
                default -> {
                    if (PLAIN.contains(key)) result.set(key, value);
                }
            }
        }
        if (document.isVersion30()) modernize(schema, result);
        return result;
    }

    private ObjectNode properties(JsonNode properties, Set<String> above, int depth) {
        ObjectNode result = Json.object();
        for (Map.Entry<String, JsonNode> property : properties.properties()) {
            // What only the server sets is no input.
            if (property.getValue().path("readOnly").asBoolean(false)) continue;
            result.set(property.getKey(), convert(property.getValue(), above, depth + 1));
        }
        return result;
    }

    /** What OpenAPI 3.0 writes in a way of its own. */
    private static void modernize(JsonNode schema, ObjectNode result) {
        if (schema.path("nullable").asBoolean(false) && schema.path("type").isString()) {
            result.putArray("type").add(schema.path("type").stringValue()).add("null");
            if (result.path("enum") instanceof ArrayNode values) {
                ArrayNode more = result.putArray("enum");
                values.forEach(more::add);
                more.addNull();
            }
        }
        exclusive(result, "exclusiveMinimum", "minimum");
        exclusive(result, "exclusiveMaximum", "maximum");
    }

    private static void exclusive(ObjectNode result, String flag, String limit) {
        if (!result.path(flag).isBoolean()) return;
        boolean exclusive = result.path(flag).booleanValue();
        result.remove(flag);
        if (exclusive && result.has(limit)) result.set(flag, result.remove(limit));
    }

    private static boolean isLinear(String pattern) {
        try {
            Pattern.compile(pattern);
            return true;
        } catch (PatternSyntaxException notRe2) {
            return false;
        }
    }
}
