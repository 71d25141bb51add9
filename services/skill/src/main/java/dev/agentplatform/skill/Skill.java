package dev.agentplatform.skill;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.JsonSchema;
import tools.jackson.databind.JsonNode;

/** A version of a skill. @param outputSchema JSON null when it has none */
record Skill(JsonNode parameters, JsonNode outputSchema, Implementation implementation) {
    static Skill of(JsonNode body) {
        return new Skill(
                JsonSchema.of(body.path("parameter_schema_json")),
                body.has("output_schema_json") ? body.get("output_schema_json") : Json.nothing(),
                Implementation.of(body.path("runtime_type").asString(""), body.path("implementation_json")));
    }
}
