package dev.agentplatform.agent;

import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.RunRecord;
import tools.jackson.databind.JsonNode;

/** A person decides on calls that need it, and may change what is given. */
final class Approvals {
    private final ProgramContext context;
    private final RunRecord run;

    Approvals(ProgramContext context, RunRecord run) {
        this.context = context;
        this.run = run;
    }

    /** @param refusal what the model is told; null when the call is allowed */
    record Decision(JsonNode input, String refusal) {}

    Decision decide(String key, Capability capability, JsonNode input) {
        if (!capability.needsApproval()) return new Decision(input, null);
        throw new UnsupportedOperationException();
    }
}
