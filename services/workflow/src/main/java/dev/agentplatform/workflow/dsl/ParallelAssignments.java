package dev.agentplatform.workflow.dsl;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Warns of two assigners that may run side by side and write one name: whichever ends last wins. Branches with
 * different conditions are taken for alternatives.
 */
final class ParallelAssignments {
    private static final int PAIRS_MAX = 2_000;

    private final WorkflowDocument document;
    private final Links links;
    private final NodeTypes types;
    private final FaultList faults;
    private final String prefix;
    private final Map<Integer, BitSet> ancestors = new HashMap<>();

    ParallelAssignments(WorkflowDocument document, Links links, NodeTypes types, FaultList faults, String prefix) {
        this.document = document;
        this.links = links;
        this.types = types;
        this.faults = faults;
        this.prefix = prefix;
    }

    void warn() {
        int pairs = 0;
        for (Map.Entry<String, List<Integer>> entry : writers().entrySet()) {
            List<Integer> writers = entry.getValue();
            for (int i = 0; i < writers.size(); i++) {
                for (int j = i + 1; j < writers.size(); j++) {
                    if (++pairs > PAIRS_MAX) return;
                    if (parallel(writers.get(i), writers.get(j))) warn(entry.getKey(), writers.get(i), writers.get(j));
                }
            }
        }
    }

    private void warn(String name, int first, int second) {
        NodeDefinition other = document.nodes().get(first);
        String message = "may run side by side with '" + other.id() + "' and also sets '" + Validation.shown(name)
                + "': the one that ends last wins";
        faults.warning(prefix + "nodes." + second, document.nodes().get(second), "parallel_assignment", message);
    }

    private Map<String, List<Integer>> writers() {
        Map<String, List<Integer>> writers = new TreeMap<>();
        for (int node = 0; node < document.nodes().size(); node++) {
            NodeDefinition definition = document.nodes().get(node);
            JsonNode assignments = definition.config().path("assignments");
            boolean assigner = types.find(definition.type())
                    .filter(type -> type.name().equals("assigner"))
                    .isPresent();
            if (!assigner || !assignments.isObject()) continue;
            for (String name : assignments.propertyNames()) {
                writers.computeIfAbsent(name, _ -> new ArrayList<>()).add(node);
            }
        }
        return writers;
    }

    private boolean parallel(int first, int second) {
        BitSet before = ancestors(first);
        BitSet beforeOther = ancestors(second);
        if (before.get(second) || beforeOther.get(first)) return false;
        BitSet common = (BitSet) before.clone();
        common.and(beforeOther);
        BitSet only = (BitSet) before.clone();
        only.andNot(common);
        BitSet onlyOther = (BitSet) beforeOther.clone();
        onlyOther.andNot(common);
        BitSet starts = links.starts();
        if (starts.intersects(only) && starts.intersects(onlyOther)) return true;
        return common.stream().anyMatch(fork -> parts(fork, only, onlyOther));
    }

    /** Whether the ways to the two part at {@code fork}, over edges that may be taken together. */
    private boolean parts(int fork, BitSet only, BitSet onlyOther) {
        for (int edge : links.outgoing(fork)) {
            if (!only.get(links.target(edge))) continue;
            for (int other : links.outgoing(fork)) {
                if (onlyOther.get(links.target(other)) && !alternatives(edge, other)) return true;
            }
        }
        return false;
    }

    private boolean alternatives(int edge, int other) {
        String condition = document.edges().get(edge).condition();
        String otherCondition = document.edges().get(other).condition();
        return condition != null && otherCondition != null && !condition.equals(otherCondition);
    }

    private BitSet ancestors(int node) {
        return ancestors.computeIfAbsent(node, links::ancestors);
    }
}
