package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client in one workspace. JSON may be written with single quotes; every answer is checked to be of the workspace.
 *
 * <p>The first generation of clients says {@code tenant_id} in the body or the query, the second names the workspace
 * in a header.
 */
final class Api {
    private final ApiServer server;
    private final Spelling spelling;
    private final String workspace;

    /** How the workspace is named. */
    enum Spelling {
        TENANT_ID,
        WORKSPACE_HEADER
    }

    Api(ApiServer server, Spelling spelling, String workspace) {
        this.server = server;
        this.spelling = spelling;
        this.workspace = workspace;
    }

    ApiServer server() {
        return server;
    }

    String workspace() {
        return workspace;
    }

    /** The same client in a workspace of its own. */
    Api elsewhere() {
        return server.workspace(spelling);
    }

    // ---- requests

    Answer get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    Answer post(String path, String json, String... headers) {
        return send("POST", path, json, headers);
    }

    Answer post(String path) {
        return send("POST", path, "{}");
    }

    Answer patch(String path, String json) {
        return send("PATCH", path, json);
    }

    Answer delete(String path) {
        return send("DELETE", path, null);
    }

    /** @param json null for no body */
    Answer send(String method, String path, String json, String... headers) {
        String body = json == null ? null : json.replace('\'', '"');
        String target = path;
        HttpRequest.Builder request = HttpRequest.newBuilder();
        if (spelling == Spelling.WORKSPACE_HEADER) {
            request.header("x-workspace-id", workspace);
        } else if (body != null) {
            body = named(body);
        } else {
            target += (path.contains("?") ? "&" : "?") + "tenant_id=" + workspace;
        }
        if (headers.length > 0) request.headers(headers);
        if (body != null) request.header("Content-Type", "application/json");
        request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        Answer answer = exchange(request, method, target);
        if (answer.status() < 300) ofThisWorkspace(answer.json());
        return answer;
    }

    private String named(String body) {
        ObjectNode json = (ObjectNode) Json.parse(body);
        return Json.write(json.put("tenant_id", workspace));
    }

    /** Sends what was built as it stands, naming no workspace. */
    Answer exchange(HttpRequest.Builder request, String method, String path) {
        return exchange(request, method, server.port(), path);
    }

    /** {@link #exchange(HttpRequest.Builder, String, String)} at another port. */
    Answer exchange(HttpRequest.Builder request, String method, int port, String path) {
        request.uri(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(30));
        try {
            HttpResponse<String> response = server.client().send(request.build(), BodyHandlers.ofString());
            String described = method + " " + (path.length() > 300 ? path.substring(0, 300) + "…" : path);
            return new Answer(
                    described, response.statusCode(), response.headers(), response.body(), parse(response.body()));
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(method + " " + path + " failed", failed);
        }
    }

    private static JsonNode parse(String body) {
        try {
            return Json.mapper().readTree(body);
        } catch (JacksonException noJson) {
            return Json.nothing();
        }
    }

    private void ofThisWorkspace(JsonNode json) {
        if (json.has("id")) {
            assertThat(json.path("workspace_id").asString(null)).isEqualTo(workspace);
            assertThat(json.path("tenant_id").asString(null)).isEqualTo(workspace);
        }
        for (JsonNode item : json.path("items")) ofThisWorkspace(item);
    }

    // ---- what many tests begin with

    /** A session; gives its id. */
    String session() {
        return post("/sessions", "{'channel_type':'web'}").expect(201).id();
    }

    /** A workflow without versions; gives its id. */
    String workflow(String code) {
        return post("/workflows", "{'code':'%s','name':'Workflow %s'}".formatted(code, code))
                .expect(201)
                .id();
    }

    /** A workflow with this text, published; gives the id of the version. */
    String published(String dsl) {
        return version(workflow("w" + Integer.toString(dsl.hashCode(), 36)), dsl, "published");
    }

    /** Saves a version; gives its id. */
    String version(String workflow, String dsl, String status) {
        return post(
                        "/workflows/versions",
                        "{'workflow_id':'%s','dsl_json':%s,'status':'%s'}".formatted(workflow, dsl, status))
                .expect(201)
                .id();
    }

    /** Publishes a text, runs it with this input and waits for its end. */
    Answer run(String dsl, String input) {
        return runVersion(published(dsl), input);
    }

    Answer runVersion(String version, String input) {
        return post(
                        "/runtime/runs?wait_seconds=20",
                        "{'workflow_version_id':'%s','input_json':%s}".formatted(version, input))
                .expect(200);
    }

    /** Starts a run that only a caller drives. */
    Answer byHand(String version) {
        return post("/runtime/runs", "{'workflow_version_id':'%s','auto_start':false}".formatted(version))
                .expect(202);
    }

    /** The run as it stands when it has ended, or after 20 seconds. */
    Answer ended(String run) {
        return get("/runtime/runs/" + run + "?wait_seconds=20").expect(200);
    }

    /** Looks again until the run has this status. */
    Answer until(String run, String status) {
        return untilAnswer("/runtime/runs/" + run, "status", status);
    }

    /** Looks again until a field has this value. */
    Answer untilAnswer(String path, String field, String value) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        Answer answer = get(path).expect(200);
        while (!value.equals(answer.text(field))) {
            if (System.nanoTime() > deadline)
                throw new AssertionError(field + " is not " + value + ": " + answer.text());
            Thread.onSpinWait();
            answer = get(path).expect(200);
        }
        return answer;
    }

    /** Looks again until a list has so many items. */
    Answer untilItems(String path, int count) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        Answer answer = get(path).expect(200);
        while (answer.json().path("items").size() != count) {
            if (System.nanoTime() > deadline) throw new AssertionError("not " + count + " items: " + answer.text());
            Thread.onSpinWait();
            answer = get(path).expect(200);
        }
        return answer;
    }

    Answer nodeRuns(String run) {
        return get("/runtime/runs/" + run + "/node-runs?limit=200").expect(200);
    }
}
