package dev.agentplatform.app.client;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A client of the native API. Every failure is a {@link Problem}: the server's own, or 502 {@code unreachable} when no
 * answer came.
 */
public final class ApiClient implements AutoCloseable {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    /** More than the longest {@code wait_seconds}. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(75);

    private final String base;
    private final Map<String, String> headers;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .build();

    /** @param base address without a slash at its end, {@code /gateway} included where requests go through it */
    public ApiClient(String base, Map<String, String> headers) {
        this.base = base.replaceAll("/+$", "");
        this.headers = Map.copyOf(headers);
    }

    /** One event of a run's log, as the event stream shows it. */
    public record Event(long seq, String type, JsonNode json) {}

    /** Where events go. */
    @FunctionalInterface
    public interface EventSink {
        void event(Event event);
    }

    public JsonNode get(String path) throws InterruptedException {
        return json(request(path).GET().build());
    }

    public JsonNode post(String path, JsonNode body) throws InterruptedException {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.write(body)))
                .build();
        return json(request);
    }

    /** Whether the server answers this path with 200; false also when there is none. */
    public boolean answers(String path) throws InterruptedException {
        try {
            return send(request(path).GET().build()).statusCode() == 200;
        } catch (Problem unreachable) {
            return false;
        }
    }

    /**
     * Hands every event of a run after {@code lastSeq} (0: from the start) to the sink, as they come.
     *
     * @return true when the run has ended; false when the connection went before that
     */
    public boolean follow(String runId, long lastSeq, EventSink sink) throws InterruptedException {
        HttpRequest request = request("/runtime/runs/" + runId + "/events")
                .header("Accept", "text/event-stream")
                .header("Last-Event-ID", Long.toString(lastSeq))
                .GET()
                .build();
        try {
            HttpResponse<Stream<String>> response = http.send(request, BodyHandlers.ofLines());
            try (Stream<String> lines = response.body()) {
                if (response.statusCode() != 200) return false;
                return read(lines, sink);
            }
        } catch (IOException | UncheckedIOException gone) {
            return false;
        }
    }

    private static boolean read(Stream<String> lines, EventSink sink) {
        String id = "";
        String type = "";
        StringBuilder data = new StringBuilder();
        for (String line : (Iterable<String>) lines::iterator) {
            int colon = line.indexOf(':');
            String value = colon < 0 ? "" : line.substring(colon + 1).strip();
            switch (colon < 0 ? line : line.substring(0, colon)) {
                case "id" -> id = value;
                case "event" -> type = value;
                case "data" -> data.append(value);
                case "" -> {
                    if (!line.isEmpty()) continue;
                    if (type.equals("end")) return true;
                    if (!type.isEmpty()) sink.event(new Event(Long.parseLong(id), type, Json.parse(data.toString())));
                    type = "";
                    data.setLength(0);
                }
                default -> {}
            }
        }
        return false;
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(ANSWER_LIMIT);
        headers.forEach(builder::header);
        return builder;
    }

    private JsonNode json(HttpRequest request) throws InterruptedException {
        HttpResponse<String> response = send(request);
        JsonNode body = body(response.body());
        if (response.statusCode() < 400) return body;
        String what = request.method() + " " + request.uri() + " answers " + response.statusCode();
        String detail = body.path("detail").asString("");
        throw new Problem(
                response.statusCode(),
                body.path("code").asString("http_" + response.statusCode()),
                detail.isEmpty() ? what : what + ": " + detail);
    }

    private static JsonNode body(String text) {
        if (text.isBlank()) return Json.nothing();
        try {
            return Json.parse(text);
        } catch (IllegalArgumentException notJson) {
            return Json.text(text);
        }
    }

    private HttpResponse<String> send(HttpRequest request) throws InterruptedException {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException failure) {
            String why = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
            throw new Problem(502, "unreachable", "No answer from " + request.uri() + " (" + why + ").");
        }
    }

    /** Statuses in which a run stays. */
    public static boolean ended(JsonNode run) {
        return Set.of("completed", "failed", "cancelled", "timed_out")
                .contains(run.path("status").asString(""));
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
