package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import tools.jackson.databind.JsonNode;

/** {@code start}: shows the run's input as its output. */
public final class StartNode implements NodeType {
    @Override
    public String name() {
        return "start";
    }

    @Override
    public boolean effect() {
        return false;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        return context -> Outcome.done(context.scope().root("input"));
    }
}
