package dev.agentplatform.workflow.dsl;

import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.language.Expression;
import dev.agentplatform.language.LanguageError;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Parses templates and conditions and checks what they refer to. */
final class References {
    private static final String NODES = "nodes";

    private final FaultList faults;
    private final Validation.Names names;

    References(FaultList faults, Validation.Names names) {
        this.faults = faults;
        this.names = names;
    }

    /** A fault is told with its node and the path of the value. */
    void templates(JsonNode value, NodeDefinition node, String path) {
        CompiledTree tree = CompiledTree.parse(value, (below, error) -> {
            String place = below.isEmpty() ? path : path + "." + below;
            faults.node(place, node, "bad_template", error.getMessage());
        });
        for (String id : tree.members(NODES)) {
            if (!names.nodes().contains(id)) faults.node(path, node, Fault.UNKNOWN_NODE, unknownNode(id));
        }
        warn(tree.roots(), node, path);
    }

    void expression(String source, NodeDefinition node, String path) {
        try {
            Expression expression = Expression.parse(source);
            for (String id : expression.members(NODES)) {
                if (!names.nodes().contains(id)) faults.node(path, node, Fault.UNKNOWN_NODE, unknownNode(id));
            }
            warn(expression.roots(), node, path);
        } catch (LanguageError wrong) {
            faults.node(path, node, "bad_expression", wrong.getMessage());
        }
    }

    /** The condition of an edge; warnings are about its source. */
    void condition(EdgeDefinition edge, NodeDefinition source, String path) {
        try {
            Expression expression = Expression.parse(edge.condition());
            for (String id : expression.members(NODES)) {
                if (!names.nodes().contains(id)) faults.edge(path, edge, Fault.UNKNOWN_NODE, unknownNode(id));
            }
            warn(expression.roots(), source, path);
        } catch (LanguageError wrong) {
            faults.edge(path, edge, "bad_expression", wrong.getMessage());
        }
    }

    private void warn(Set<String> roots, NodeDefinition node, String path) {
        for (String root : roots) {
            if (!names.roots().contains(root)) {
                String message = "'" + Validation.shown(root) + "' is no name of the context and always empty";
                faults.warning(path, node, "unknown_name", message);
            }
        }
    }

    private static String unknownNode(String id) {
        return "refers to nodes." + Validation.shown(id) + ", but there is no such node";
    }
}
