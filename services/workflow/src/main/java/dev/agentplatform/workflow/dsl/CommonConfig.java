package dev.agentplatform.workflow.dsl;

import dev.agentplatform.kernel.Json;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The keys that the config of every node may have. They are fixed when a version is saved: no templates. */
final class CommonConfig {
    static final double SECONDS_MAX = 10L * 366 * 24 * 3600;
    static final int ATTEMPTS_MAX = 100;
    static final int ITERATIONS_MAX = 100_000;

    static final String COMPENSATION = "compensation_node_id";
    static final String ALLOW_LOOP = "allow_loop";
    static final String ON_ERROR = "on_error";
    static final String COUNT = "count";
    static final String JOIN_POLICY = "join_policy";
    static final String N_COMPLETED = "n_completed";

    private final FaultList faults;
    private final Set<String> nodes;

    CommonConfig(FaultList faults, Set<String> nodes) {
        this.faults = faults;
        this.nodes = nodes;
    }

    void check(NodeDefinition node, String path) {
        JsonNode config = node.config();
        number(node, config, path, "delay_seconds", 0, SECONDS_MAX, false);
        // The smallest double stands for "more than nothing".
        number(node, config, path, "timeout_seconds", Double.MIN_VALUE, SECONDS_MAX, false);
        number(node, config, path, "max_iterations", 1, ITERATIONS_MAX, true);
        word(node, config, path, ON_ERROR, List.of("fail", "continue", "route"));
        word(node, config, path, "on_crash", List.of("repeat", "fail"));
        word(node, config, path, "executor", List.of("platform", "outside"));
        word(node, config, path, JOIN_POLICY, List.of("all_completed", "any_completed", "all_finished", N_COMPLETED));
        if (config.path(JOIN_POLICY).asString("").equals(N_COMPLETED)) {
            if (Json.isNothing(config.path(COUNT))) {
                faults.node(path + "." + COUNT, node, Fault.MISSING_CONFIG, "join_policy n_completed needs 'count'");
            }
            number(node, config, path, COUNT, 1, WorkflowDocument.EDGES_MAX, true);
        }
        JsonNode allowLoop = config.path(ALLOW_LOOP);
        if (!Json.isNothing(allowLoop) && !allowLoop.isBoolean()) {
            faults.node(path + "." + ALLOW_LOOP, node, "wrong_type", "must be true or false");
        }
        compensation(node, config.path(COMPENSATION), path + "." + COMPENSATION);
        retry(node, config.path("retry_policy"), path + ".retry_policy");
    }

    private void retry(NodeDefinition node, JsonNode policy, String path) {
        if (Json.isNothing(policy)) return;
        if (!policy.isObject()) {
            faults.node(path, node, "wrong_type", "must be an object");
            return;
        }
        number(node, policy, path, "max_attempts", 1, ATTEMPTS_MAX, true);
        number(node, policy, path, "retry_delay_seconds", 0, SECONDS_MAX, false);
        number(node, policy, path, "max_delay_seconds", 0, SECONDS_MAX, false);
        word(node, policy, path, "backoff", List.of("fixed", "linear", "exponential"));
    }

    private void compensation(NodeDefinition node, JsonNode value, String path) {
        if (Json.isNothing(value)) return;
        if (!value.isString()) {
            faults.node(path, node, "wrong_type", "must be a string");
        } else if (value.stringValue().equals(node.id())) {
            faults.node(path, node, "not_allowed", "a node cannot compensate itself");
        } else if (!nodes.contains(value.stringValue())) {
            String message = "there is no node '" + Validation.shown(value.stringValue()) + "'";
            faults.node(path, node, Fault.UNKNOWN_NODE, message);
        }
    }

    private void number(
            NodeDefinition node, JsonNode object, String path, String key, double least, double most, boolean whole) {
        JsonNode value = object.path(key);
        if (Json.isNothing(value)) return;
        String place = path + "." + key;
        if (whole ? !value.isIntegralNumber() : !value.isNumber()) {
            faults.node(place, node, "wrong_type", whole ? "must be a whole number" : "must be a number");
            return;
        }
        double number = value.numberValue().doubleValue();
        if (!(number >= least && number <= most)) {
            faults.node(place, node, "out_of_range", "must be " + range(least, most));
        }
    }

    private void word(NodeDefinition node, JsonNode object, String path, String key, List<String> allowed) {
        JsonNode value = object.path(key);
        if (Json.isNothing(value) || (value.isString() && allowed.contains(value.stringValue()))) return;
        String code = value.isString() ? "not_allowed" : "wrong_type";
        faults.node(path + "." + key, node, code, "must be one of " + String.join(", ", allowed));
    }

    static String range(double least, double most) {
        String low = least == Double.MIN_VALUE ? "more than 0" : "at least " + plain(least);
        return most == Double.MAX_VALUE ? low : low + " and at most " + plain(most);
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}
