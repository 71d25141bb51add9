package dev.agentplatform.skill;

import dev.agentplatform.engine.Executable.Program;
import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.JsonSchema;
import dev.agentplatform.service.ProgramRuns;
import dev.agentplatform.service.RunInput;
import tools.jackson.databind.JsonNode;

/** One run of a skill: its one step, and a look at what came out. */
record SkillProgram(RunRecord run, Skill skill, SkillWork work, ChildRuns children) implements Program {
    private static final String KEY = "skill";

    @Override
    public JsonNode run(ProgramContext context, JsonNode stored) {
        JsonNode input = SkillInput.of(RunInput.of(stored));
        SkillInput.check(skill, input);
        if (ProgramRuns.isDry(run) && !(skill.implementation() instanceof Implementation.TextTemplate)) {
            return SkillWork.answer("", Json.nothing()).put("dry_run", true).set("input_json", input);
        }
        JsonNode answer = skill.implementation() instanceof Implementation.Child child
                ? childAnswer(context.child(
                        KEY,
                        children.of(
                                child.kind(),
                                run.workspaceId(),
                                child.idOrCode(),
                                child.versionId(),
                                run.sessionId(),
                                input)))
                : context.step(
                        KEY,
                        "skill",
                        input,
                        () -> work.call(skill.implementation(), input, context.idempotencyKey(KEY)));
        SkillProgram.check(skill, answer);
        return answer;
    }

    /** What a child leaves is its output; a program's is already in our form. */
    static JsonNode childAnswer(JsonNode output) {
        if (output.isObject() && output.has("output_text")) return output;
        return SkillWork.answer(output.isString() ? output.stringValue() : Json.write(output), output);
    }

    /** @throws Problem {@code output_invalid} when the answer does not fit the schema of outputs */
    static void check(Skill skill, JsonNode answer) {
        if (Json.isNothing(skill.outputSchema())) return;
        JsonNode json = answer.path("output_json");
        JsonNode checked = Json.isNothing(json) ? answer.path("output_text") : json;
        var errors = JsonSchema.errors("output_json", skill.outputSchema(), checked);
        if (!errors.isEmpty()) {
            String first = errors.getFirst().path() + " " + errors.getFirst().message();
            throw new Problem(422, "output_invalid", "The output does not fit its schema: " + first, errors, 0);
        }
    }
}
