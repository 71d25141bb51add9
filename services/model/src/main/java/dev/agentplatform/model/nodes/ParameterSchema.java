package dev.agentplatform.model.nodes;

import dev.agentplatform.engine.NodeConfig;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON Schema behind a list of {@code {name, type?, description?, required?, enum?, items?}}, a map of names to a
 * type, a description or such an object, or a JSON Schema itself. Pure.
 */
final class ParameterSchema {
    private static final int PARAMETERS_MAX = 200;
    private static final Set<String> TYPES = Set.of("string", "number", "integer", "boolean", "array", "object");

    private ParameterSchema() {}

    /** @throws Problem that names what is wrong below {@code parameters} */
    static ObjectNode of(JsonNode parameters) {
        if (parameters instanceof ObjectNode schema
                && schema.path("properties").isObject()
                && schema.path("type").asString("object").equals("object")) {
            return schema.has("type") ? schema : schema.deepCopy().put("type", "object");
        }
        if (parameters.size() > PARAMETERS_MAX)
            throw Problem.invalid("parameters", "must be at most " + PARAMETERS_MAX);
        ObjectNode schema = Json.object().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        if (parameters.isArray()) {
            for (int i = 0; i < parameters.size(); i++) {
                JsonNode one = parameters.get(i);
                String name =
                        NodeConfig.text(one.isObject() ? one.path("name") : one).strip();
                if (name.isEmpty()) throw Problem.invalid("parameters." + i + ".name", "must not be empty");
                if (properties.has(name)) throw Problem.invalid("parameters." + i + ".name", "is there twice");
                add(properties, required, "parameters." + i, name, one.isObject() ? one : Json.object());
            }
        } else if (parameters.isObject()) {
            for (Map.Entry<String, JsonNode> entry : parameters.properties()) {
                add(properties, required, "parameters." + entry.getKey(), entry.getKey(), described(entry.getValue()));
            }
        }
        if (properties.isEmpty()) throw Problem.invalid("parameters", "must be a list, a map or a JSON Schema");
        return schema;
    }

    /** A word that is a type is the type, any other text says what is meant. */
    private static JsonNode described(JsonNode value) {
        if (!value.isString()) return value;
        String text = value.stringValue();
        return Json.object().put(TYPES.contains(text) ? "type" : "description", text);
    }

    private static void add(ObjectNode properties, ArrayNode required, String path, String name, JsonNode told) {
        if (!told.isObject()) throw Problem.invalid(path, "must be a type, a description or an object");
        ObjectNode property = properties.putObject(name);
        String type = told.path("type").asString("string");
        if (!TYPES.contains(type))
            throw Problem.invalid(
                    path + ".type",
                    "must be one of "
                            + String.join(", ", TYPES.stream().sorted().toList()));
        property.put("type", type);
        for (String field :
                new String[] {"description", "enum", "items", "properties", "format", "minimum", "maximum"}) {
            if (!Json.isNothing(told.path(field))) property.set(field, told.get(field));
        }
        if (told.path("required").asBoolean(false)) required.add(name);
    }
}
