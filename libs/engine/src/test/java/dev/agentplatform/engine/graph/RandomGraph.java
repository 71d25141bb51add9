package dev.agentplatform.engine.graph;

import dev.agentplatform.engine.graph.GraphRun.Play;
import dev.agentplatform.engine.graph.NodeRules.Backoff;
import dev.agentplatform.engine.graph.NodeRules.Join;
import dev.agentplatform.engine.graph.NodeRules.JoinPolicy;
import dev.agentplatform.engine.graph.NodeRules.OnError;
import dev.agentplatform.engine.graph.NodeRules.Retry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/**
 * A graph of a seed whose outcomes depend on the node and its iteration alone, not on the order of events:
 * chains, branches, fan-outs, structured loops, retries that succeed, all-joins.
 */
record RandomGraph(long seed, Graph graph) {

    static RandomGraph from(long seed) {
        Random random = new Random(seed);
        int size = 2 + random.nextInt(14);
        List<String> ids = new ArrayList<>();
        List<NodeRules> rules = new ArrayList<>();
        List<Graph.Edge> edges = new ArrayList<>();
        for (int node = 0; node < size; node++) {
            ids.add("n" + node);
            rules.add(rules(random));
            if (node == 0) continue;
            int parents = 1 + random.nextInt(Math.min(3, node));
            BitSet chosen = new BitSet();
            for (int i = 0; i < parents; i++) chosen.set(random.nextInt(node));
            chosen.stream()
                    .forEach(parent -> edges.add(new Graph.Edge(parent, edges.isEmpty() ? 1 : ids.size() - 1, null)));
        }
        if (random.nextInt(3) == 0) addLoop(random, ids, rules, edges);
        return new RandomGraph(seed, new Graph(ids, rules, edges, new BitSet()));
    }

    // A loop of its own at the end: head, body, back; its exit leads to one more node.
    private static void addLoop(Random random, List<String> ids, List<NodeRules> rules, List<Graph.Edge> edges) {
        int head = ids.size();
        for (String name : List.of("head", "body", "exit")) {
            ids.add(name);
            rules.add(NodeRules.PLAIN);
        }
        edges.add(new Graph.Edge(random.nextInt(head), head, null));
        edges.add(new Graph.Edge(head, head + 1, null));
        edges.add(new Graph.Edge(head + 1, head, null));
        edges.add(new Graph.Edge(head + 1, head + 2, null));
    }

    private static NodeRules rules(Random random) {
        Retry retry = random.nextInt(4) == 0 ? new Retry(3, random.nextInt(50), Backoff.LINEAR, 0) : Retry.NONE;
        Join join = random.nextInt(5) == 0 ? new Join(JoinPolicy.ALL_FINISHED, 0) : Join.ALL_COMPLETED;
        long delay = random.nextInt(6) == 0 ? 10 : 0;
        return new NodeRules(delay, 0, retry, false, 1_000, -1, OnError.FAIL, join, 1);
    }

    Function<OpenStep, Play> play() {
        return step -> {
            Random of = new Random(seed * 31 + step.node() * 1_009L + step.iteration());
            int attempts = graph.rules(step.node()).retry().attemptsMax();
            if (step.attempt() < attempts && of.nextBoolean()) return new Play(null, "flaky");
            List<Integer> taken = new ArrayList<>();
            boolean routes = of.nextInt(3) == 0;
            for (int edge : graph.outgoing(step.node())) if (!routes || of.nextBoolean()) taken.add(edge);
            if (graph.id(step.node()).equals("body")) {
                taken.clear();
                int[] out = graph.outgoing(step.node());
                taken.add(out[step.iteration() < 1 + seed % 4 ? 0 : 1]);
            }
            return new Play(taken, null);
        };
    }

    Map<String, List<String>> run(long order) {
        GraphRun run = new GraphRun(graph, play()).finish(new Random(order * 7_919), 10_000);
        run.end();
        return run.outcomes();
    }
}
