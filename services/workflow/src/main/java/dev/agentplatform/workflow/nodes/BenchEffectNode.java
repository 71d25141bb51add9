package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.workflow.dsl.NodeTypeInfo;
import tools.jackson.databind.JsonNode;

/**
 * {@code bench-effect}: does nothing, but is treated as a node that touches the world, with a commit before and after.
 * For measurements; a server knows it only when {@code AGENT_PLATFORM_BENCH_NODES=true}. Output: its {@code output}.
 */
public final class BenchEffectNode implements NodeType {
    public static final String SETTING = "AGENT_PLATFORM_BENCH_NODES";
    public static final NodeTypeInfo INFO = NodeTypeInfo.of("bench-effect", "Does nothing; for measurements.");

    @Override
    public String name() {
        return INFO.name();
    }

    @Override
    public boolean effect() {
        return true;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        JsonNode output = config.has("output") ? config.get("output") : Json.object();
        return _ -> Outcome.done(output);
    }
}
