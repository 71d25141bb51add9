package dev.agentplatform.bench.simulation;

import dev.agentplatform.engine.Arrival;
import dev.agentplatform.engine.Executable;
import dev.agentplatform.engine.Executable.Flow;
import dev.agentplatform.engine.Executable.Node;
import dev.agentplatform.engine.Executable.Program;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.engine.graph.Graph;
import dev.agentplatform.engine.graph.NodeRules;
import dev.agentplatform.engine.graph.NodeRules.Backoff;
import dev.agentplatform.engine.graph.NodeRules.Join;
import dev.agentplatform.engine.graph.NodeRules.JoinPolicy;
import dev.agentplatform.engine.graph.NodeRules.OnError;
import dev.agentplatform.engine.graph.NodeRules.Retry;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Graphs and programs of a seed. What a node does depends on the node, its iteration and attempt alone, so that
 * every order of events must come to the same outcomes.
 */
final class Workload implements RunKind {
    static final String KIND = "simulated";
    static final String WORKSPACE = "public";
    static final String SIGNAL = "go";
    static final String FAILS = "fails";
    static final String UNDO = "undo";

    /** Where effects are seen: the simulation checks when they begin, and may crash there. */
    interface World {
        void effect(UUID run, int no, String key);

        /** A step was told that its time has come. */
        void timeUp(long until);
    }

    private final World world;
    private final Random random;
    private final Map<UUID, Executable> executables = new HashMap<>();
    /** Versions whose runs come to the same end in every order. */
    final List<UUID> roots = new ArrayList<>();

    final List<UUID> killers = new ArrayList<>();
    /** Versions that fail in the end, and are compensated then. */
    final List<UUID> failing = new ArrayList<>();
    /** By version: the definition, for those that may have a limit. */
    private final Map<UUID, UUID> definitions = new HashMap<>();
    /** How many runs of these definitions may be owned at once. */
    final Map<UUID, Integer> limits = new HashMap<>();

