package dev.agentplatform.workflow.dsl;

import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * How one workflow differs from another. Order of nodes, edges and object members is no difference; a changed
 * condition is an edge removed and an edge added.
 */
public record Diff(
        List<String> nodesAdded,
        List<String> nodesRemoved,
        List<NodeChange> nodesChanged,
        List<EdgeDefinition> edgesAdded,
        List<EdgeDefinition> edgesRemoved) {

    /** {@code paths} inside the node, dotted: {@code type}, {@code name}, {@code config.body.items.0}. */
    public record NodeChange(String id, List<String> paths) {}

    public boolean isEmpty() {
        return nodesAdded.isEmpty()
                && nodesRemoved.isEmpty()
                && nodesChanged.isEmpty()
                && edgesAdded.isEmpty()
                && edgesRemoved.isEmpty();
    }

    /** Throws a 422 problem when one of the two is no workflow. */
    public static Diff between(JsonNode before, JsonNode after) {
        WorkflowDocument old = WorkflowDocument.of(before);
        WorkflowDocument now = WorkflowDocument.of(after);
        Map<String, NodeDefinition> oldNodes = byId(old);
        Map<String, NodeDefinition> nowNodes = byId(now);
        List<NodeChange> changed = new ArrayList<>();
        oldNodes.forEach((id, node) -> {
            NodeDefinition other = nowNodes.get(id);
            List<String> paths = other == null ? List.of() : changes(node, other);
            if (!paths.isEmpty()) changed.add(new NodeChange(id, paths));
        });
        return new Diff(
                without(nowNodes.keySet(), oldNodes.keySet()),
                without(oldNodes.keySet(), nowNodes.keySet()),
                List.copyOf(changed),
                less(now.edges(), old.edges()),
                less(old.edges(), now.edges()));
    }

    private static Map<String, NodeDefinition> byId(WorkflowDocument document) {
        Map<String, NodeDefinition> nodes = new LinkedHashMap<>();
        for (NodeDefinition node : document.nodes()) nodes.putIfAbsent(node.id(), node);
        return nodes;
    }

    private static List<String> without(Set<String> ids, Set<String> others) {
        return ids.stream().filter(id -> !others.contains(id)).toList();
    }

    /** Edges as a multiset: two equal edges less one leave one. */
    private static List<EdgeDefinition> less(List<EdgeDefinition> edges, List<EdgeDefinition> others) {
        Map<EdgeDefinition, Integer> counts = new HashMap<>();
        for (EdgeDefinition edge : others) counts.merge(edge, 1, Integer::sum);
        return edges.stream()
                .filter(edge -> counts.merge(edge, -1, Integer::sum) < 0)
                .toList();
    }

    private static List<String> changes(NodeDefinition before, NodeDefinition after) {
        List<String> paths = new ArrayList<>();
        if (!before.type().equals(after.type())) paths.add("type");
        if (!Objects.equals(before.name(), after.name())) paths.add("name");
        compare(before.config(), after.config(), "config", paths);
        return List.copyOf(paths);
    }

    private static void compare(JsonNode before, JsonNode after, String path, List<String> paths) {
        if (before.isObject() && after.isObject()) {
            Set<String> names = new LinkedHashSet<>(before.propertyNames());
            names.addAll(after.propertyNames());
            for (String name : names) compare(before.path(name), after.path(name), path + "." + name, paths);
        } else if (before.isArray() && after.isArray()) {
            for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
                compare(before.path(i), after.path(i), path + "." + i, paths);
            }
        } else if (!same(before, after)) {
            paths.add(path);
        }
    }

    /** Numbers by value: 1 and 1.0 are the same setting. A missing value is not the same as null. */
    private static boolean same(JsonNode before, JsonNode after) {
        if (before.isNumber() && after.isNumber()) return before.decimalValue().compareTo(after.decimalValue()) == 0;
        if (Json.isNothing(before) && Json.isNothing(after)) return before.isNull() == after.isNull();
        return before.equals(after);
    }
}
