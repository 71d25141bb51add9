package dev.agentplatform.workflow.compile;

import dev.agentplatform.engine.Executable.Flow;
import dev.agentplatform.engine.Executable.Node;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.graph.Graph;
import dev.agentplatform.engine.graph.NodeRules;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.Expression;
import dev.agentplatform.language.LanguageError;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Turns a document {@code {nodes, edges}} into a graph with prepared nodes. Templates are parsed once, here. */
public final class WorkflowCompiler {
    private static final Map<String, String> ALIASES =
            Map.of("condition", "if-else", "retriever", "knowledge-retrieval");

    private final Map<String, NodeType> types;

    /** @param types the types that this server can execute, by name */
    public WorkflowCompiler(Map<String, NodeType> types) {
        this.types = Map.copyOf(types);
    }

    /** The name under which a type is known, whichever of its spellings a document uses. */
    public static String canonical(String type) {
        return ALIASES.getOrDefault(type, type);
    }

    /**
     * @param initial {@code {node_id, node_type, config?}} to begin with, JSON null for the document's starts
     * @throws Problem 422 when the document cannot be executed
     */
    public Flow compile(JsonNode document, JsonNode initial) {
        List<JsonNode> definitions = new ArrayList<>();
        document.path("nodes").forEach(definitions::add);
        List<JsonNode> arrows = new ArrayList<>();
        document.path("edges").forEach(arrows::add);
        int start = -1;
        if (!Json.isNothing(initial)) {
            start = indexOf(definitions, initial.path("node_id").asString(""));
            if (start < 0) return single(initial);
            if (initial.has("config"))
                definitions.set(start, withConfig(definitions.get(start), initial.get("config")));
        }
        return flow(definitions, arrows, start);
    }

    private static int indexOf(List<JsonNode> definitions, String id) {
        for (int i = 0; i < definitions.size(); i++) {
            if (definitions.get(i).path("id").asString("").equals(id)) return i;
        }
        return -1;
    }

    private static JsonNode withConfig(JsonNode definition, JsonNode config) {
        ObjectNode changed = Json.object();
        changed.setAll((ObjectNode) definition);
        changed.set("config", config);
        return changed;
    }

    // A node that the version does not define runs as given, without successors.
    private Flow single(JsonNode initial) {
        ObjectNode definition = Json.object();
        definition.put("id", initial.path("node_id").asString("start"));
        definition.put("type", initial.path("node_type").asString("start"));
        definition.set("config", initial.has("config") ? initial.get("config") : Json.object());
        return flow(List.of(definition), List.of(), 0);
    }

    private Flow flow(List<JsonNode> definitions, List<JsonNode> arrows, int start) {
        if (definitions.isEmpty()) {
            throw new Problem(422, "no_start", "The workflow has no nodes; name an initial_node or add some.");
        }
        Map<String, Integer> indexes = new HashMap<>();
        for (JsonNode definition : definitions)
            indexes.put(definition.path("id").asString(""), indexes.size());
        List<Node> nodes = new ArrayList<>();
        List<NodeRules> rules = new ArrayList<>();
        BitSet compensators = new BitSet();
        for (JsonNode definition : definitions) {
            Node node = node(definition);
            nodes.add(node);
            NodeRules of = RuleReader.read(node.type(), config(definition), indexes);
            rules.add(of);
            if (of.compensation() >= 0) compensators.set(of.compensation());
        }
        List<Graph.Edge> edges = new ArrayList<>();
        List<Expression> guards = new ArrayList<>();
        for (JsonNode arrow : arrows) {
            Graph.Edge edge = edge(arrow, indexes);
            edges.add(edge);
            guards.add(guard(edge.condition()));
        }
        List<String> ids = nodes.stream().map(Node::id).toList();
        Graph graph = new Graph(ids, rules, edges, compensators);
        if (start < 0 && graph.starts().length == 0) {
            throw new Problem(422, "no_start", "Every node has an incoming edge: there is nothing to begin with.");
        }
        return new Flow(graph, nodes, Collections.unmodifiableList(guards), start);
    }

    private static JsonNode config(JsonNode definition) {
        JsonNode config = definition.path("config");
        return config.isObject() ? config : Json.object();
    }

    private Node node(JsonNode definition) {
        String id = definition.path("id").asString("");
        String type = canonical(definition.path("type").asString(""));
        JsonNode config = config(definition);
        boolean outside = config.path("executor").asString("").equals("outside");
        NodeType known = outside ? null : types.get(type);
        NodeWork work = null;
        if (known != null) {
            try {
                work = known.prepare(config);
            } catch (LanguageError error) {
                throw new Problem(422, "invalid_workflow", "Node " + id + ": " + error.getMessage());
            } catch (Problem problem) {
                throw new Problem(422, "invalid_workflow", "Node " + id + ": " + problem.detail());
            }
        }
        boolean repeat = !config.path("on_crash").asString("repeat").equals("fail");
        String name = definition.path("name").asString(id);
        boolean streams =
                config.path("stream").isBoolean() && config.path("stream").asBoolean();
        return new Node(id, type, name, work, known == null || known.effect(), repeat, streams);
    }

    private static Graph.Edge edge(JsonNode arrow, Map<String, Integer> indexes) {
        Integer source = indexes.get(arrow.path("source").asString(""));
        Integer target = indexes.get(arrow.path("target").asString(""));
        if (source == null || target == null) {
            throw new Problem(422, "invalid_workflow", "An edge names a node that does not exist: " + arrow);
        }
        JsonNode condition = arrow.path("condition");
        String text = Json.isNothing(condition) ? null : condition.asString(condition.toString());
        return new Graph.Edge(source, target, text == null || text.isBlank() ? null : text);
    }

    private static Expression guard(String condition) {
        if (condition == null) return null;
        try {
            return Expression.parse(condition);
        } catch (LanguageError routeName) {
            // Only a route's name then: it is compared, not evaluated.
            return null;
        }
    }
}
