package dev.agentplatform.agent;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.service.RunInput;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a capability is given that no model calls. Pure: the JSON of the run where it has the parameter, and its text
 * for a parameter that is called like one.
 */
final class Given {
    private static final Set<String> TEXTS = Set.of("query", "text", "input", "input_text", "question", "message");

    private Given() {}

    static JsonNode to(Capability capability, RunInput input) {
        ObjectNode given = Json.object();
        JsonNode properties = capability.parameters().path("properties");
        properties.properties().forEach(property -> {
            String name = property.getKey();
            if (input.json().has(name)) given.set(name, input.json().get(name));
            else if (TEXTS.contains(name) && !input.text().isEmpty()) given.put(name, input.text());
        });
        if (!properties.isEmpty()) return given;
        if (input.json().isObject()) return input.json();
        return given.put("text", input.text());
    }
}
