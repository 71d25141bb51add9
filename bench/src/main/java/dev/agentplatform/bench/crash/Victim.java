package dev.agentplatform.bench.crash;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.engine.Executable;
import dev.agentplatform.engine.Executable.Flow;
import dev.agentplatform.engine.Executable.Node;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Secrets;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.engine.graph.Graph;
import dev.agentplatform.engine.graph.NodeRules;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Signals;
import dev.agentplatform.queue.Membership;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseSettings;
import dev.agentplatform.store.DatabaseUrl;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The process that is killed: {@code Victim <database url> <side file> <instance> <submitters>}. Prints
 * {@code started}, then {@code ack <run>} for each run that it accepted. With 0 submitters it only works off.
 */
public final class Victim implements RunKind {
    static final String KIND = "crash";
    static final UUID VERSION = new UUID(0, 1);
    static final int STEPS = 4;
    /** Short, so that a test need not wait half a minute for a takeover. */
    static final Membership.Timing TIMING = new Membership.Timing(Duration.ofMillis(300), Duration.ofMillis(1_500));

    private final Flow flow;

    private Victim(Path sideFile) throws IOException {
        // One write call with O_APPEND: lines of two processes never mix, and survive a kill.
        FileChannel side = FileChannel.open(sideFile, StandardOpenOption.APPEND, StandardOpenOption.CREATE);
        List<String> ids = IntStream.range(0, STEPS).mapToObj(i -> "n" + i).toList();
        NodeWork work = context -> {
            append(side, context);
            return Outcome.done(Json.object().put("node", context.nodeId()));
        };
        List<Node> nodes = ids.stream()
                .map(id -> new Node(id, "effect", id, work, true, true))
                .toList();
        List<Graph.Edge> edges = List.of(
                new Graph.Edge(0, 1, null),
                new Graph.Edge(0, 2, null),
                new Graph.Edge(1, 3, null),
                new Graph.Edge(2, 3, null));
        Graph graph = new Graph(ids, Collections.nCopies(STEPS, NodeRules.PLAIN), edges, new BitSet());
        flow = new Flow(graph, nodes, Collections.nCopies(edges.size(), null), -1);
    }

    private static void append(FileChannel side, NodeContext context) throws IOException {
        String line = context.run().id() + " " + context.no() + " " + context.attempt() + " "
                + ProcessHandle.current().pid() + "\n";
        side.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Executable load(RunRecord run) {
        return flow;
    }

    public static void main(String[] arguments) throws Exception {
        DatabaseUrl url = DatabaseUrl.parse(arguments[0], Path.of("."));
        Victim victim = new Victim(Path.of(arguments[1]));
        Ids ids = new Ids(Clock.systemUTC());
        EngineProcess process = new EngineProcess(
                new EngineProcess.Settings(
                        Database.open(DatabaseSettings.of(url)),
                        new Membership.Identity(UUID.fromString(arguments[2]), "crash"),
                        TIMING,
                        Clock.systemUTC(),
                        ids,
                        Signals.NONE,
                        Secrets.NONE,
                        Engine.Limits.USUAL,
                        true),
                List.of(victim));
        process.start();
        say("started");
        int submitters = Integer.parseInt(arguments[3]);
        for (int i = 0; i < submitters; i++) Thread.ofPlatform().start(() -> submit(process.engine(), ids));
        // Until it is killed, or whoever started it is gone.
        while (System.in.read() >= 0) continue;
        Runtime.getRuntime().halt(0);
    }

    private static void submit(Engine engine, Ids ids) {
        while (true) {
            UUID id = ids.nextRun();
            try {
                engine.submit(Submission.of(id, "public", KIND, VERSION, Json.object()));
                say("ack " + id);
                engine.awaitEnd("public", id, 10_000);
            } catch (InterruptedException stopped) {
                return;
            } catch (RuntimeException refused) {
                say("refused " + refused.getMessage());
            }
        }
    }

    private static final PrintStream OUT = System.out;

    private static synchronized void say(String line) {
        OUT.println(line);
        OUT.flush();
    }
}
