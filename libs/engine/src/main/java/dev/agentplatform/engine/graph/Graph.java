package dev.agentplatform.engine.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The shape of a workflow version: nodes and edges by index, with its loops found once.
 *
 * <p>A <em>back edge</em> leads to a node that is on the way to its source. The <em>body</em> of its target
 * is every node that lies between the two. Edges out of a body are its exits: they stay undecided while
 * the loop may still turn.
 */
public final class Graph {
    public record Edge(int source, int target, String condition) {}

    private final List<String> ids;
    private final List<NodeRules> rules;
    private final List<Edge> edges;
    private final Map<String, Integer> indexes = new HashMap<>();
    private final int[][] outgoing;
    private final int[][] incoming;
    private final BitSet back = new BitSet();
    private final BitSet[] bodies;
    private final int[] starts;
    private final List<List<Integer>> loopsLeft;

    /** @param compensators nodes that run only to compensate: never a start */
    public Graph(List<String> ids, List<NodeRules> rules, List<Edge> edges, BitSet compensators) {
        this.ids = List.copyOf(ids);
        this.rules = List.copyOf(rules);
        this.edges = List.copyOf(edges);
        for (int i = 0; i < ids.size(); i++) indexes.put(ids.get(i), i);
        outgoing = byNode(true);
        incoming = byNode(false);
        starts = starts(compensators);
        findBackEdges();
        bodies = new BitSet[ids.size()];
        for (int edge = back.nextSetBit(0); edge >= 0; edge = back.nextSetBit(edge + 1)) addBody(edges.get(edge));
        loopsLeft =
                IntStream.range(0, edges.size()).mapToObj(this::findLoopsLeft).toList();
    }

    public int nodes() {
        return ids.size();
    }

    public int edgeCount() {
        return edges.size();
    }

    public String id(int node) {
        return ids.get(node);
    }

    /** -1 when there is no such node. */
    public int index(String id) {
        return indexes.getOrDefault(id, -1);
    }

    public NodeRules rules(int node) {
        return rules.get(node);
    }

    public Edge edge(int edge) {
        return edges.get(edge);
    }

    public int[] outgoing(int node) {
        return outgoing[node];
    }

    int[] incoming(int node) {
        return incoming[node];
    }

    public int[] starts() {
        return starts.clone();
    }

    boolean back(int edge) {
        return back.get(edge);
    }

    /** The loop that {@code node} heads; null when no back edge leads to it. */
    BitSet body(int node) {
        return bodies[node];
    }

    /** The loops that an edge leaves: their heads. */
    List<Integer> loopsLeft(int edge) {
        return loopsLeft.get(edge);
    }

    boolean hasLoops() {
        return !back.isEmpty();
    }

    private List<Integer> findLoopsLeft(int edge) {
        List<Integer> heads = new ArrayList<>();
        for (int head = 0; head < bodies.length; head++) {
            if (bodies[head] != null && leaves(bodies[head], edge)) heads.add(head);
        }
        return heads;
    }

    boolean leaves(BitSet body, int edge) {
        return body.get(edges.get(edge).source()) && !body.get(edges.get(edge).target());
    }

    boolean enters(BitSet body, int edge) {
        return !body.get(edges.get(edge).source()) && body.get(edges.get(edge).target());
    }

    private int[][] byNode(boolean bySource) {
        List<List<Integer>> lists = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) lists.add(new ArrayList<>());
        for (int i = 0; i < edges.size(); i++) {
            Edge edge = edges.get(i);
            lists.get(bySource ? edge.source() : edge.target()).add(i);
        }
        return lists.stream()
                .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    private int[] starts(BitSet compensators) {
        return IntStream.range(0, ids.size())
                .filter(node -> incoming[node].length == 0 && !compensators.get(node))
                .toArray();
    }

    // Depth first without recursion: a chain of two thousand nodes must not meet the stack's limit.
    private void findBackEdges() {
        int[] next = new int[ids.size()];
        byte[] colour = new byte[ids.size()];
        int[] roots = IntStream.concat(Arrays.stream(starts), IntStream.range(0, ids.size()))
                .toArray();
        for (int root : roots) {
            if (colour[root] != 0) continue;
            Deque<Integer> path = new ArrayDeque<>();
            path.push(root);
            colour[root] = 1;
            while (!path.isEmpty()) {
                int node = path.peek();
                if (next[node] == outgoing[node].length) {
                    colour[node] = 2;
                    path.pop();
                    continue;
                }
                int edge = outgoing[node][next[node]++];
                int target = edges.get(edge).target();
                if (colour[target] == 1) back.set(edge);
                if (colour[target] != 0) continue;
                colour[target] = 1;
                path.push(target);
            }
        }
    }

    private void addBody(Edge backEdge) {
        int head = backEdge.target();
        if (bodies[head] == null) bodies[head] = new BitSet();
        BitSet body = bodies[head];
        body.set(head);
        Deque<Integer> open = new ArrayDeque<>();
        if (!body.get(backEdge.source())) {
            body.set(backEdge.source());
            open.push(backEdge.source());
        }
        while (!open.isEmpty()) {
            for (int edge : incoming[open.pop()]) {
                int source = edges.get(edge).source();
                if (body.get(source)) continue;
                body.set(source);
                open.push(source);
            }
        }
    }
}
