package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.ChildServer;
import dev.agentplatform.bench.harness.HttpConnection;
import dev.agentplatform.bench.harness.Latencies;
import dev.agentplatform.bench.harness.Load;
import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Result;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.DatabaseUrl;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** The whole program over HTTP: requests that wait for their run of three nodes, and the first event of a run. */
final class HttpBench {
    private static final String WAITING = "/runtime/runs?wait_seconds=30";

    /** @param streams event streams that are opened one at a time, for the latency of the first event */
    private record Plan(int requests, int rounds, int warm, int connections, int streams, List<String> nodes) {}

    private HttpBench() {}

    static void measure(Options options) throws Exception {
        Plan plan = new Plan(
                options.number("n", 10_000),
                options.number("rounds", 3),
                options.number("warm", 5_000),
                options.number("connections", 64),
                options.number("streams", 300),
                options.list("nodes", "effect,template,http"));
        try (Stores stores = Stores.from(options, "sqlite,postgresql");
                StubServer stub = new StubServer()) {
            options.complete();
            for (String kind : stores.kinds()) {
                try (ChildServer server = ChildServer.start(environment(kind, stores))) {
                    for (String nodes : plan.nodes()) measure(kind, nodes, stub, stores, server, plan);
                }
            }
        }
    }

    private static Map<String, String> environment(String kind, Stores stores) throws Exception {
        Map<String, String> environment = new HashMap<>();
        // The stub answers on this machine, where http-request nodes may not go by themselves.
        environment.put("AGENT_PLATFORM_HTTP_ALLOW", "127.0.0.1");
        if (stores.fresh(kind, "http") instanceof DatabaseUrl.Postgresql) {
            environment.put(DatabaseUrl.SETTING, stores.postgres().url("bench_http"));
        }
        return environment;
    }

    private static void measure(
            String kind, String nodes, StubServer stub, Stores stores, ChildServer server, Plan plan) throws Exception {
        List<HttpConnection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < plan.connections(); i++) connections.add(new HttpConnection(server.port()));
            HttpConnection first = connections.getFirst();
            String workflow = Workflows.publish(first, "bench_" + nodes, chain(nodes, stub));
            byte[] request = HttpConnection.request("POST", WAITING, Workflows.run(workflow));
            Load.closed(plan.warm(), plan.connections(), caller -> runOnce(connections.get(caller), request));
            for (int round = 1; round <= plan.rounds(); round++) {
                double cpu = server.cpuMs();
                double storeCpu = stores.cpuMs(kind);
                Load.Measured load = Load.closed(
                        plan.requests(), plan.connections(), caller -> runOnce(connections.get(caller), request));
                new Result("http")
                        .put("store", kind)
                        .put("nodes", nodes)
                        .put("n", plan.requests())
                        .put("requests_s", load.perSecond())
                        .put("loaded", load.latencies())
                        .put("server_cpu_ms_per_request", (server.cpuMs() - cpu) / plan.requests())
                        .put("store_cpu_ms_per_request", (stores.cpuMs(kind) - storeCpu) / plan.requests())
                        .print();
            }
            Latencies alone =
                    Load.closed(plan.streams(), 1, _ -> runOnce(first, request)).latencies();
            new Result("http_alone")
                    .put("store", kind)
                    .put("nodes", nodes)
                    .put("alone", alone)
                    .print();
            firstEvents(kind, nodes, server, workflow, plan);
        } finally {
            for (HttpConnection connection : connections) connection.close();
        }
    }

    private static ObjectNode[] chain(String nodes, StubServer stub) {
        ObjectNode[] chain = new ObjectNode[3];
        for (int i = 0; i < chain.length; i++) {
            String id = "node" + (i + 1);
            chain[i] = switch (nodes) {
                case "effect" -> {
                    ObjectNode config = Json.object();
                    config.set("output", Payloads.output(i + 1));
                    yield Workflows.node(id, "bench-effect", config);
                }
                case "template" ->
                    Workflows.node(id, "template-transform", Json.object().put("template", "{{input.payload}}"));
                case "http" ->
                    Workflows.node(
                            id,
                            "http-request",
                            Json.object().put("method", "GET").put("url", stub.url()));
                default -> throw new IllegalArgumentException("nodes are effect, template or http, not " + nodes);
            };
        }
        return chain;
    }

    private static void runOnce(HttpConnection connection, byte[] request) throws IOException {
        connection.send(request);
        HttpConnection.Answer answer = connection.answer().expect(200);
        if (!answer.body().contains("\"status\":\"completed\"")) throw new IOException(answer.body());
    }

    /** How long a client that starts a run and follows it waits for a sign of life. */
    private static void firstEvents(String kind, String nodes, ChildServer server, String workflow, Plan plan)
            throws IOException {
        Latencies fromFollow = new Latencies();
        Latencies fromStart = new Latencies();
        try (HttpConnection connection = new HttpConnection(server.port())) {
            for (int i = 0; i < plan.streams(); i++) {
                try (HttpConnection stream = new HttpConnection(server.port())) {
                    long start = System.nanoTime();
                    String run = Workflows.start(connection, workflow);
                    long started = System.nanoTime();
                    stream.follow("/runtime/runs/" + run + "/events");
                    if (stream.nextData() == null) throw new IOException("the stream of run " + run + " is empty");
                    fromFollow.add(System.nanoTime() - started);
                    fromStart.add(System.nanoTime() - start);
                }
            }
        }
        new Result("http_first_event")
                .put("store", kind)
                .put("nodes", nodes)
                .put("from_stream_request", fromFollow)
                .put("from_run_request", fromStart)
                .print();
    }
}
