package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The requests that the predecessors' users have in their scripts run as they stand, in order. */
class PredecessorApiTest {
    private static final int FIRST_PORT = 8_000;
    private static final int SERVICES = 16;
    private static final String RESUME = "/resume-human";

    @OnEveryServer
    void theFirstGenerationAtTheMainAddress(Api api) throws IOException {
        play(api, "tenant", "", false);
    }

    @OnEveryServer
    void theFirstGenerationBehindTheGateway(Api api) throws IOException {
        play(api, "tenant", "/gateway", false);
    }

    @OnEveryServer
    void theSecondGenerationAtTheMainAddress(Api api) throws IOException {
        play(api, "workspace", "", false);
    }

    @OnEveryServer
    void theSecondGenerationBehindTheGateway(Api api) throws IOException {
        play(api, "workspace", "/gateway", false);
    }

    @Test
    void bothGenerationsAtTheServicesOwnPorts() throws Exception {
        for (int port = FIRST_PORT; port < FIRST_PORT + SERVICES; port++) assumeTrue(isFree(port), port + " is in use");
        try (ApiServer server = new ApiServer(Dialect.SQLITE, true)) {
            for (String generation : List.of("tenant", "workspace")) {
                play(server.workspace(Api.Spelling.TENANT_ID), generation, "", true);
            }
            Api api = server.workspace(Api.Spelling.TENANT_ID);
            for (int port = FIRST_PORT; port < FIRST_PORT + SERVICES; port++) {
                for (String path : List.of("/health", "/ready", "/docs", "/openapi.json")) {
                    api.exchange(HttpRequest.newBuilder(), "GET", port, path).expect(200);
                }
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.0.0.1", port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** Ids in a request stand for what earlier ones answered; the tenant is a fresh one. */
    private static void play(Api api, String generation, String prefix, boolean ownPorts) throws IOException {
        Map<String, String> saved = new HashMap<>();
        List<JsonNode> requests = requests(generation);
        // The script resumes with the id of a human task, which its later part creates.
        List<JsonNode> ordered = new ArrayList<>();
        requests.stream()
                .filter(it -> !it.path("path").asString().endsWith(RESUME))
                .forEach(ordered::add);
        requests.stream()
                .filter(it -> it.path("path").asString().endsWith(RESUME))
                .forEach(ordered::add);
        for (JsonNode request : ordered) {
            if (request.path("port").asInt() == 8000 && !prefix.isEmpty()) continue;
            Answer answer = send(api, request, prefix, saved, ownPorts);
            assertThat(answer.status())
                    .as("%s: %s", answer.request(), answer.text())
                    .isBetween(200, 299);
            if (request.has("expect"))
                assertThat(answer.text()).contains(request.path("expect").asString());
            request.path("save")
                    .properties()
                    .forEach(entry -> saved.put(
                            entry.getKey(), answer.text(entry.getValue().asString())));
            if (request.path("save").has("run")) {
                Answer nodes = api.exchange(
                        HttpRequest.newBuilder(),
                        "GET",
                        "/runtime/runs/" + saved.get("run") + "/node-runs?tenant_id=" + api.workspace());
                assertThat(nodes.each("status")).containsExactly("queued");
                saved.put("node_run", nodes.text("items.0.id"));
            }
        }
    }

    private static Answer send(Api api, JsonNode request, String prefix, Map<String, String> saved, boolean ownPorts) {
        String path = prefix + filled(request.path("path").asString(), api, saved);
        String method = request.path("method").asString();
        HttpRequest.Builder builder = HttpRequest.newBuilder();
        // The second generation sends the workspace by header.
        if (request.path("generation").asString().equals("workspace"))
            builder.header("x-workspace-id", api.workspace());
        if (request.has("body")) {
            builder.header("Content-Type", "application/json");
            String body = filled(Json.write(request.get("body")), api, saved);
            builder.method(method, BodyPublishers.ofString(body));
        } else {
            builder.method(method, BodyPublishers.noBody());
        }
        return ownPorts
                ? api.exchange(builder, method, request.path("port").asInt(), path)
                : api.exchange(builder, method, path);
    }

    private static String filled(String text, Api api, Map<String, String> saved) {
        String filled = text.replace("\"t1\"", '"' + api.workspace() + '"')
                .replace("tenant_id=t1", "tenant_id=" + api.workspace());
        for (Map.Entry<String, String> entry : saved.entrySet()) {
            filled = filled.replace("{" + entry.getKey() + "}", String.valueOf(entry.getValue()));
        }
        return filled;
    }

    private static List<JsonNode> requests(String generation) throws IOException {
        try (InputStream in = PredecessorApiTest.class.getResourceAsStream("predecessor-requests.json")) {
            JsonNode all = Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return all.valueStream()
                    .filter(request -> request.path("generation").asString().equals(generation))
                    .toList();
        }
    }
}
