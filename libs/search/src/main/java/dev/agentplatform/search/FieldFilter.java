package dev.agentplatform.search;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Which things a search looks at: each field that is named must have the value, or one of a list of values. A field that
 * is a list itself has each of its items. Values are compared as texts, so {@code 7} and {@code "7"} are the same.
 */
public record FieldFilter(JsonNode wanted) {
    /** Lets everything pass. */
    public static final FieldFilter NONE = new FieldFilter(Json.nothing());

    /**
     * @param named what the client calls the filter
     * @throws Problem 422 when it is neither nothing nor an object
     */
    public static FieldFilter of(String named, JsonNode wanted) {
        if (Json.isNothing(wanted)) return NONE;
        if (!wanted.isObject()) throw Problem.invalid(named, "must be an object");
        return new FieldFilter(wanted);
    }

    public boolean everything() {
        return wanted.isEmpty();
    }

    /** @param field the value under a name; missing when there is none */
    public boolean passes(Function<String, JsonNode> field) {
        for (Map.Entry<String, JsonNode> entry : wanted.properties()) {
            if (!allows(entry.getValue(), field.apply(entry.getKey()))) return false;
        }
        return true;
    }

    private static boolean allows(JsonNode wanted, JsonNode is) {
        if (wanted.isArray()) return wanted.valueStream().anyMatch(one -> allows(one, is));
        if (is.isArray()) return is.valueStream().anyMatch(one -> allows(wanted, one));
        return text(wanted).equals(text(is));
    }

    private static String text(JsonNode value) {
        if (Json.isNothing(value)) return "";
        return value.isString() ? value.stringValue() : Json.write(value);
    }
}
