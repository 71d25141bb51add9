package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.CompiledTree;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code assigner}: sets variables of {@code state}; {@code assignments} maps names to values with templates. */
public final class AssignerNode implements NodeType {
    private static final String PREFIX = "state.";

    @Override
    public String name() {
        return "assigner";
    }

    @Override
    public boolean effect() {
        return false;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        CompiledTree assignments = CompiledTree.parse(config.path("assignments"));
        return context -> {
            ObjectNode updates = Json.object();
            assignments.resolve(context.scope()).forEachEntry((name, value) -> updates.set(variable(name), value));
            ObjectNode output = Json.object();
            output.set("state_updates", updates);
            return new Outcome.Done(output, null, null, updates, Json.nothing(), List.of());
        };
    }

    private static String variable(String name) {
        return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    }
}
