package dev.agentplatform.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.engine.graph.GraphRun.Play;
import dev.agentplatform.engine.graph.NodeRules.Backoff;
import dev.agentplatform.engine.graph.NodeRules.Join;
import dev.agentplatform.engine.graph.NodeRules.JoinPolicy;
import dev.agentplatform.engine.graph.NodeRules.OnError;
import dev.agentplatform.engine.graph.NodeRules.Retry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What chapter 5 promises of routes, joins, loops, retries and compensation, on the pure function. */
class TransitionTest {
    private static final Function<OpenStep, Play> NOTHING_TAKEN = step -> new Play(List.of(), null);

    @Test
    void threeStepsInARowComplete() {
        Graph graph = graph("a>b", "b>c");
        GraphRun run = new GraphRun(graph, takeAll(graph)).finish(new Random(1), 100);
        assertThat(run.end().as()).isEqualTo(RunStatus.COMPLETED);
        assertThat(run.outcomes())
                .isEqualTo(Map.of("a", List.of("completed"), "b", List.of("completed"), "c", List.of("completed")));
        assertThat(run.control.resultNo()).isEqualTo(3);
    }

    @Test
    void theUntakenPathIsSkippedUpToTheJoin() {
        Graph graph = graph("if>yes", "if>no", "no>later", "yes>join", "later>join", "join>end");
        GraphRun run = new GraphRun(graph, routes(graph, Map.of("if", "yes"))).finish(new Random(2), 100);
        assertThat(run.outcomes())
                .containsEntry("no", List.of("skipped"))
                .containsEntry("later", List.of("skipped"))
                .containsEntry("join", List.of("completed"))
                .containsEntry("end", List.of("completed"));
    }

    @Test
    void aJoinWaitsForAllAndRunsOnce() {
        Graph graph = graph("s>a", "s>b", "a>j", "b>j");
        GraphRun run = new GraphRun(graph, takeAll(graph));
        run.finish(run.open("s"));
        run.finish(run.open("a"));
        assertThat(run.control.open()).extracting(step -> graph.id(step.node())).containsExactly("b");
        run.finish(run.open("b"));
        run.finish(run.open("j"));
        assertThat(run.end().as()).isEqualTo(RunStatus.COMPLETED);
    }

    @Test
    void anyCompletedFiresOnceAndIgnoresLateArrivals() {
        Graph graph = graph(rules("j", join(JoinPolicy.ANY_COMPLETED, 0)), "s>a", "s>b", "a>j", "b>j", "j>e");
        GraphRun run = new GraphRun(graph, takeAll(graph));
        run.finish(run.open("s"));
        run.finish(run.open("a"));
        run.finish(run.open("j"));
        run.finish(run.open("e"));
        assertThat(run.control.ended()).isFalse();
        run.finish(run.open("b"));
        assertThat(run.outcomes().get("j")).containsExactly("completed");
        assertThat(run.end().as()).isEqualTo(RunStatus.COMPLETED);
    }

    @Test
    void aTolerantJoinTakesAFailureAsAnArrival() {
        Graph graph = graph(rules("j", join(JoinPolicy.ALL_FINISHED, 0)), "s>a", "s>b", "a>j", "b>j");
        GraphRun run = new GraphRun(graph, failing(graph, "a")).finish(new Random(3), 100);
        assertThat(run.end().as()).isEqualTo(RunStatus.COMPLETED);
        assertThat(run.outcomes()).containsEntry("a", List.of("failed")).containsEntry("j", List.of("completed"));
    }

    @Test
    void nCompletedFailsWhenTooManyFail() {
        Graph graph = graph(rules("j", join(JoinPolicy.N_COMPLETED, 2)), "s>a", "s>b", "a>j", "b>j");
        GraphRun run = new GraphRun(graph, failing(graph, "a")).finish(new Random(4), 100);
        assertThat(run.end().as()).isEqualTo(RunStatus.FAILED);
        assertThat(run.end().code()).isEqualTo("join_unsatisfied");
    }

