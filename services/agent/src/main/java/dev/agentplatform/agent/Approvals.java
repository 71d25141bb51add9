package dev.agentplatform.agent;

import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.human.StepQuestions;
import dev.agentplatform.human.StepQuestions.Approval;
import dev.agentplatform.kernel.Json;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A person decides on calls that need it, and may change what is given. */
final class Approvals {
    private static final Set<String> ALLOWING = Set.of("approved", "completed");
    private static final String INPUT = "input_json";

    private final ProgramContext context;
    private final RunRecord run;
    private final StepQuestions questions;

    Approvals(ProgramContext context, RunRecord run, StepQuestions questions) {
        this.context = context;
        this.run = run;
        this.questions = questions;
    }

    /** @param refusal what the model is told; null when the call is allowed */
    record Decision(JsonNode input, String refusal) {}

    /** Waits for the person, holding nothing; replayed from the record of the answer. */
    Decision decide(String key, Capability capability, JsonNode input) {
        if (!capability.needsApproval()) return new Decision(input, null);
        Approval approval = approval(capability, input);
        JsonNode answer = context.awaitHuman(
                "approval:" + key, 0, (step, no, now) -> questions.ask(run, step, no, now, approval));
        JsonNode response = answer.path("response");
        String status = answer.path("status").asString("");
        if (ALLOWING.contains(status)) {
            JsonNode edited = response.path(INPUT);
            return new Decision(edited.isObject() ? edited : input, null);
        }
        String reason = response.isString()
                ? response.stringValue()
                : response.path("reason").asString("");
        String who =
                status.equals("rejected") ? "A person refused this call" : "The question for this call was withdrawn";
        return new Decision(input, "Error: " + who + (reason.isBlank() ? "." : ": " + reason));
    }

    private static Approval approval(Capability capability, JsonNode input) {
        ObjectNode request = Json.object()
                .put("source", capability.source())
                .put("name", capability.name())
                .put("description", capability.description());
        request.set(INPUT, input);
        return new Approval("Allow " + capability.source() + " " + capability.name() + "?", request, form(capability));
    }

    /** An answer may hold the arguments anew; then they must fit. */
    private static JsonNode form(Capability capability) {
        ObjectNode form = Json.object();
        form.putArray("type").add("object").add("string").add("null");
        // What refers to a place in a schema would refer to another place in the form.
        if (Json.write(capability.parameters()).contains("\"$ref\"")) return form;
        form.putObject("properties").set(INPUT, capability.parameters());
        return form;
    }
}
