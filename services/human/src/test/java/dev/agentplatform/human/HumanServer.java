package dev.agentplatform.human;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.engine.Executable;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Secrets;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.engine.graph.Graph;
import dev.agentplatform.engine.graph.NodeRules;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Signals;
import dev.agentplatform.queue.Membership;
import dev.agentplatform.store.Database;
import dev.agentplatform.web.HttpServer;
import dev.agentplatform.web.HttpSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The human service over HTTP, beside a real engine whose runs are one human node. */
final class HumanServer implements AutoCloseable {
    final Ids ids = new Ids(Clock.systemUTC());
    final EngineProcess process;
    private final Outbox outbox;
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    HumanServer(Database database) {
        this(database, Clock.systemUTC());
    }

    HumanServer(Database database, Clock clock) {
        outbox = Outbox.unheard(clock);
        EngineProcess.Settings settings = new EngineProcess.Settings(
                database,
                new Membership.Identity(UUID.randomUUID(), "test"),
                Membership.Timing.USUAL,
                clock,
                ids,
                Signals.NONE,
                Secrets.NONE,
                Engine.Limits.USUAL,
                true);
        process = new EngineProcess(settings, List.of(new OneNode()));
        HumanTasks tasks = new HumanTasks(database, process.engine(), process.alarms(), outbox, clock, ids);
        process.start();
        server = new HttpServer(
                HttpSettings.from(new Settings(Map.of("PORT", "0"))),
                ids,
                List.of(HumanRoutes.of(tasks)),
                List.of(),
                List.of());
        server.start();
    }

    /** The input of the run is the config of its only node. */
    private final class OneNode implements RunKind {
        @Override
        public String name() {
            return "ask";
        }

        @Override
        public Executable load(RunRecord run) {
            NodeWork work = new HumanNode("approval", outbox).prepare(run.input());
            Executable.Node node = new Executable.Node("ask", "approval", "ask", work, false, true);
            Graph graph = new Graph(List.of("ask"), List.of(NodeRules.PLAIN), List.of(), new BitSet());
            return new Executable.Flow(graph, List.of(node), Collections.emptyList(), -1);
        }
    }

    UUID submit(String config) {
        UUID id = ids.nextRun();
        process.engine().submit(Submission.of(id, "w1", "ask", null, Json.parse(config)));
        return id;
    }

    RunRecord end(UUID run) throws InterruptedException {
        return process.engine().awaitEnd("w1", run, 20_000).orElseThrow();
    }

    /** The only open task of a run; its row is written in the unit that begins the run. */
    JsonNode taskOf(UUID run) {
        JsonNode items = get("/human/tasks?run_id=" + run).json().path("items");
        if (items.size() != 1) throw new AssertionError("tasks of the run: " + items);
        return items.get(0);
    }

    /** An answer: its status and body. */
    record Answer(int status, JsonNode json) {
        String code() {
            return json.path("code").asString("");
        }

        String text(String field) {
            return json.path(field).asString("");
        }
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    Answer post(String path, String json) {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    Answer as(String workspace, String path) {
        return send(HttpRequest.newBuilder(uri(path)).header("x-workspace-id", workspace));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path))
                .header("x-workspace-id", "w1")
                .header("Content-Type", "application/json");
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), Json.parse(response.body()));
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    @Override
    public void close() {
        server.stop();
        process.stop();
        client.close();
    }
}
