package dev.agentplatform.skill;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.language.JsonSchema;
import dev.agentplatform.service.RunInput;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a skill is given: the JSON of its run, or its text under {@code text} when there is no JSON. */
final class SkillInput {
    private SkillInput() {}

    static JsonNode of(RunInput input) {
        if (!Json.isNothing(input.json())) return input.json();
        if (input.text().isEmpty()) return Json.object();
        return Json.object().put("text", input.text());
    }

    /** @throws Problem 422 with every field that does not fit */
    static void check(Skill skill, JsonNode input) {
        List<FieldError> errors = JsonSchema.errors("input_json", skill.parameters(), input);
        if (!errors.isEmpty()) throw Problem.invalid(errors);
    }
}
