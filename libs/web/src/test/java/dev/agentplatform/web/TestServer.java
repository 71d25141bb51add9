package dev.agentplatform.web;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A real server on a free port, with short ways to speak to it. */
final class TestServer implements AutoCloseable {
    static final Ids IDS = new Ids(Clock.systemUTC());

    final HttpServer server;
    final HttpClient client = HttpClient.newHttpClient();

    TestServer(Routes... routes) {
        this(Map.of(), routes);
    }

    TestServer(Map<String, String> environment, Routes... routes) {
        this(environment, List.of(), List.of(), routes);
    }

    TestServer(Map<String, String> environment, List<Filter> filters, List<Observer> observers, Routes... routes) {
        server = new HttpServer(settings(environment), IDS, List.of(routes), filters, observers);
        server.start();
    }

    static HttpSettings settings(Map<String, String> environment) {
        Map<String, String> values = new HashMap<>(environment);
        values.putIfAbsent("PORT", "0");
        return HttpSettings.from(new Settings(values));
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(HttpRequest.newBuilder(uri(path)), headers);
    }

    HttpResponse<String> post(String path, String json, String... headers) {
        return method("POST", path, json, headers);
    }

    HttpResponse<String> method(String method, String path, String json, String... headers) {
        var body = json == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(json);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).method(method, body);
        boolean typed = List.of(headers).stream().anyMatch("Content-Type"::equalsIgnoreCase);
        return send(json == null || typed ? request : request.header("Content-Type", "application/json"), headers);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String... headers) {
        if (headers.length > 0) request.headers(headers);
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }

    Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** Sends bytes as they are and reads all that comes until the server closes or the text is there. */
    static String exchange(Socket socket, String request, String until) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        return readUntil(socket, until);
    }

    static String readUntil(Socket socket, String until) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(until) < 0) {
            int c = socket.getInputStream().read();
            if (c < 0) break;
            text.append((char) c);
        }
        return text.toString();
    }

    static JsonNode json(HttpResponse<String> response) {
        return Json.parse(response.body());
    }

    static String code(HttpResponse<String> response) {
        return json(response).path("code").asString();
    }

    @Override
    public void close() {
        server.stop();
        client.close();
    }
}
