package dev.agentplatform.testkit;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.web.HttpServer;
import dev.agentplatform.web.HttpSettings;
import dev.agentplatform.web.Routes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A real web server on a free port with the routes of some rooms, and short ways to ask it. */
public final class TestServer implements AutoCloseable {
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    /** What came back. {@code json} is JSON null when the body is empty or no JSON. */
    public record Answer(int status, String contentType, String text, JsonNode json) {
        /** A text field of the body; empty when it is missing. */
        public String field(String name) {
            return json.path(name).asString("");
        }
    }

    public TestServer(Routes... routes) {
        server = new HttpServer(
                HttpSettings.from(new Settings(Map.of("PORT", "0"))),
                new Ids(Clock.systemUTC()),
                List.of(routes),
                List.of(),
                List.of());
        server.start();
    }

    public Answer get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    /** @param headers name, value, name, value, … */
    public Answer post(String path, String json, String... headers) {
        return send("POST", path, json, headers);
    }

    public Answer send(String method, String path, String json, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
        if (json != null) request.header("Content-Type", "application/json");
        if (headers.length > 0) request.headers(headers);
        try {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            String contentType = response.headers().firstValue("Content-Type").orElse("");
            JsonNode body = contentType.contains("json") ? Json.parse(response.body()) : Json.nothing();
            return new Answer(response.statusCode(), contentType, response.body(), body);
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(method + " " + path + " failed", failed);
        }
    }

    @Override
    public void close() {
        server.stop();
        client.close();
    }
}
