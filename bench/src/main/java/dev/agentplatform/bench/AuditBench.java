package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.ChildServer;
import dev.agentplatform.bench.harness.HttpConnection;
import dev.agentplatform.bench.harness.Load;
import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Result;
import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the audit costs: two servers, one with it and one without, asked in turns. A list is the cheapest request that
 * there is, so it shows the most of the audit; a call of the built-in model is a usual one.
 */
final class AuditBench {
    private static final Map<String, byte[]> REQUESTS = Map.of(
            "list", HttpConnection.request("GET", "/workflows?limit=10", ""),
            "model", HttpConnection.request("POST", "/v1/chat/completions", chat()));

    private record Plan(int requests, int rounds, int warm, int connections) {}

    private AuditBench() {}

    static void measure(Options options) throws Exception {
        Plan plan = new Plan(
                options.number("n", 10_000),
                options.number("rounds", 5),
                options.number("warm", 10_000),
                options.number("connections", 64));
        List<String> kinds = options.list("requests", "list,model");
        options.complete();
        try (ChildServer with = ChildServer.start(Map.of("AGENT_PLATFORM_AUDIT", "true"));
                ChildServer without = ChildServer.start(Map.of("AGENT_PLATFORM_AUDIT", "false"))) {
            for (String kind : kinds) {
                load(with, kind, plan.warm(), plan.connections());
                load(without, kind, plan.warm(), plan.connections());
                List<Double> ratios = new ArrayList<>();
                for (int round = 1; round <= plan.rounds(); round++) {
                    double on = round(with, true, kind, plan);
                    double off = round(without, false, kind, plan);
                    ratios.add(on / off);
                }
                ratios.sort(null);
                new Result("audit_summary")
                        .put("requests", kind)
                        .put("throughput_with_of_without", ratios.get(ratios.size() / 2))
                        .print();
            }
        }
    }

    private static double round(ChildServer server, boolean audit, String kind, Plan plan) throws Exception {
        double cpu = server.cpuMs();
        Load.Measured load = load(server, kind, plan.requests(), plan.connections());
        new Result("audit")
                .put("requests", kind)
                .put("audit", audit ? "on" : "off")
                .put("requests_s", load.perSecond())
                .put("loaded", load.latencies())
                .put("server_cpu_ms_per_request", (server.cpuMs() - cpu) / plan.requests())
                .print();
        return load.perSecond();
    }

    private static Load.Measured load(ChildServer server, String kind, int requests, int callers) throws Exception {
        byte[] request = REQUESTS.get(kind);
        List<HttpConnection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < callers; i++) connections.add(new HttpConnection(server.port()));
            return Load.closed(requests, callers, caller -> ask(connections.get(caller), request));
        } finally {
            for (HttpConnection connection : connections) connection.close();
        }
    }

    private static void ask(HttpConnection connection, byte[] request) throws IOException {
        connection.send(request);
        connection.answer().expect(200);
    }

    private static String chat() {
        var body = Json.object().put("model", "mock/m");
        body.putArray("messages").addObject().put("role", "user").put("content", "How are you?");
        return body.toString();
    }
}
