package dev.agentplatform.service;

import dev.agentplatform.kernel.Json;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run of a program is given.
 *
 * @param text empty when there is none
 * @param json JSON null when there is none
 * @param history what was said before, the oldest first, each {@code {role, content}}; empty when there is none
 */
public record RunInput(String text, JsonNode json, ArrayNode history) {
    private static final Set<String> TEXTS = Set.of("query", "text", "input", "input_text", "question", "message");

    public RunInput(String text, JsonNode json) {
        this(text, json, Json.array());
    }

    /** As it is stored with the run. */
    public ObjectNode stored() {
        ObjectNode stored = Json.object().put("input_text", text);
        stored.set("input_json", json);
        if (!history.isEmpty()) stored.set("history", history);
        return stored;
    }

    public static RunInput of(JsonNode stored) {
        JsonNode json = stored.path("input_json");
        return new RunInput(
                stored.path("input_text").asString(""),
                json.isMissingNode() ? Json.nothing() : json,
                stored.path("history") instanceof ArrayNode history ? history : Json.array());
    }

    /**
     * What something with parameters is given of this: the JSON where it has the parameter, and the text for a parameter
     * that is called like one.
     *
     * @param parameters JSON Schema of an object
     */
    public JsonNode fittedTo(JsonNode parameters) {
        ObjectNode given = Json.object();
        JsonNode properties = parameters.path("properties");
        properties.properties().forEach(property -> {
            String name = property.getKey();
            if (json.has(name)) given.set(name, json.get(name));
            else if (TEXTS.contains(name) && !text.isEmpty()) given.put(name, text);
        });
        if (!properties.isEmpty()) return given;
        if (json.isObject()) return json;
        return given.put("text", text);
    }
}
