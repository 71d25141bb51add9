package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.CompiledTree;
import tools.jackson.databind.JsonNode;

/** {@code end}: {@code output} (any JSON with templates) becomes the run's result. */
public final class EndNode implements NodeType {
    @Override
    public String name() {
        return "end";
    }

    @Override
    public boolean effect() {
        return false;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        JsonNode output = config.has("output") ? config.get("output") : config.path("outputs");
        if (Json.isNothing(output)) return context -> Outcome.done(Json.nothing());
        CompiledTree tree = CompiledTree.parse(output);
        return context -> {
            JsonNode resolved = tree.resolve(context.scope());
            return Outcome.done(resolved, resolved.isString() ? resolved.asString() : null);
        };
    }
}
