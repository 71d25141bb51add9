package dev.agentplatform.engine;

import dev.agentplatform.engine.Executable.Flow;
import dev.agentplatform.engine.Executable.Node;
import dev.agentplatform.engine.graph.Graph;
import dev.agentplatform.engine.graph.NodeRules;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Flows of a few words, and the kind of run that executes them. */
public final class Flows implements RunKind {
    private final Map<UUID, Executable> flows = new ConcurrentHashMap<>();

    /** What happens before an executable is loaded: a test may let it fail. */
    volatile Runnable beforeLoad = () -> {};

    @Override
    public String name() {
        return "test";
    }

    @Override
    public Executable load(RunRecord run) {
        beforeLoad.run();
        return flows.get(run.versionId());
    }

    UUID add(Executable flow) {
        UUID id = UUID.randomUUID();
        flows.put(id, flow);
        return id;
    }

    void put(UUID id, Executable flow) {
        flows.put(id, flow);
    }

    /** A chain or graph: node ids with their work, arrows as {@code a>b} or {@code a>b:route}. */
    static final class Draft {
        private final Map<String, Node> nodes = new LinkedHashMap<>();
        private final Map<String, NodeRules> rules = new LinkedHashMap<>();
        private final List<Graph.Edge> edges = new ArrayList<>();
        private final BitSet compensators = new BitSet();

        Draft effect(String id, NodeWork work) {
            nodes.put(id, new Node(id, "effect", id, work, true, true));
            return this;
        }

        /** An effect whose text is followed while it is made. */
        Draft streaming(String id, NodeWork work) {
            nodes.put(id, new Node(id, "effect", id, work, true, true, true));
            return this;
        }

        Draft compute(String id, NodeWork work) {
            nodes.put(id, new Node(id, "compute", id, work, false, true));
            return this;
        }

        Draft outside(String id) {
            nodes.put(id, new Node(id, "outside", id, null, true, true));
            return this;
        }

        Draft rules(String id, NodeRules with) {
            rules.put(id, with);
            return this;
        }

        Draft arrows(String... arrows) {
            List<String> ids = List.copyOf(nodes.keySet());
            for (String arrow : arrows) {
                String[] parts = arrow.split("[>:]");
                edges.add(new Graph.Edge(
                        ids.indexOf(parts[0]), ids.indexOf(parts[1]), parts.length > 2 ? parts[2] : null));
            }
            return this;
        }

        Flow flow() {
            List<String> ids = List.copyOf(nodes.keySet());
            List<NodeRules> all = ids.stream()
                    .map(id -> rules.getOrDefault(id, NodeRules.PLAIN))
                    .toList();
            Graph graph = new Graph(ids, all, edges, compensators);
            return new Flow(graph, List.copyOf(nodes.values()), Collections.nCopies(edges.size(), null), -1);
        }
    }
}
