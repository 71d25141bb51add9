package dev.agentplatform.workflow.compile;

import dev.agentplatform.engine.graph.NodeRules;
import dev.agentplatform.engine.graph.NodeRules.Backoff;
import dev.agentplatform.engine.graph.NodeRules.Join;
import dev.agentplatform.engine.graph.NodeRules.JoinPolicy;
import dev.agentplatform.engine.graph.NodeRules.OnError;
import dev.agentplatform.engine.graph.NodeRules.Retry;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Reads the config keys that all node types share (chapter 5 of the API contract). */
final class RuleReader {
    private static final int ITERATIONS_MAX = 1_000;
    private static final Set<String> CONTROL_TYPES = Set.of("start", "join", "if-else", "wait", "assigner");

    private RuleReader() {}

    static NodeRules read(String type, JsonNode config, Map<String, Integer> indexes) {
        int compensation =
                indexes.getOrDefault(config.path("compensation_node_id").asString(""), -1);
        return new NodeRules(
                millis(config.path("delay_seconds")),
                waits(type) ? 0 : millis(config.path("timeout_seconds")),
                retry(config.path("retry_policy")),
                config.path("allow_loop").asBoolean(false),
                config.path("max_iterations").asInt(ITERATIONS_MAX),
                compensation,
                constant(OnError.class, config.path("on_error"), OnError.FAIL),
                join(config),
                rank(type, config));
    }

    // For these the time limit is that of the wait, and the node type's own business.
    private static boolean waits(String type) {
        return switch (type) {
            case "wait", "human", "approval", "human-input", "human-takeover" -> true;
            default -> false;
        };
    }

    private static long millis(JsonNode seconds) {
        return seconds.isNumber() ? Math.max(0, Math.round(seconds.asDouble() * 1_000)) : 0;
    }

    private static Retry retry(JsonNode policy) {
        if (!policy.isObject()) return Retry.NONE;
        return new Retry(
                Math.max(1, policy.path("max_attempts").asInt(1)),
                millis(policy.path("retry_delay_seconds")),
                constant(Backoff.class, policy.path("backoff"), Backoff.FIXED),
                millis(policy.path("max_delay_seconds")));
    }

    private static Join join(JsonNode config) {
        JoinPolicy policy = constant(JoinPolicy.class, config.path("join_policy"), JoinPolicy.ALL_COMPLETED);
        return new Join(policy, Math.max(1, config.path("count").asInt(1)));
    }

    /** Whose output is the run's result: a configured end, then an answer, then whatever worked last. */
    private static int rank(String type, JsonNode config) {
        if (type.equals("end")) return config.has("output") || config.has("outputs") ? 3 : 0;
        if (type.equals("answer")) return 2;
        return CONTROL_TYPES.contains(type) ? 0 : 1;
    }

    private static <E extends Enum<E>> E constant(Class<E> type, JsonNode value, E byDefault) {
        if (!value.isString()) return byDefault;
        try {
            return Enum.valueOf(type, value.asString().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            // A draft may hold anything; validation names the field.
            return byDefault;
        }
    }
}