    @Test
    void eachRetryIsAStepOfItsOwnWithTheFirstOnesKey() {
        NodeRules thrice = with(new Retry(3, 100, Backoff.EXPONENTIAL, 0), OnError.FAIL, -1);
        Graph graph = graph(rules("a", thrice), "a>b");
        GraphRun run = new GraphRun(graph, failing(graph, "a"));
        long begun = run.now;
        run.finish(run.open("a"));
        OpenStep second = run.open("a");
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.firstNo()).isEqualTo(1);
        assertThat(second.due()).isEqualTo(begun + 100);
        run.finish(second);
        assertThat(run.open("a").due()).isEqualTo(begun + 1 + 200);
        run.finish(run.open("a"));
        assertThat(run.end().code()).isEqualTo("boom");
        assertThat(run.outcomes().get("a")).containsExactly("failed", "failed", "failed");
    }

    @Test
    void compensationRunsInReverseOrderAndTheRunFails() {
        Map<String, NodeRules> rules = new HashMap<>();
        Graph shape = graph("a>b", "b>c", "undoA>x", "undoB>x");
        rules.put("a", with(Retry.NONE, OnError.FAIL, shape.index("undoA")));
        rules.put("b", with(Retry.NONE, OnError.FAIL, shape.index("undoB")));
        BitSet compensators = GraphRun.bits(List.of(shape.index("undoA"), shape.index("undoB"), shape.index("x")));
        Graph graph = graph(rules, compensators, "a>b", "b>c", "undoA>x", "undoB>x");
        GraphRun run = new GraphRun(graph, failing(graph, "c")).finish(new Random(5), 100);
        List<String> order = run.changes.stream()
                .filter(Change.Closed.class::isInstance)
                .map(change -> graph.id(((Change.Closed) change).step().node()))
                .toList();
        assertThat(order).containsExactly("a", "b", "c", "undoB", "undoA");
        assertThat(run.end().as()).isEqualTo(RunStatus.FAILED);
        assertThat(run.end().compensated()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void aLoopTurnsAsOftenAsItsBackEdgeIsTaken(int turns) {
        Graph graph = graph(looping("head", 100), "s>head", "head>body", "body>head", "body>out");
        int back = edge(graph, "body", "head");
        int out = edge(graph, "body", "out");
        Function<OpenStep, Play> play = step -> {
            if (!graph.id(step.node()).equals("body")) return takeAll(graph).apply(step);
            return new Play(List.of(step.iteration() < turns ? back : out), null);
        };
        GraphRun run = new GraphRun(graph, play).finish(new Random(turns), 1_000);
        assertThat(run.outcomes().get("body")).hasSize(turns).containsOnly("completed");
        assertThat(run.outcomes().get("out")).containsExactly("completed");
        assertThat(run.end().as()).isEqualTo(RunStatus.COMPLETED);
    }

    @Test
    void anExitThatNobodyTakesIsSkippedOnceTheLoopHasCome() {
        Graph graph = graph(looping("head", 100), "s>head", "head>body", "body>head", "head>out", "body>done");
        Function<OpenStep, Play> play = step -> switch (graph.id(step.node())) {
            case "head" -> new Play(List.of(edge(graph, "head", "body")), null);
            case "body" -> new Play(List.of(edge(graph, "body", step.iteration() < 3 ? "head" : "done")), null);
            default -> takeAll(graph).apply(step);
        };
        GraphRun run = new GraphRun(graph, play).finish(new Random(6), 1_000);
        assertThat(run.outcomes()).containsEntry("out", List.of("skipped")).containsEntry("done", List.of("completed"));
    }

    @Test
    void anInnerLoopTurnsWithinEachTurnOfTheOuter() {
        Map<String, NodeRules> rules = new HashMap<>(looping("outer", 100));
        rules.putAll(looping("inner", 100));
        Graph graph = graph(
                rules,
                new BitSet(),
                "s>outer",
                "outer>inner",
                "inner>inner2",
                "inner2>inner",
                "inner2>next",
                "next>outer",
                "next>end");
        int[] inner = new int[1];
        Function<OpenStep, Play> play = step -> switch (graph.id(step.node())) {
            case "inner2" -> new Play(List.of(edge(graph, "inner2", ++inner[0] % 3 == 0 ? "next" : "inner")), null);
            case "next" -> new Play(List.of(edge(graph, "next", step.iteration() < 2 ? "outer" : "end")), null);
            default -> takeAll(graph).apply(step);
        };
        GraphRun run = new GraphRun(graph, play).finish(new Random(7), 1_000);
        assertThat(run.outcomes().get("inner2")).hasSize(6);
        assertThat(run.outcomes().get("next")).containsExactly("completed", "completed");
        assertThat(run.outcomes().get("end")).containsExactly("completed");
    }

    @Test
    void pastItsLimitALoopFailsTheRun() {
        Graph graph = graph(looping("head", 5), "s>head", "head>body", "body>head");
        GraphRun run = new GraphRun(graph, takeAll(graph)).finish(new Random(8), 1_000);
        assertThat(run.end().as()).isEqualTo(RunStatus.FAILED);
        assertThat(run.end().code()).isEqualTo("loop_limit");
        assertThat(run.outcomes().get("head")).hasSize(5);
    }

    @Test
    void aFailedRunGoesOnFromWhatFailed() {
        Graph graph = graph("s>a", "s>b", "a>j", "b>j");
        boolean[] broken = {true};
        Function<OpenStep, Play> play = step -> graph.id(step.node()).equals("a") && broken[0]
                ? new Play(null, "boom")
                : takeAll(graph).apply(step);
        GraphRun run = new GraphRun(graph, play).finish(new Random(9), 100);
        assertThat(run.end().as()).isEqualTo(RunStatus.FAILED);
        broken[0] = false;
        run.tell(new Happening.Retry(run.now));
        run.finish(new Random(10), 100);
        assertThat(run.end().as()).isEqualTo(RunStatus.COMPLETED);
        assertThat(run.outcomes().get("s")).containsExactly("completed");
        assertThat(run.outcomes().get("j")).containsExactly("completed");
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void randomGraphsEndAlikeInEveryOrder(long seed) {
        for (int i = 0; i < 150; i++) {
            long each = seed * 1_000 + i;
            RandomGraph random = RandomGraph.from(each);
            Map<String, List<String>> expected = random.run(1);
            for (int order = 2; order < 6; order++) {
                assertThat(random.run(order)).as("graph of seed " + each).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void aCancelEndsEveryRandomRun(long seed) {
        for (int i = 0; i < 200; i++) {
            RandomGraph random = RandomGraph.from(seed * 1_000 + i);
            GraphRun run = new GraphRun(random.graph(), random.play());
            run.finish(new Random(i), i % 17);
            if (run.control.ended()) continue;
            run.tell(new Happening.End(RunStatus.CANCELLED, "cancelled"));
            for (OpenStep step : List.copyOf(run.control.open())) run.tell(new Happening.Stopped(step.no()));
            assertThat(run.end().as()).isEqualTo(RunStatus.CANCELLED);
            assertThat(run.control.open()).isEmpty();
        }
    }

    @Test
    void stepNumbersAreUniqueAndClosedOnce() {
        for (int i = 0; i < 300; i++) {
            RandomGraph random = RandomGraph.from(90_000 + i);
            GraphRun run = new GraphRun(random.graph(), random.play());
            run.finish(new Random(i), 10_000);
            List<Integer> numbers = new ArrayList<>();
            for (Change change : run.changes) {
                if (change instanceof Change.Closed closed)
                    numbers.add(closed.step().no());
                if (change instanceof Change.Skipped skipped) numbers.add(skipped.no());
            }
            assertThat(numbers).doesNotHaveDuplicates();
            int created = run.control.nextNo - 1;
            assertThat(numbers)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.rangeClosed(1, created).boxed().toList());
        }
    }

    @Test
    void happeningsAboutClosedStepsChangeNothing() {
        Graph graph = graph("a>b");
        GraphRun run = new GraphRun(graph, takeAll(graph)).finish(new Random(1), 100);
        Control before = run.control;
        run.tell(new Happening.Completed(1, new BitSet(), 1));
        run.tell(new Happening.Failed(2, "late", true, new BitSet(), 1));
        run.tell(new Happening.End(RunStatus.CANCELLED, "cancelled"));
        assertThat(run.control).isEqualTo(before);
    }

    @Test
    void aChainOfThousandsOfSkippedNodesNeedsNoStack() {
        String[] edges = IntStream.range(0, 20_000)
                .mapToObj(i -> "n" + i + ">n" + (i + 1))
                .toArray(String[]::new);
        Graph graph = graph(edges);
        GraphRun run = new GraphRun(graph, NOTHING_TAKEN).finish(new Random(1), 10);
        assertThat(run.end().as()).isEqualTo(RunStatus.COMPLETED);
        assertThat(run.outcomes().get("n20000")).containsExactly("skipped");
    }

    // ---- graphs in a few words

    static Graph graph(String... arrows) {
        return graph(Map.of(), new BitSet(), arrows);
    }

    static Graph graph(Map<String, NodeRules> rules, String... arrows) {
        return graph(rules, new BitSet(), arrows);
    }

    static Graph graph(Map<String, NodeRules> rules, BitSet compensators, String... arrows) {
        List<String> ids = new ArrayList<>();
        List<Graph.Edge> edges = new ArrayList<>();
        for (String arrow : arrows) {
            for (String id : arrow.split(">")) if (!ids.contains(id) && ids.size() < 5_000) ids.add(id);
        }
        Map<String, Integer> index = new HashMap<>();
        if (arrows.length > 4_000) {
            ids.clear();
            for (String arrow : arrows) for (String id : arrow.split(">")) index.putIfAbsent(id, index.size());
            index.entrySet().stream().sorted(Map.Entry.comparingByValue()).forEach(entry -> ids.add(entry.getKey()));
        } else {
            for (int i = 0; i < ids.size(); i++) index.put(ids.get(i), i);
        }
        for (String arrow : arrows) {
            String[] ends = arrow.split(">");
            edges.add(new Graph.Edge(index.get(ends[0]), index.get(ends[1]), null));
        }
        List<NodeRules> all =
                ids.stream().map(id -> rules.getOrDefault(id, NodeRules.PLAIN)).toList();
        return new Graph(ids, all, edges, compensators);
    }

    static int edge(Graph graph, String source, String target) {
        for (int edge : graph.outgoing(graph.index(source))) {
            if (graph.edge(edge).target() == graph.index(target)) return edge;
        }
        throw new AssertionError("no edge " + source + ">" + target);
    }

    private static Map<String, NodeRules> rules(String node, NodeRules rules) {
        return Map.of(node, rules);
    }

    private static NodeRules join(JoinPolicy policy, int count) {
        return new NodeRules(0, 0, Retry.NONE, false, 1_000, -1, OnError.FAIL, new Join(policy, count), 1);
    }

    private static NodeRules with(Retry retry, OnError onError, int compensation) {
        return new NodeRules(0, 0, retry, false, 1_000, compensation, onError, Join.ALL_COMPLETED, 1);
    }

    private static Map<String, NodeRules> looping(String node, int iterationsMax) {
        return Map.of(
                node, new NodeRules(0, 0, Retry.NONE, true, iterationsMax, -1, OnError.FAIL, Join.ALL_COMPLETED, 1));
    }

    private static Function<OpenStep, Play> takeAll(Graph graph) {
        return step ->
                new Play(IntStream.of(graph.outgoing(step.node())).boxed().toList(), null);
    }

    private static Function<OpenStep, Play> failing(Graph graph, String node) {
        return step -> graph.id(step.node()).equals(node)
                ? new Play(null, "boom")
                : takeAll(graph).apply(step);
    }

    private static Function<OpenStep, Play> routes(Graph graph, Map<String, String> targets) {
        return step -> {
            String target = targets.get(graph.id(step.node()));
            if (target == null) return takeAll(graph).apply(step);
            return new Play(List.of(edge(graph, graph.id(step.node()), target)), null);
        };
    }
}
