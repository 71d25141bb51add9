package dev.agentplatform.service;

import dev.agentplatform.kernel.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a run of a program is given. @param text empty when there is none @param json JSON null when there is none */
public record RunInput(String text, JsonNode json) {
    /** As it is stored with the run. */
    public ObjectNode stored() {
        ObjectNode stored = Json.object().put("input_text", text);
        stored.set("input_json", json);
        return stored;
    }

    public static RunInput of(JsonNode stored) {
        JsonNode json = stored.path("input_json");
        return new RunInput(stored.path("input_text").asString(""), json.isMissingNode() ? Json.nothing() : json);
    }
}
