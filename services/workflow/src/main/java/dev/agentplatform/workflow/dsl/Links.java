package dev.agentplatform.workflow.dsl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Who is linked to whom, by position. Edges of which an end is unknown are left out. */
final class Links {
    private final WorkflowDocument document;
    private final Map<String, Integer> index;
    private final List<List<Integer>> outgoing = new ArrayList<>();
    private final List<List<Integer>> incoming = new ArrayList<>();
    private final BitSet compensators = new BitSet();

    Links(WorkflowDocument document, Map<String, Integer> index) {
        this.document = document;
        this.index = index;
        for (NodeDefinition node : document.nodes()) {
            outgoing.add(new ArrayList<>());
            incoming.add(new ArrayList<>());
            JsonNode compensation = node.config().path(CommonConfig.COMPENSATION);
            Integer compensator = compensation.isString() ? index.get(compensation.stringValue()) : null;
            if (compensator != null) compensators.set(compensator);
        }
        for (int edge = 0; edge < document.edges().size(); edge++) {
            Integer source = index.get(document.edges().get(edge).source());
            Integer target = index.get(document.edges().get(edge).target());
            if (source == null || target == null) continue;
            outgoing.get(source).add(edge);
            incoming.get(target).add(edge);
        }
    }

    /** Position of the node, or null. */
    Integer node(String id) {
        return index.get(id);
    }

    List<Integer> outgoing(int node) {
        return outgoing.get(node);
    }

    List<Integer> incoming(int node) {
        return incoming.get(node);
    }

    int source(int edge) {
        return index.get(document.edges().get(edge).source());
    }

    int target(int edge) {
        return index.get(document.edges().get(edge).target());
    }

    /** Nodes that run to compensate others: reached without an edge, and no starts. */
    BitSet compensators() {
        return compensators;
    }

    BitSet starts() {
        BitSet starts = new BitSet();
        for (int node = 0; node < incoming.size(); node++) {
            // A node of a wrong shape has no id and a second of the same id no edges: neither is a start.
            boolean known = Integer.valueOf(node)
                    .equals(index.get(document.nodes().get(node).id()));
            if (known && incoming.get(node).isEmpty() && !compensators.get(node)) starts.set(node);
        }
        return starts;
    }

    BitSet reachable(BitSet roots) {
        return spread(roots, true);
    }

    /** Every node from which {@code node} is reached, itself included. */
    BitSet ancestors(int node) {
        BitSet root = new BitSet();
        root.set(node);
        return spread(root, false);
    }

    private BitSet spread(BitSet roots, boolean forward) {
        BitSet reached = (BitSet) roots.clone();
        Deque<Integer> open = new ArrayDeque<>();
        roots.stream().forEach(open::add);
        while (!open.isEmpty()) {
            int node = open.pop();
            for (int edge : forward ? outgoing.get(node) : incoming.get(node)) {
                int next = forward ? target(edge) : source(edge);
                if (reached.get(next)) continue;
                reached.set(next);
                open.push(next);
            }
        }
        return reached;
    }
}
