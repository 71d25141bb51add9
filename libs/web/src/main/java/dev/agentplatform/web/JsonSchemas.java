package dev.agentplatform.web;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.web.BodyType.Field;
import dev.agentplatform.web.BodyType.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Records as JSON Schema 2020-12, from the same knowledge the binder works with: what it says is what is checked. */
final class JsonSchemas {
    private static final String COMPONENTS = "#/components/schemas/";

    private final Map<String, ObjectNode> schemas = new TreeMap<>();
    private final Map<Class<?>, String> names = new HashMap<>();

    /** Schemas by name, of every record that was referred to. */
    Map<String, ObjectNode> schemas() {
        return schemas;
    }

    ObjectNode reference(Class<?> type) {
        String name = names.get(type);
        if (name == null) {
            name = freeName(type);
            names.put(type, name);
            // Known before its fields are looked at: a record may contain itself.
            schemas.put(name, Json.object());
            schemas.put(name, object(BodyType.of(type)));
        }
        return Json.object().put("$ref", COMPONENTS + name);
    }

    /** Rooms may have records of one name; the later one is called after its room too. */
    private String freeName(Class<?> type) {
        String simple = type.getSimpleName();
        if (!schemas.containsKey(simple)) return simple;
        String inPackage = type.getPackageName();
        String room = inPackage.substring(inPackage.lastIndexOf('.') + 1);
        String name = Character.toUpperCase(room.charAt(0)) + room.substring(1) + simple;
        for (int no = 2; schemas.containsKey(name); no++) name = simple + no;
        return name;
    }

    private ObjectNode object(BodyType type) {
        ObjectNode schema = Json.object().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = Json.array();
        for (Field field : type.fields()) {
            properties.set(field.name(), property(field));
            if (field.required()) required.add(field.name());
        }
        if (!required.isEmpty()) schema.set("required", required);
        return schema;
    }

    private ObjectNode property(Field field) {
        ObjectNode schema = kind(field.kind());
        if (!field.required() && field.absent() == null) schema = orNull(schema);
        String aliases =
                field.aliases().isEmpty() ? "" : "Also accepted as " + String.join(", ", field.aliases()) + ".";
        String description = (field.description() + " " + aliases).strip();
        return description.isEmpty() ? schema : schema.put("description", description);
    }

    private static ObjectNode orNull(ObjectNode schema) {
        if (schema.has("$ref")) {
            ObjectNode either = Json.object();
            either.putArray("anyOf").add(schema).addObject().put("type", "null");
            return either;
        }
        if (!schema.has("type")) return schema;
        String type = schema.get("type").stringValue();
        schema.putArray("type").add(type).add("null");
        if (schema.get("enum") instanceof ArrayNode allowed) allowed.addNull();
        return schema;
    }

    private ObjectNode kind(Kind kind) {
        return switch (kind) {
            case Kind.Text text -> text(text);
            case Kind.Whole whole ->
                range(type("integer").put("format", whole.wide() ? "int64" : "int32"), whole.min(), whole.max());
            case Kind.Decimal decimal -> range(type("number"), decimal.min(), decimal.max());
            case Kind.Flag flag -> type("boolean");
            case Kind.Id id -> type("string").put("format", "uuid");
            case Kind.Time time -> type("string").put("format", "date-time");
            case Kind.AnyJson any -> Json.object();
            case Kind.JsonObject object -> type("object");
            case Kind.JsonArray array -> type("array");
            case Kind.Choice choice -> {
                ObjectNode schema = type("string");
                choice.constants().keySet().forEach(schema.putArray("enum")::add);
                yield schema;
            }
            case Kind.ListOf list -> {
                ObjectNode schema = sizes(type("array"), "Items", list.sizeMin(), list.sizeMax());
                schema.set("items", kind(list.items()));
                yield schema;
            }
            case Kind.MapOf map -> {
                ObjectNode schema = sizes(type("object"), "Properties", map.sizeMin(), map.sizeMax());
                schema.set("additionalProperties", kind(map.values()));
                yield schema;
            }
            case Kind.Nested nested -> reference(nested.type());
        };
    }

    private static ObjectNode text(Kind.Text text) {
        ObjectNode schema = type("string");
        if (text.allowed().isEmpty()) return sizes(schema, "Length", text.lengthMin(), text.lengthMax());
        text.allowed().forEach(schema.putArray("enum")::add);
        return schema;
    }

    private static ObjectNode sizes(ObjectNode schema, String what, int min, int max) {
        if (min > 0) schema.put("min" + what, min);
        if (max < Integer.MAX_VALUE) schema.put("max" + what, max);
        return schema;
    }

    private static ObjectNode range(ObjectNode schema, double min, double max) {
        if (min > Double.NEGATIVE_INFINITY) put(schema, "minimum", min);
        if (max < Double.POSITIVE_INFINITY) put(schema, "maximum", max);
        return schema;
    }

    private static void put(ObjectNode schema, String name, double bound) {
        if (bound == Math.rint(bound)) schema.put(name, (long) bound);
        else schema.put(name, bound);
    }

    private static ObjectNode type(String type) {
        return Json.object().put("type", type);
    }
}
