package dev.agentplatform.workflow.dsl;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A workflow as it is written: {@code {"nodes":[{"id","type","name"?,"config"?}],
 * "edges":[{"source","target","condition"?}]}}. Unknown fields are ignored.
 */
public record WorkflowDocument(List<NodeDefinition> nodes, List<EdgeDefinition> edges) {
    public static final int NODES_MAX = 2_000;
    public static final int EDGES_MAX = 10_000;

    /** Characters of the whole text as compact JSON. */
    public static final int SIZE_MAX = 2 * 1024 * 1024;

    public WorkflowDocument {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
    }

    /** Reads a text that was checked before. Throws a 422 problem with all that is wrong with its shape. */
    public static WorkflowDocument of(JsonNode dsl) {
        FaultList faults = new FaultList();
        WorkflowDocument document = read(dsl, "", faults);
        if (faults.isEmpty()) return document;
        throw Problem.invalid(faults.faults().stream()
                .map(fault -> new Problem.FieldError(fault.path(), fault.message()))
                .toList());
    }

    /**
     * Reads what can be read. A node or edge of a wrong shape keeps its place with empty names, so that
     * positions in faults stay those of the text.
     */
    static WorkflowDocument read(JsonNode dsl, String prefix, FaultList faults) {
        WorkflowDocument empty = new WorkflowDocument(List.of(), List.of());
        if (Json.isNothing(dsl) || !dsl.isObject()) {
            faults.at(trimmed(prefix), Fault.MALFORMED, "must be an object with nodes and edges");
            return empty;
        }
        if (prefix.isEmpty() && tooLarge(dsl)) {
            faults.whole(Fault.TOO_LARGE, "has more than " + SIZE_MAX + " characters of JSON, or is nested too deep");
            return empty;
        }
        List<NodeDefinition> nodes = new ArrayList<>();
        for (JsonNode node : items(dsl, "nodes", NODES_MAX, true, prefix, faults)) {
            nodes.add(node(node, prefix + "nodes." + nodes.size(), faults));
        }
        List<EdgeDefinition> edges = new ArrayList<>();
        for (JsonNode edge : items(dsl, "edges", EDGES_MAX, false, prefix, faults)) {
            edges.add(edge(edge, prefix + "edges." + edges.size(), faults));
        }
        return new WorkflowDocument(nodes, edges);
    }

    private static boolean tooLarge(JsonNode dsl) {
        try {
            return Json.write(dsl).length() > SIZE_MAX;
        } catch (JacksonException tooDeep) {
            return true;
        }
    }

    private static Iterable<JsonNode> items(
            JsonNode dsl, String name, int most, boolean required, String prefix, FaultList faults) {
        JsonNode list = dsl.path(name);
        if (Json.isNothing(list) && !required) return List.of();
        if (!list.isArray()) {
            faults.at(prefix + name, Fault.MALFORMED, "must be a list");
            return List.of();
        }
        if (list.size() > most) {
            faults.at(
                    prefix + name,
                    Fault.TOO_LARGE,
                    "has " + list.size() + " entries, at most " + most + " are allowed");
            return List.of();
        }
        return list;
    }

    private static NodeDefinition node(JsonNode node, String path, FaultList faults) {
        if (!node.isObject()) {
            faults.at(path, Fault.MALFORMED, "must be an object");
            return new NodeDefinition("", "", null, Json.object());
        }
        JsonNode config = node.path("config");
        if (!Json.isNothing(config) && !config.isObject()) {
            faults.at(path + ".config", Fault.MALFORMED, "must be an object");
        }
        return new NodeDefinition(
                text(node, "id", path, true, faults),
                text(node, "type", path, true, faults),
                text(node, "name", path, false, faults),
                config.isObject() ? config : Json.object());
    }

    private static EdgeDefinition edge(JsonNode edge, String path, FaultList faults) {
        if (!edge.isObject()) {
            faults.at(path, Fault.MALFORMED, "must be an object");
            return new EdgeDefinition("", "", null);
        }
        // Routes are called true and false, so people write them as booleans, too.
        JsonNode condition = edge.path("condition");
        return new EdgeDefinition(
                text(edge, "source", path, true, faults),
                text(edge, "target", path, true, faults),
                condition.isBoolean() ? condition.asString() : text(edge, "condition", path, false, faults));
    }

    private static String text(JsonNode object, String name, String path, boolean required, FaultList faults) {
        JsonNode value = object.path(name);
        if (value.isString()) {
            boolean blank = value.stringValue().isBlank();
            return blank && !required ? null : value.stringValue();
        }
        if (!Json.isNothing(value)) faults.at(path + "." + name, Fault.MALFORMED, "must be a string");
        else if (required) faults.at(path + "." + name, Fault.MALFORMED, "is missing");
        return required ? "" : null;
    }

    private static String trimmed(String prefix) {
        return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
    }
}
