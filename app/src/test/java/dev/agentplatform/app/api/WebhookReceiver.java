package dev.agentplatform.app.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;

/** A real HTTP server that takes webhooks; it can be told to refuse the events of one aggregate. */
final class WebhookReceiver implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> refused = new ConcurrentHashMap<>();

    /** What came: headers by lower-case name, the body as it was sent. */
    record Request(Map<String, String> headers, String body) {
        JsonNode json() {
            return Json.parse(body);
        }
    }

    WebhookReceiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
        server.setExecutor(threads);
        server.createContext("/", this::take);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    /** Answers 503 to so many requests for this aggregate. */
    void refuse(String aggregateId, int times) {
        refused.put(aggregateId, times);
    }

    private void take(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, String> headers = new ConcurrentHashMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        String aggregate = Json.parse(body).path("aggregate_id").asString("");
        Integer left = refused.computeIfPresent(aggregate, (id, times) -> times - 1);
        boolean refuse = left != null && left >= 0;
        if (!refuse) requests.add(new Request(headers, body));
        exchange.sendResponseHeaders(refuse ? 503 : 204, -1);
        exchange.close();
    }

    List<Request> requests() {
        return requests;
    }

    /** The first events, once so many have come; of batches each one. */
    List<JsonNode> events(int count) {
        Await.until(() -> all().size() >= count, count + " events");
        return all();
    }

    private List<JsonNode> all() {
        return requests.stream()
                .map(Request::json)
                .flatMap(json -> json.has("events") ? json.get("events").valueStream() : List.of(json).stream())
                .toList();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
