package dev.agentplatform.model.wire.gemini;

import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings a JSON Schema down to the subset that Gemini knows: references are put in place, types written its way,
 * keywords it does not know left out. What is left out only allows more.
 */
final class GeminiSchema {
    private static final int DEPTH_MAX = 20;
    private static final Set<String> KEPT = Set.of(
            "title",
            "description",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "minProperties",
            "maxProperties",
            "minimum",
            "maximum",
            "pattern");
    private static final Map<String, Set<String>> FORMATS = Map.of(
            "STRING", Set.of("date-time", "enum"),
            "NUMBER", Set.of("float", "double"),
            "INTEGER", Set.of("int32", "int64"));

    private final ObjectNode root;

    GeminiSchema(ObjectNode root) {
        this.root = root;
    }

    ObjectNode clean() {
        return clean(root, 0, Set.of());
    }

    private ObjectNode clean(JsonNode schema, int depth, Set<String> within) {
        String reference = schema.path("$ref").asString("");
        if (!reference.isEmpty()) return referenced(schema, reference, depth, within);
        ObjectNode out = Json.object();
        if (!schema.isObject() || depth > DEPTH_MAX) return out.put("type", "OBJECT");
        ObjectNode merged = merged((ObjectNode) schema);
        for (Map.Entry<String, JsonNode> entry : merged.properties()) {
            if (KEPT.contains(entry.getKey())) out.set(entry.getKey(), entry.getValue());
        }
        List<String> types = types(merged);
        JsonNode choices = merged.has("anyOf") ? merged.path("anyOf") : merged.path("oneOf");
        if (choices.isArray() && !choices.isEmpty()) return choice(out, choices, depth, within);
        if (types.remove("NULL") || merged.path("nullable").asBoolean(false)) out.put("nullable", true);
        if (types.size() > 1) {
            ArrayNode any = out.putArray("anyOf");
            for (String type : types) typed(any.addObject(), type, merged, depth, within);
            return out;
        }
        return typed(out, types.isEmpty() ? "STRING" : types.getFirst(), merged, depth, within);
    }

    /** A schema that refers to itself ends at an object of any shape. */
    private ObjectNode referenced(JsonNode schema, String reference, int depth, Set<String> within) {
        if (within.contains(reference) || !reference.startsWith("#"))
            return Json.object().put("type", "OBJECT");
        JsonNode target = reference.length() < 2 ? root : root.at(reference.substring(1));
        Set<String> deeper = new HashSet<>(within);
        deeper.add(reference);
        ObjectNode out = clean(target, depth + 1, deeper);
        JsonNode description = schema.path("description");
        if (description.isString()) out.set("description", description);
        return out;
    }

    /** All of {@code allOf} in one; what the schema itself says counts. */
    private ObjectNode merged(ObjectNode schema) {
        JsonNode parts = schema.path("allOf");
        if (!parts.isArray()) return schema;
        ObjectNode all = Json.object();
        for (JsonNode part : parts) {
            String reference = part.path("$ref").asString("");
            JsonNode one = reference.startsWith("#/") ? root.at(reference.substring(1)) : part;
            if (one instanceof ObjectNode object) add(all, object);
        }
        add(all, schema);
        all.remove("allOf");
        return all;
    }

    private static void add(ObjectNode all, ObjectNode part) {
        for (Map.Entry<String, JsonNode> entry : part.properties()) {
            JsonNode known = all.path(entry.getKey());
            if (known instanceof ObjectNode object && entry.getKey().equals("properties")) {
                ObjectNode both = object.deepCopy();
                entry.getValue().properties().forEach(one -> both.set(one.getKey(), one.getValue()));
                all.set(entry.getKey(), both);
            } else if (known.isArray() && entry.getKey().equals("required")) {
                ArrayNode both = ((ArrayNode) known).deepCopy();
                entry.getValue().forEach(both::add);
                all.set(entry.getKey(), both);
            } else {
                all.set(entry.getKey(), entry.getValue());
            }
        }
    }

    private ObjectNode choice(ObjectNode out, JsonNode choices, int depth, Set<String> within) {
        List<ObjectNode> options = new ArrayList<>();
        for (JsonNode choice : choices) {
            if (choice.path("type").asString("").equals("null")) out.put("nullable", true);
            else options.add(clean(choice, depth + 1, within));
        }
        if (options.size() == 1) {
            ObjectNode only = options.getFirst();
            out.properties().forEach(entry -> only.set(entry.getKey(), entry.getValue()));
            return only;
        }
        ArrayNode any = out.putArray("anyOf");
        options.forEach(any::add);
        return out;
    }

    private static List<String> types(ObjectNode schema) {
        List<String> types = new ArrayList<>();
        JsonNode type = schema.path("type");
        if (type.isString()) types.add(type.stringValue().toUpperCase(Locale.ROOT));
        for (JsonNode one : type) types.add(one.asString("").toUpperCase(Locale.ROOT));
        if (types.isEmpty()) {
            if (schema.has("properties")) types.add("OBJECT");
            else if (schema.has("items")) types.add("ARRAY");
        }
        return types;
    }

    private ObjectNode typed(ObjectNode out, String type, ObjectNode schema, int depth, Set<String> within) {
        out.put("type", type);
        String format = schema.path("format").asString("");
        if (FORMATS.getOrDefault(type, Set.of()).contains(format)) out.put("format", format);
        switch (type) {
            case "OBJECT" -> object(out, schema, depth, within);
            case "ARRAY" ->
                out.set(
                        "items",
                        schema.has("items")
                                ? clean(schema.path("items"), depth + 1, within)
                                : Json.object().put("type", "STRING"));
            default -> values(out, type, schema);
        }
        return out;
    }

    private void object(ObjectNode out, ObjectNode schema, int depth, Set<String> within) {
        JsonNode properties = schema.path("properties");
        if (!properties.isObject() || properties.isEmpty()) return;
        ObjectNode clean = out.putObject("properties");
        for (Map.Entry<String, JsonNode> property : properties.properties()) {
            clean.set(property.getKey(), clean(property.getValue(), depth + 1, within));
        }
        Set<String> required = new java.util.LinkedHashSet<>();
        for (JsonNode name : schema.path("required")) {
            if (clean.has(name.asString(""))) required.add(name.asString(""));
        }
        if (!required.isEmpty()) required.forEach(out.putArray("required")::add);
    }

    /** Only texts may have a fixed set of values; of others the description tells. */
    private static void values(ObjectNode out, String type, ObjectNode schema) {
        List<JsonNode> values = new ArrayList<>();
        schema.path("enum").forEach(values::add);
        if (schema.has("const")) values.add(schema.get("const"));
        values.removeIf(JsonNode::isNull);
        if (values.isEmpty()) return;
        if (type.equals("STRING")) {
            ArrayNode texts = out.putArray("enum");
            for (JsonNode value : values) if (!value.asString("").isEmpty()) texts.add(value.asString(""));
            if (texts.isEmpty()) out.remove("enum");
            return;
        }
        String told = "One of " + Json.write(Json.tree(values)) + ".";
        String description = out.path("description").asString("");
        out.put("description", description.isEmpty() ? told : description + " " + told);
    }
}
