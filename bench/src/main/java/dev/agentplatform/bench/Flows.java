package dev.agentplatform.bench;

import dev.agentplatform.engine.Executable;
import dev.agentplatform.engine.Executable.Flow;
import dev.agentplatform.engine.Executable.Node;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.graph.Graph;
import dev.agentplatform.engine.graph.NodeRules;
import dev.agentplatform.kernel.Json;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/** The kind of run that executes what the measurements define, without documents and compiler. */
final class Flows implements RunKind {
    static final String KIND = "bench";
    static final String WORKSPACE = "public";

    private final Map<UUID, Flow> flows = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Executable load(RunRecord run) {
        return flows.get(run.versionId());
    }

    private UUID add(Flow flow) {
        UUID version = UUID.randomUUID();
        flows.put(version, flow);
        return version;
    }

    /** Three nodes with effects, one after the other, which do nothing. */
    UUID addThreeSteps() {
        List<Node> nodes = List.of(effect("first", 1), effect("second", 2), effect("third", 3));
        List<Graph.Edge> edges = List.of(new Graph.Edge(0, 1, null), new Graph.Edge(1, 2, null));
        return add(flow(nodes, NodeRules.PLAIN, edges));
    }

    private static Node effect(String id, int step) {
        JsonNode output = Payloads.output(step);
        return new Node(id, "effect", id, _ -> Outcome.done(output), true, true);
    }

    /** A node with an effect and one that sends the run back to it, until {@code work} takes the route "out". */
    UUID addLoop(int turnsMax, NodeWork work) {
        NodeWork nothing = _ -> Outcome.done(Json.nothing());
        List<Node> nodes = List.of(
                new Node("start", "compute", "start", nothing, false, true),
                new Node("again", "effect", "again", nothing, true, true),
                new Node("decide", "effect", "decide", work, true, true),
                new Node("end", "compute", "end", nothing, false, true));
        NodeRules plain = NodeRules.PLAIN;
        NodeRules loops = new NodeRules(
                0, 0, plain.retry(), true, turnsMax, -1, plain.onError(), plain.join(), plain.resultRank());
        List<Graph.Edge> edges = List.of(
                new Graph.Edge(0, 1, null),
                new Graph.Edge(1, 2, null),
                new Graph.Edge(2, 1, "back"),
                new Graph.Edge(2, 3, "out"));
        return add(flow(nodes, loops, edges));
    }

    private static Flow flow(List<Node> nodes, NodeRules rules, List<Graph.Edge> edges) {
        Graph graph = new Graph(
                nodes.stream().map(Node::id).toList(), Collections.nCopies(nodes.size(), rules), edges, new BitSet());
        return new Flow(graph, nodes, Collections.nCopies(edges.size(), null), -1);
    }
}
