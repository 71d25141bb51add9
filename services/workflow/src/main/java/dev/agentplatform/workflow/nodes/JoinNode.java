package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import tools.jackson.databind.JsonNode;

/** {@code join}: its policy is control's business; here it only passes. */
public final class JoinNode implements NodeType {
    @Override
    public String name() {
        return "join";
    }

    @Override
    public boolean effect() {
        return false;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        return context -> Outcome.done(Json.nothing());
    }
}
