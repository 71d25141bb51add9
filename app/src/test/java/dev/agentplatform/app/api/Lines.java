package dev.agentplatform.app.api;

import dev.agentplatform.kernel.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A stream of events as its client reads it, one by one. */
final class Lines implements AutoCloseable {
    private final BufferedReader reader;
    private String id;
    private String event;

    private Lines(InputStream in) {
        reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    static Lines post(Api api, String path, String json) throws IOException, InterruptedException {
        return open(
                api,
                path,
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json.replace('\'', '"'))));
    }

    /** @param lastEventId null for the start */
    static Lines get(Api api, String path, String lastEventId) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder();
        if (lastEventId != null) request.header("Last-Event-ID", lastEventId);
        return open(api, path, request);
    }

    private static Lines open(Api api, String path, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        HttpRequest built = request.header("x-workspace-id", api.workspace())
                .uri(URI.create("http://127.0.0.1:" + api.port() + path))
                .build();
        HttpResponse<InputStream> response = api.client().send(built, BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new AssertionError(
                    path + " answered " + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
        }
        return new Lines(response.body());
    }

    /** The data of the next event; null at the end of the stream, or at its mark {@code [DONE]}. */
    JsonNode next() throws IOException {
        id = null;
        event = null;
        JsonNode data = null;
        while (true) {
            String line = reader.readLine();
            if (line == null) return null;
            if (line.startsWith("id: ")) id = line.substring(4);
            else if (line.startsWith("event: ")) event = line.substring(7);
            else if (line.equals("data: [DONE]")) return null;
            else if (line.startsWith("data: ")) data = Json.parse(line.substring(6));
            else if (line.isEmpty() && data != null) return data;
        }
    }

    /** The id of the event that was read last. */
    String id() {
        return id;
    }

    /** The type of the event that was read last. */
    String event() {
        return event;
    }

    List<JsonNode> rest() throws IOException {
        List<JsonNode> rest = new ArrayList<>();
        for (JsonNode next = next(); next != null; next = next()) rest.add(next);
        return rest;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
