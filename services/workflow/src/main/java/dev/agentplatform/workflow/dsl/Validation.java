package dev.agentplatform.workflow.dsl;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Finds everything that is wrong with a workflow at once.
 *
 * <p>Codes of faults: {@code malformed, too_large, unknown_type, bad_node_id,
 * duplicate_node_id, no_start, unreachable_node, dangling_edge, self_edge, cycle, unknown_route,
 * missing_config, wrong_type, out_of_range, not_allowed, bad_template, bad_expression, unknown_node}. Codes of
 * warnings: {@code route_without_edge, parallel_assignment, unknown_name}.
 */
public final class Validation {
    /** Workflows inside loops inside loops. */
    static final int BODIES_DEEP_MAX = 5;

    /** Dots would not survive in paths ({@code nodes.a.b}). */
    private static final Pattern NODE_ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private final NodeTypes types;
    private final FaultList faults = new FaultList();

    private Validation(NodeTypes types) {
        this.types = types;
    }

    public static Findings check(JsonNode dsl, NodeTypes types) {
        Validation validation = new Validation(types);
        validation.document(dsl, "", Names.OUTERMOST, 0);
        return validation.faults.findings();
    }

    /** Checks the workflow inside a loop; {@code outer} names what its templates may refer to. */
    void body(JsonNode dsl, String prefix, Names outer, int depth) {
        if (depth > BODIES_DEEP_MAX) {
            faults.at(prefix, Fault.TOO_LARGE, "loops are nested deeper than " + BODIES_DEEP_MAX);
            return;
        }
        document(dsl, prefix + ".", outer, depth);
    }

    private void document(JsonNode dsl, String prefix, Names outer, int depth) {
        WorkflowDocument document = WorkflowDocument.read(dsl, prefix, faults);
        Map<String, Integer> index = index(document, prefix);
        Names names = outer.with(index.keySet());
        ConfigCheck configs = new ConfigCheck(this, faults, names, depth);
        for (int i = 0; i < document.nodes().size(); i++) node(document.nodes().get(i), prefix + "nodes." + i, configs);
        EdgeCheck edges = new EdgeCheck(types, faults, new References(faults, names));
        for (int i = 0; i < document.edges().size(); i++) {
            EdgeDefinition edge = document.edges().get(i);
            Integer source = index.get(edge.source());
            if (source != null) edges.condition(edge, document.nodes().get(source), prefix + "edges." + i);
        }
        edges.routes(document, prefix);
        new GraphCheck(document, index, types, faults, prefix).check();
    }

    /** Checks the type and config of one node, wherever it stands. */
    void node(NodeDefinition node, String path, ConfigCheck configs) {
        if (node.type().isEmpty()) return;
        types.find(node.type())
                .ifPresentOrElse(
                        type -> configs.check(node, type, path + ".config"),
                        () -> faults.node(
                                path + ".type",
                                node,
                                Fault.UNKNOWN_TYPE,
                                "there is no node type '" + shown(node.type()) + "'"));
    }

    private Map<String, Integer> index(WorkflowDocument document, String prefix) {
        Map<String, Integer> index = new HashMap<>();
        List<NodeDefinition> nodes = document.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            NodeDefinition node = nodes.get(i);
            if (node.id().isEmpty() && faults.has(prefix + "nodes." + i)) continue;
            String path = prefix + "nodes." + i + ".id";
            if (!NODE_ID.matcher(node.id()).matches()) {
                faults.node(path, node, "bad_node_id", "must be 1 to 128 letters, digits, _ or -");
            }
            Integer first = index.putIfAbsent(node.id(), i);
            if (first != null) {
                faults.node(path, node, "duplicate_node_id", "is also the id of " + prefix + "nodes." + first);
            }
        }
        return index;
    }

    /** Text of a user inside a message, cut to a length that can be read. */
    static String shown(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }

    /** What templates and conditions may refer to: nodes, and the first names of paths. */
    record Names(Set<String> nodes, Set<String> roots) {
        static final Names OUTERMOST = new Names(
                Set.of(), Set.of("state", "nodes", "current", "input", "run", "session", "workspace", "secrets"));

        Names with(Set<String> more) {
            Set<String> all = new HashSet<>(nodes);
            all.addAll(more);
            return new Names(all, roots);
        }

        Names insideLoop() {
            Set<String> all = new HashSet<>(roots);
            all.addAll(Set.of("item", "index"));
            return new Names(nodes, all);
        }
    }
}
