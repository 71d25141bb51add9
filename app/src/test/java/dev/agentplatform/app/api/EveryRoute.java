package dev.agentplatform.app.api;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.web.Route;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Asks the routes of a server one by one, as whoever the headers say: a new route is asked the day it is written. */
final class EveryRoute {
    private static final String UNKNOWN = "01890000-0000-7000-8000-000000000000";
    private static final int BODY_BYTES = 2_000;

    private final ApiServer server;

    EveryRoute(ApiServer server) {
        this.server = server;
    }

    /** What came back; of the body only the beginning. */
    record Seen(int status, HttpHeaders headers, String text) {
        String code() {
            try {
                JsonNode json = Json.mapper().readTree(text);
                // Other protocols put it into an error object.
                return json.path("code")
                        .asString(json.path("error").path("code").asString(""));
            } catch (JacksonException noJson) {
                return "";
            }
        }
    }

    List<Route> guarded() {
        return server.routes().stream().filter(route -> !route.open()).toList();
    }

    List<Route> open() {
        return server.routes().stream().filter(Route::open).toList();
    }

    /** The path of the route with an id that nobody has, and the same behind the gateway. */
    static List<String> paths(Route route) {
        String path = route.path().replaceAll("\\{[^}]*}", UNKNOWN);
        return path.startsWith("/gateway/") ? List.of(path) : List.of(path, "/gateway" + path);
    }

    Seen ask(Route route, String path, String... headers) {
        return ask(route.method(), path, headers);
    }

    /** Reads as much as tells what was answered: some answers never end. */
    Seen ask(String method, String path, String... headers) {
        boolean bodyless = Stream.of("GET", "HEAD", "DELETE").anyMatch(method::equals);
        return send(method, path, bodyless ? null : "{}", headers);
    }

    /** @param json null for no body */
    Seen send(String method, String path, String json, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
        if (json != null) request.header("Content-Type", "application/json");
        if (headers.length > 0) request.headers(headers);
        try {
            HttpResponse<InputStream> response = server.client().send(request.build(), BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                boolean whole = response.statusCode() >= 300 || !path.contains("events");
                String text = whole ? new String(body.readNBytes(BODY_BYTES), StandardCharsets.UTF_8) : "";
                return new Seen(response.statusCode(), response.headers(), text);
            }
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(method + " " + path + " failed", failed);
        }
    }

    /** Sends JSON that may be written with single quotes, and expects this status. */
    JsonNode json(int status, String method, String path, String json, String... headers) {
        Seen seen = send(method, path, json == null ? null : json.replace('\'', '"'), headers);
        if (seen.status() != status) throw new AssertionError(path + " answered " + seen.status() + " " + seen.text());
        return seen.text().isEmpty() ? Json.nothing() : Json.parse(seen.text());
    }
}
