package dev.agentplatform.engine;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads resolved configs. What a template gave may be text where a number or a tree is meant. */
public final class NodeConfig {
    private static final Duration TIME_LIMIT = Duration.ofSeconds(60);
    private static final Duration TIME_LIMIT_MAX = Duration.ofHours(1);

    private NodeConfig() {}

    /** The first of these fields that is there and not null; JSON null when none is. */
    public static JsonNode first(JsonNode config, String... names) {
        for (String name : names) {
            JsonNode value = config.path(name);
            if (!Json.isNothing(value)) return value;
        }
        return Json.nothing();
    }

    /** Only the named fields, for types that resolve not all of their config. */
    public static ObjectNode only(JsonNode config, String... names) {
        ObjectNode part = Json.object();
        for (String name : names) if (config.has(name)) part.set(name, config.get(name));
        return part;
    }

    /** Text as it is, everything else as JSON, nothing as empty text. */
    public static String text(JsonNode value) {
        if (Json.isNothing(value)) return "";
        return value.isString() ? value.stringValue() : Json.write(value);
    }

    /** @throws Problem {@code invalid} when the field is missing or empty */
    public static String required(JsonNode config, String name) {
        String text = text(config.path(name)).strip();
        if (text.isEmpty()) throw Problem.invalid(name, "must not be empty");
        return text;
    }

    /** The value itself, or the tree that a text holds. */
    public static JsonNode tree(String name, JsonNode value) {
        if (!value.isString() || value.stringValue().isBlank()) return value.isString() ? Json.nothing() : value;
        try {
            return Json.parse(value.stringValue());
        } catch (IllegalArgumentException notJson) {
            throw Problem.invalid(name, "is not JSON");
        }
    }

    public static int whole(String name, JsonNode value, int byDefault, int lowest, int highest) {
        String text = text(value).strip();
        if (text.isEmpty()) return byDefault;
        if (text.matches("-?\\d{1,9}(\\.0+)?")) {
            int number = (int) Double.parseDouble(text);
            if (number >= lowest && number <= highest) return number;
        }
        throw Problem.invalid(name, "must be a whole number from " + lowest + " to " + highest);
    }

    /**
     * For calls of a node whose {@code timeout_seconds} the engine watches: a little more than that, so that
     * it is the engine that decides.
     */
    public static Duration timeLimit(JsonNode config) {
        double seconds = config.path("timeout_seconds").asDouble(0);
        if (seconds <= 0) return TIME_LIMIT;
        Duration limit = Duration.ofMillis((long) (Math.min(seconds, TIME_LIMIT_MAX.toSeconds()) * 1000) + 1000);
        return limit.compareTo(TIME_LIMIT_MAX) > 0 ? TIME_LIMIT_MAX : limit;
    }
}