    Workload(World world, Random random) {
        this.world = world;
        this.random = random;
        UUID leaf = add(graph(null));
        UUID middle = add(graph(leaf));
        for (int i = 0; i < 3; i++) roots.add(add(graph(random.nextBoolean() ? leaf : middle)));
        for (int i = 0; i < 2; i++) roots.add(add(program(random.nextLong(), leaf)));
        failing.add(add(compensated(graph(leaf))));
        for (UUID version : List.of(roots.get(0), roots.get(3), leaf)) {
            UUID definition = new UUID(random.nextLong(), random.nextLong());
            definitions.put(version, definition);
            if (random.nextInt(3) > 0) limits.put(definition, 1 + random.nextInt(2));
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Executable load(RunRecord run) {
        return executables.get(run.versionId());
    }

    private UUID add(Executable executable) {
        UUID id = new UUID(random.nextLong(), random.nextLong());
        executables.put(id, executable);
        return id;
    }

    /** A version whose one effect kills the process each time. */
    UUID killer(Runnable kill) {
        NodeWork work = context -> {
            kill.run();
            return Outcome.done(Json.nothing());
        };
        Node node = new Node("killer", "killer", "killer", work, true, true);
        Graph graph = new Graph(List.of("killer"), List.of(NodeRules.PLAIN), List.of(), new BitSet());
        UUID id = add(new Flow(graph, List.of(node), List.of(), -1));
        killers.add(id);
        return id;
    }

    Submission submission(UUID id, UUID version, RunOptions options) {
        return new Submission(
                id,
                WORKSPACE,
                KIND,
                definitions.get(version),
                version,
                null,
                Json.object(),
                Json.nothing(),
                options,
                null);
    }

    // ---- graphs

    private Flow graph(UUID child) {
        long seed = random.nextLong();
        Random shape = new Random(seed);
        int size = 2 + shape.nextInt(8);
        List<String> ids = new ArrayList<>();
        List<NodeRules> rules = new ArrayList<>();
        List<Node> nodes = new ArrayList<>();
        List<Graph.Edge> edges = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String id = "n" + i;
            ids.add(id);
            rules.add(rules(shape));
            nodes.add(node(id, seed ^ i * 0x9E3779B97F4A7C15L, shape, rules.getLast(), child));
            BitSet parents = new BitSet();
            for (int p = 0; i > 0 && p < 1 + shape.nextInt(2); p++) parents.set(shape.nextInt(i));
            for (int parent : parents.stream().toArray()) edges.add(new Graph.Edge(parent, i, null));
        }
        Graph graph = new Graph(ids, rules, edges, new BitSet());
        return new Flow(graph, nodes, Collections.nCopies(edges.size(), null), -1);
    }

    /** The same, then a node that always fails; the first node has one that undoes it. */
    private Flow compensated(Flow flow) {
        Graph graph = flow.graph();
        int size = graph.nodes();
        List<String> ids = new ArrayList<>();
        List<NodeRules> rules = new ArrayList<>();
        List<Node> nodes = new ArrayList<>(flow.nodes());
        List<Graph.Edge> edges = new ArrayList<>();
        BitSet ends = new BitSet();
        ends.set(0, size);
        for (int i = 0; i < size; i++) {
            ids.add(graph.id(i));
            NodeRules of = graph.rules(i);
            int undo = i == 0 ? size + 1 : -1;
            rules.add(new NodeRules(
                    of.delayMs(), 0, of.retry(), false, of.iterationsMax(), undo, of.onError(), of.join(), 1));
            for (int edge : graph.outgoing(i)) {
                edges.add(graph.edge(edge));
                ends.clear(i);
            }
        }
        for (int end : ends.stream().toArray()) edges.add(new Graph.Edge(end, size, null));
        ids.addAll(List.of(FAILS, UNDO));
        rules.addAll(List.of(NodeRules.PLAIN, NodeRules.PLAIN));
        NodeWork fails = context -> {
            world.effect(context.run().id(), context.no(), context.idempotencyKey());
            return Outcome.fail(FAILS, "as it must");
        };
        nodes.add(new Node(FAILS, "effect", FAILS, fails, true, true));
        nodes.add(effect(UNDO, 1, NodeRules.PLAIN));
        BitSet compensators = new BitSet();
        compensators.set(size + 1);
        Graph whole = new Graph(ids, rules, edges, compensators);
        return new Flow(whole, nodes, Collections.nCopies(edges.size(), null), -1);
    }

    private static NodeRules rules(Random shape) {
        Retry retry = shape.nextInt(3) == 0 ? new Retry(3, shape.nextInt(3) * 20_000L, Backoff.LINEAR, 0) : Retry.NONE;
        Join join = shape.nextInt(4) == 0 ? new Join(JoinPolicy.ALL_FINISHED, 0) : Join.ALL_COMPLETED;
        long delay = shape.nextInt(8) == 0 ? 15_000 : 0;
        return new NodeRules(delay, 0, retry, false, 1_000, -1, OnError.FAIL, join, 1);
    }

    private Node node(String id, long seed, Random shape, NodeRules rules, UUID child) {
        return switch (shape.nextInt(12)) {
            case 0, 1 -> new Node(id, "compute", id, context -> outcome(seed, context, rules), false, true);
            case 2 -> new Node(id, "signal", id, new Waiting("signal", 0), false, true);
            case 3 -> new Node(id, "human", id, new Waiting("human", 0), false, true);
            case 4 -> new Node(id, "time", id, new Waiting("time", 1 + shape.nextInt(60_000)), true, true);
            case 5, 6 ->
                child == null
                        ? effect(id, seed, rules)
                        : new Node(id, "child", id, new Children(child, 1 + shape.nextInt(2)), true, true);
            default -> effect(id, seed, rules);
        };
    }

    private Node effect(String id, long seed, NodeRules rules) {
        NodeWork work = context -> {
            world.effect(context.run().id(), context.no(), context.idempotencyKey());
            context.tokens().text("text of ");
            context.tokens().text(context.nodeId());
            return outcome(seed, context, rules);
        };
        return new Node(id, "effect", id, work, true, true, seed % 3 == 0);
    }

    private static Outcome outcome(long seed, NodeContext context, NodeRules rules) {
        Random of = new Random(seed * 31 + context.iteration() * 1_009L + context.attempt());
        boolean last = context.attempt() >= rules.retry().attemptsMax();
        if (!last && of.nextBoolean()) {
            return new Outcome.Fail("flaky", "not yet", true, Json.nothing(), Json.nothing());
        }
        return Outcome.done(Json.object().put("node", context.nodeId()));
    }

    /** Waits for a signal, a person or a time. */
    private final class Waiting implements NodeWork {
        private final String on;
        private final long millis;

        Waiting(String on, long millis) {
            this.on = on;
            this.millis = millis;
        }

        @Override
        public Outcome execute(NodeContext context) {
            long until = millis == 0 ? 0 : context.now() + millis;
            return new Outcome.Wait(on, until, Json.object().put("until", until), List.of(), List.of());
        }

        @Override
        public Outcome resume(NodeContext context, Arrival arrival) {
            long until = context.note().path("until").asLong();
            if (arrival instanceof Arrival.TimeUp && context.now() < until) world.timeUp(until);
            return Outcome.done(Json.object().put("node", context.nodeId()));
        }
    }

    private final class Children implements NodeWork {
        private final UUID version;
        private final int count;

        Children(UUID version, int count) {
            this.version = version;
            this.count = count;
        }

        @Override
        public Outcome execute(NodeContext context) {
            List<Outcome.ChildRun> children = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                UUID id = context.ids().nextRun();
                children.add(new Outcome.ChildRun(submission(id, version, RunOptions.USUAL), i));
            }
            return new Outcome.Wait("child", 0, Json.nothing(), children, List.of());
        }

        @Override
        public Outcome resume(NodeContext context, Arrival arrival) {
            boolean all = context.results().get().stream()
                    .allMatch(
                            child -> RunStatus.of(child.status()).orElseThrow().ended());
            if (!all) return new Outcome.Wait("child", 0, Json.nothing(), List.of(), List.of());
            return Outcome.done(Json.object().put("node", context.nodeId()));
        }
    }

