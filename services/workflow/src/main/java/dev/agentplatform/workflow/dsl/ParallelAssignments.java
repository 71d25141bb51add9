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

    ParallelAssignments(
            WorkflowDocument document, Links links, NodeTypes types, FaultList faults, String prefix) {
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
            boolean assigner = types.find(definition.type()).filter(type -> type.name().equals("assigner")).isPresent();
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
        BitSet starts = links.starts();
        int start = firstIn(starts, before);
        int otherStart = lastIn(starts, beforeOther);
        if (start >= 0 && otherStart >= 0 && start != otherStart) return true;
        BitSet forks = (BitSet) before.clone();
        forks.and(beforeOther);
        return forks.stream().anyMatch(fork -> parts(fork, before, beforeOther));
    }

    /** Whether two edges out of {@code fork}, taken together, lead to the one and to the other. */
    private boolean parts(int fork, BitSet before, BitSet beforeOther) {
        for (int edge : links.outgoing(fork)) {
            if (!before.get(links.target(edge))) continue;
            for (int other : links.outgoing(fork)) {
                if (other != edge && beforeOther.get(links.target(other)) && !alternatives(edge, other)) return true;
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

    private static int firstIn(BitSet starts, BitSet before) {
        return starts.stream().filter(before::get).findFirst().orElse(-1);
    }

    private static int lastIn(BitSet starts, BitSet before) {
        return starts.stream().filter(before::get).reduce((_, last) -> last).orElse(-1);
    }
}
