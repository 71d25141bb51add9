package dev.agentplatform.workflow.dsl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** Checks the shape of the graph: starts, dangling edges, reachability, cycles, joins. */
final class GraphCheck {
    private static final int NODES_SHOWN_MAX = 20;

    private final WorkflowDocument document;
    private final NodeTypes types;
    private final FaultList faults;
    private final String prefix;
    private final Links links;

    GraphCheck(
            WorkflowDocument document, Map<String, Integer> index, NodeTypes types, FaultList faults, String prefix) {
        this.document = document;
        this.types = types;
        this.faults = faults;
        this.prefix = prefix;
        this.links = new Links(document, index);
    }

    void check() {
        edges();
        joins();
        BitSet starts = links.starts();
        if (starts.isEmpty()) noStart();
        else unreachable(starts);
        cycles(starts);
        new ParallelAssignments(document, links, types, faults, prefix).warn();
    }

    private void edges() {
        for (int i = 0; i < document.edges().size(); i++) {
            EdgeDefinition edge = document.edges().get(i);
            String path = prefix + "edges." + i;
            dangling(edge, edge.source(), path + ".source");
            dangling(edge, edge.target(), path + ".target");
            Integer node = links.node(edge.source());
            if (node != null && edge.source().equals(edge.target()) && !allowsLoop(node)) {
                faults.edge(path, edge, "self_edge", "leads back to its own node, which needs allow_loop: true");
            }
        }
    }

    private void dangling(EdgeDefinition edge, String id, String path) {
        // An end that is no text was told as malformed.
        if (id.isEmpty() || links.node(id) != null) return;
        faults.edge(path, edge, "dangling_edge", "there is no node '" + Validation.shown(id) + "'");
    }

    private void joins() {
        for (int node = 0; node < document.nodes().size(); node++) {
            NodeDefinition definition = document.nodes().get(node);
            JsonNode config = definition.config();
            JsonNode count = config.path(CommonConfig.COUNT);
            boolean counts = config.path(CommonConfig.JOIN_POLICY).asString("").equals(CommonConfig.N_COMPLETED);
            int incoming = links.incoming(node).size();
            if (counts && count.isIntegralNumber() && count.canConvertToLong() && count.longValue() > incoming) {
                String message = "waits for " + count.longValue() + " of " + incoming + " incoming edges";
                faults.node(prefix + "nodes." + node + ".config.count", definition, "out_of_range", message);
            }
        }
    }

    private void noStart() {
        boolean empty = document.nodes().isEmpty();
        String message = empty ? "there are no nodes" : "every node has an incoming edge, so nothing can begin";
        faults.at(prefix + "nodes", "no_start", message);
    }

    private void unreachable(BitSet starts) {
        BitSet roots = (BitSet) starts.clone();
        roots.or(links.compensators());
        BitSet reached = links.reachable(roots);
        for (int node = reached.nextClearBit(0);
                node < document.nodes().size();
                node = reached.nextClearBit(node + 1)) {
            NodeDefinition definition = document.nodes().get(node);
            if (definition.id().isEmpty()) continue;
            faults.node(prefix + "nodes." + node, definition, "unreachable_node", "no start leads to this node");
        }
    }

    /**
     * Depth first, from the starts and then from the rest, in order of the text: an edge to a node that is on
     * the way to its source re-enters that node, which must allow it. Without recursion, since a chain of two
     * thousand nodes must not meet the stack's limit.
     */
    private void cycles(BitSet starts) {
        int size = document.nodes().size();
        BitSet seen = new BitSet(size);
        IntStream.concat(starts.stream(), IntStream.range(0, size)).forEach(root -> {
            if (!seen.get(root)) walk(root, seen);
        });
    }

    private void walk(int root, BitSet seen) {
        List<Integer> way = new ArrayList<>(List.of(root));
        BitSet onTheWay = new BitSet();
        Deque<int[]> next = new ArrayDeque<>(List.of(new int[] {0}));
        seen.set(root);
        onTheWay.set(root);
        while (!way.isEmpty()) {
            int node = way.getLast();
            List<Integer> outgoing = links.outgoing(node);
            int position = next.peek()[0]++;
            if (position == outgoing.size()) {
                onTheWay.clear(way.removeLast());
                next.pop();
                continue;
            }
            int edge = outgoing.get(position);
            int target = links.target(edge);
            if (onTheWay.get(target) && target != node && !allowsLoop(target)) cycle(edge, target, way);
            if (seen.get(target)) continue;
            seen.set(target);
            onTheWay.set(target);
            way.add(target);
            next.push(new int[] {0});
        }
    }

    private void cycle(int edge, int entered, List<Integer> way) {
        List<Integer> cycle = way.subList(way.indexOf(entered), way.size());
        String shown = cycle.stream().limit(NODES_SHOWN_MAX).map(this::id).collect(Collectors.joining(" -> "));
        String more = cycle.size() > NODES_SHOWN_MAX ? " -> …" : "";
        String message = "closes the cycle " + shown + more + " -> " + id(entered)
                + "; the node that is entered again, '" + id(entered) + "', needs allow_loop: true";
        faults.edge(prefix + "edges." + edge, document.edges().get(edge), "cycle", message);
    }

    private boolean allowsLoop(int node) {
        return document.nodes().get(node).config().path(CommonConfig.ALLOW_LOOP).asBoolean(false);
    }

    private String id(int node) {
        return document.nodes().get(node).id();
    }
}