    // ---- programs

    private Program program(long seed, UUID child) {
        return (context, input) -> {
            Random of = new Random(seed);
            List<JsonNode> results = new ArrayList<>();
            int calls = 2 + of.nextInt(5);
            for (int i = 0; i < calls; i++) results.add(call(context, "k" + i, of, child));
            return Json.tree(results);
        };
    }

    private JsonNode call(ProgramContext context, String key, Random of, UUID child) {
        switch (of.nextInt(9)) {
            case 0 -> {
                return context.note(key, Json.text("noted " + key));
            }
            case 1 -> {
                return context.all(List.of(leaf(context, key + ":a"), leaf(context, key + ":b")))
                        .getLast();
            }
            case 2 -> {
                return context.awaitSignal(key, SIGNAL, 0);
            }
            case 3 -> {
                context.awaitTime(key, context.createdTime() + of.nextInt(90_000));
                return Json.nothing();
            }
            case 4 -> {
                String name = context.idempotencyKey(key);
                UUID id = Ids.runOf(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
                try {
                    context.child(key, submission(id, child, RunOptions.USUAL));
                } catch (ProgramContext.StepFailed failed) {
                    return Json.text("failed");
                }
                return Json.text("child");
            }
            case 5 -> {
                List<ProgramContext.ChildCall> calls = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    String name = context.idempotencyKey(key + ":" + i);
                    UUID id = Ids.runOf(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
                    calls.add(
                            new ProgramContext.ChildCall(key + ":" + i, () -> submission(id, child, RunOptions.USUAL)));
                }
                return Json.text("children " + context.children(calls).size());
            }
            case 6 -> {
                context.awaitHuman(key, 0, (step, no, now) -> List.of());
                return Json.text("answered");
            }
            default -> {
                ProgramContext.LeafStep leaf = leaf(context, key);
                return context.step(leaf.key(), leaf.type(), leaf.input(), leaf.work());
            }
        }
    }

    private ProgramContext.LeafStep leaf(ProgramContext context, String key) {
        String idempotencyKey = context.idempotencyKey(key);
        UUID run = UUID.fromString(idempotencyKey.substring(0, 36));
        return new ProgramContext.LeafStep(key, "effect", Json.nothing(), () -> {
            world.effect(run, 0, idempotencyKey);
            return Json.text("did " + key);
        });
    }
}
