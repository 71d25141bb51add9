package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.ChildServer;
import dev.agentplatform.bench.harness.HttpConnection;
import dev.agentplatform.bench.harness.Latencies;
import dev.agentplatform.bench.harness.Load;
import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Result;
import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Calls of {@code POST /code/execute}, each a process of its own: one at a time, then many side by side. */
final class CodeBench {
    private static final int WARM_UP = 20;
    private static final String SOURCE_PYTHON = "result = {'sum': payload['a'] + payload['b']}";
    private static final String SOURCE_JAVASCRIPT = "result = { sum: payload.a + payload.b }";

    private CodeBench() {}

    static void measure(Options options) throws Exception {
        int calls = options.number("n", 200);
        int beside = options.number("beside", 50);
        int rounds = options.number("rounds", 5);
        List<String> languages = options.list("languages", "python,javascript");
        options.complete();
        try (ChildServer server = ChildServer.start(Map.of())) {
            for (String language : languages) {
                byte[] request = request(language);
                alone(server, language, request, calls);
                beside(server, language, request, beside, rounds);
            }
        }
    }

    private static void alone(ChildServer server, String language, byte[] request, int calls) throws Exception {
        try (HttpConnection connection = new HttpConnection(server.port())) {
            for (int i = 0; i < WARM_UP; i++) call(connection, request);
            Latencies latencies =
                    Load.closed(calls, 1, _ -> call(connection, request)).latencies();
            new Result("code_alone")
                    .put("language", language)
                    .put("n", calls)
                    .put("alone", latencies)
                    .print();
        }
    }

    /** The first answer that is not a success ends the measurement with an error. */
    private static void beside(ChildServer server, String language, byte[] request, int beside, int rounds)
            throws Exception {
        List<HttpConnection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < beside; i++) connections.add(new HttpConnection(server.port()));
            Load.Measured load = Load.closed(beside * rounds, beside, caller -> call(connections.get(caller), request));
            new Result("code_beside")
                    .put("language", language)
                    .put("side_by_side", beside)
                    .put("n", load.count())
                    .put("calls_s", load.perSecond())
                    .put("loaded", load.latencies())
                    .put("failed", 0)
                    .print();
        } finally {
            for (HttpConnection connection : connections) connection.close();
        }
    }

    private static byte[] request(String language) {
        String source = language.equals("python") ? SOURCE_PYTHON : SOURCE_JAVASCRIPT;
        var body = Json.object().put("language", language).put("code", source);
        body.putObject("input_json").put("a", 40).put("b", 2);
        return HttpConnection.request("POST", "/code/execute", body.toString());
    }

    private static void call(HttpConnection connection, byte[] request) throws IOException {
        connection.send(request);
        HttpConnection.Answer answer = connection.answer().expect(200);
        if (!answer.body().contains("\"sum\":42")) throw new IOException(answer.body());
    }
}
