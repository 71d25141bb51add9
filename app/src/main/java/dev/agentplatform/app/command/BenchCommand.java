package dev.agentplatform.app.command;

import dev.agentplatform.app.Logs;
import dev.agentplatform.app.Main;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.engine.Executable.Flow;
import dev.agentplatform.engine.Executable.Node;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Secrets;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.engine.graph.Graph;
import dev.agentplatform.engine.graph.NodeRules;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Signals;
import dev.agentplatform.kernel.Workspace;
import dev.agentplatform.queue.Membership;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseSettings;
import dev.agentplatform.store.DatabaseUrl;
import dev.agentplatform.store.Migrations;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** A few seconds of durable runs on this machine: each of three steps, each step committed before the next begins. */
@Command(
        name = "bench",
        description = "Measure for a few seconds how many durable runs of three steps this machine makes, in process,"
                + " on the embedded store.",
        footer = {"", "Examples:", "  agent-platform bench", "  agent-platform bench --seconds 10 --callers 1"})
public final class BenchCommand implements Callable<Integer> {
    private static final String KIND = "bench";
    private static final long END_MS_MAX = 30_000;
    private static final double WARM_UP_SHARE = 0.5;

    @Option(names = "--seconds", description = "How long to measure. Default: ${DEFAULT-VALUE}.")
    private double seconds = 4;

    @Option(names = "--callers", description = "How many start a run and wait for its end. Default: ${DEFAULT-VALUE}.")
    private int callers = 64;

    @Option(names = "--folder", description = "Where the temporary database is made. Default: the system's choice.")
    private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        Logs.startQuietly(new Settings(System.getenv()));
        Path place = Files.createTempDirectory(folder, "agent-platform-bench-");
        try {
            measure(new DatabaseUrl.Sqlite(place.resolve("bench.db")));
            return Main.OK;
        } finally {
            try (Stream<Path> files = Files.walk(place)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
            }
        }
    }

    private void measure(DatabaseUrl url) throws InterruptedException, ExecutionException {
        Clock clock = Clock.systemUTC();
        Ids ids = new Ids(clock);
        try (Database database = Database.open(DatabaseSettings.of(url))) {
            Migrations.migrate(database);
            Membership.Identity identity = new Membership.Identity(ids.next(), KIND);
            EngineProcess process = new EngineProcess(
                    new EngineProcess.Settings(
                            database,
                            identity,
                            Membership.Timing.USUAL,
                            clock,
                            ids,
                            Signals.NONE,
                            Secrets.NONE,
                            Engine.Limits.USUAL,
                            true),
                    List.of(new ThreeSteps()));
            process.start();
            try {
                load(process.engine(), ids, seconds * WARM_UP_SHARE);
                long batches = database.metrics().batches();
                List<Long> nanos = load(process.engine(), ids, seconds);
                print(nanos, database.metrics().batches() - batches);
            } finally {
                process.stop();
            }
        }
    }

    /** Each caller starts a run, waits for its end, starts the next. Returns how long each took, sorted. */
    private List<Long> load(Engine engine, Ids ids, double forSeconds) throws InterruptedException, ExecutionException {
        long until = System.nanoTime() + Math.round(forSeconds * TimeUnit.SECONDS.toNanos(1));
        List<Long> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Long>>> answers = new ArrayList<>();
            for (int caller = 0; caller < callers; caller++)
                answers.add(threads.submit(() -> runs(engine, ids, until)));
            for (Future<List<Long>> answer : answers) all.addAll(answer.get());
        }
        Collections.sort(all);
        return all;
    }

    private static List<Long> runs(Engine engine, Ids ids, long until) throws InterruptedException {
        List<Long> nanos = new ArrayList<>();
        for (long start = System.nanoTime(); start < until; start = System.nanoTime()) {
            UUID id = ids.nextRun();
            engine.submit(Submission.of(id, Workspace.PUBLIC.id(), KIND, null, Json.object()));
            RunRecord run = engine.awaitEnd(Workspace.PUBLIC.id(), id, END_MS_MAX)
                    .orElseThrow(() -> new IllegalStateException("run " + id + " did not end in time"));
            if (run.status() != RunStatus.COMPLETED) throw new IllegalStateException("a run ended as " + run.status());
            nanos.add(System.nanoTime() - start);
        }
        return nanos;
    }

    private void print(List<Long> nanos, long commits) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("Durable runs of three steps, SQLite, " + callers + " callers, %.1f s".formatted(seconds));
        out.println("%-10s %8.0f".formatted("runs/s", nanos.size() / seconds));
        out.println("%-10s %8.1f ms".formatted("p50", millis(nanos, 0.50)));
        out.println("%-10s %8.1f ms".formatted("p99", millis(nanos, 0.99)));
        out.println("%-10s %8.0f".formatted("commits/s", commits / seconds));
        out.flush();
    }

    private static double millis(List<Long> sorted, double share) {
        if (sorted.isEmpty()) return 0;
        return sorted.get((int) Math.min(sorted.size() - 1, Math.round(sorted.size() * share))) / 1e6;
    }

    /** Three steps with an effect, which do nothing: all that is measured is what makes them durable. */
    private static final class ThreeSteps implements RunKind {
        private final Flow flow = flow();

        @Override
        public String name() {
            return KIND;
        }

        @Override
        public Flow load(RunRecord run) {
            return flow;
        }

        private static Flow flow() {
            List<Node> nodes =
                    Stream.of("first", "second", "third").map(ThreeSteps::node).toList();
            List<Graph.Edge> edges = List.of(new Graph.Edge(0, 1, null), new Graph.Edge(1, 2, null));
            List<String> names = nodes.stream().map(Node::id).toList();
            Graph graph = new Graph(names, Collections.nCopies(nodes.size(), NodeRules.PLAIN), edges, new BitSet());
            return new Flow(graph, nodes, Collections.nCopies(edges.size(), null), -1);
        }

        private static Node node(String id) {
            JsonNode output = Json.object().put("done", id);
            return new Node(id, "effect", id, _ -> Outcome.done(output), true, true);
        }
    }
}
