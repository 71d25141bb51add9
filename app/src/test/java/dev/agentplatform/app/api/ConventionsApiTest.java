package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.web.Route;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Chapters 1 and 2: one address, workspaces, request context, idempotency, events, health. */
class ConventionsApiTest {
    private static final String ANSWER =
            "{'nodes':[{'id':'a','type':'answer','config':{'template':'Hello'}}],'edges':[]}";

    @OnEveryServer
    void theWorkspaceComesFromHeaderQueryOrBody(Api api) {
        String w = api.workspace();
        for (String header : List.of("x-workspace-id", "x-tenant-id")) {
            assertThat(posted(api, "/sessions", "{'channel_type':'web'}", header, w)
                            .text("workspace_id"))
                    .isEqualTo(w);
        }
        for (String name : List.of("workspace_id", "tenant_id")) {
            Answer byQuery = posted(api, "/sessions?" + name + "=" + w, "{'channel_type':'web'}");
            assertThat(byQuery.text("tenant_id")).isEqualTo(w);
            Answer byBody = posted(api, "/sessions", "{'channel_type':'web','%s':'%s'}".formatted(name, w));
            assertThat(byBody.text("workspace_id")).isEqualTo(w);
        }
        assertThat(posted(api, "/sessions", "{'channel_type':'web'}").text("tenant_id"))
                .isEqualTo("public");
        assertThat(api.get("/sessions").expect(200).each("id")).hasSize(6);

        posted(api, "/sessions?tenant_id=other", "{'channel_type':'web'}", "x-workspace-id", w)
                .expect(400, "workspace_conflict");
        posted(api, "/sessions", "{'channel_type':'web','tenant_id':'other'}", "x-workspace-id", w)
                .expect(400, "workspace_conflict");
        posted(api, "/sessions", "{'channel_type':'web','tenant_id':'a','workspace_id':'b'}")
                .expect(400, "workspace_conflict");
    }

    @OnEveryServer
    void everyPathAnswersBehindTheGatewayToo(Api api) {
        String session = api.session();
        assertThat(api.get("/gateway/sessions/" + session).expect(200).json())
                .isEqualTo(api.get("/sessions/" + session).expect(200).json());
    }

    @OnEveryServer
    void theRequestIdIsKeptOrMade(Api api) {
        assertThat(api.get("/sessions", "x-request-id", "mine-1").headers().firstValue("x-request-id"))
                .hasValue("mine-1");
        assertThat(api.get("/sessions").headers().firstValue("x-request-id")).isPresent();
        Answer missing = api.get("/nowhere", "x-request-id", "mine-2").expect(404, "not_found");
        assertThat(missing.text("request_id")).isEqualTo("mine-2");
    }

    @OnEveryServer
    void healthAndReadinessAreTold(Api api) {
        Answer health = raw(api, "GET", "/health", null).expect(200);
        assertThat(health.text("status")).isEqualTo("healthy");
        assertThat(health.text("service")).isNotBlank();
        assertThat(health.text("version")).isNotBlank();
        raw(api, "GET", "/ready", null).expect(200);
        raw(api, "GET", "/docs", null).expect(200);
        assertThat(raw(api, "GET", "/openapi.json", null)
                        .expect(200)
                        .at("paths")
                        .size())
                .isGreaterThan(30);
        Answer services = raw(api, "GET", "/gateway/services/health", null).expect(200);
        assertThat(services.text()).contains("session", "workflow", "runtime", "human", "latency_ms", "local");
    }

    @OnEveryServer
    void aKeyGivesTheFirstAnswerAgain(Api api) {
        String body = "{'code':'once','name':'Once'}";
        Answer first = api.post("/workflows", body, "Idempotency-Key", "k1").expect(201);
        Answer again = api.post("/workflows", body, "Idempotency-Key", "k1").expect(201);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(api.post("/gateway/workflows", body, "Idempotency-Key", "k1")
                        .expect(201)
                        .json())
                .isEqualTo(first.json());
        api.post("/workflows", "{'code':'other','name':'Once'}", "Idempotency-Key", "k1")
                .expect(409, "idempotency_mismatch");
        assertThat(api.get("/workflows").expect(200).each("code")).containsExactly("once");
        // Another workspace has keys of its own.
        api.elsewhere().post("/workflows", body, "Idempotency-Key", "k1").expect(201);

        String version = api.published(ANSWER);
        String start = "{'workflow_version_id':'%s'}".formatted(version);
        String run = api.post("/runtime/runs", start, "Idempotency-Key", "k2")
                .expect(202)
                .id();
        assertThat(api.post("/runtime/runs", start, "Idempotency-Key", "k2")
                        .expect(202)
                        .id())
                .isEqualTo(run);
        assertThat(api.get("/runtime/runs").expect(200).each("id")).containsExactly(run);
    }

    @OnEveryServer
    void eventsAreReplayedFromAnyPositionToTheEnd(Api api) {
        Answer run = api.run(ANSWER, "{}");
        String events = "/runtime/runs/" + run.id() + "/events";
        Answer all = api.get(events).expect(200);
        assertThat(all.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        List<String> ids = values(all.text(), "id:");
        List<String> types = values(all.text(), "event:");
        assertThat(types)
                .startsWith("run.created")
                .contains("run.started", "run.completed")
                .endsWith("end");
        assertThat(ids).isNotEmpty().doesNotHaveDuplicates();
        List<Long> numbers = ids.stream().map(Long::valueOf).toList();
        assertThat(numbers).isSorted();

        String second = ids.get(1);
        Answer rest = api.get(events, "Last-Event-ID", second).expect(200);
        assertThat(values(rest.text(), "id:")).isEqualTo(ids.subList(2, ids.size()));
        Answer none = api.get(events, "Last-Event-ID", ids.getLast()).expect(200);
        assertThat(values(none.text(), "event:")).containsExactly("end");
        api.get(events, "Last-Event-ID", "soon").expect(400);
    }

    @OnEveryServer
    void eventsAreFollowedLive(Api api) throws Exception {
        String version = api.published("{'nodes':[{'id':'w','type':'wait','config':{'signal':'go'}}],'edges':[]}");
        String run = api.post("/runtime/runs", "{'workflow_version_id':'%s'}".formatted(version))
                .expect(202)
                .id();
        api.until(run, "waiting");
        List<String> seen = new ArrayList<>();
        Thread follower = Thread.ofVirtual()
                .start(() -> seen.addAll(
                        values(api.get("/runtime/runs/" + run + "/events").text(), "event:")));
        api.post("/runtime/runs/" + run + "/signal", "{'name':'go'}").expect(202);
        follower.join();
        assertThat(seen).contains("run.waiting", "run.completed").endsWith("end");
    }

    @OnEveryServer
    void anIdOfAnotherWorkspaceIsNotFoundOnEveryRoute(Api api) {
        Map<String, String> ids = Things.of(api);
        Api stranger = api.elsewhere();
        List<String> asked = new ArrayList<>();
        for (Route route : api.server().routes()) {
            if (!route.path().contains("{")) continue;
            if (Things.isName(route.path())) continue;
            String path = Things.filled(route.path(), ids);
            String body = route.method().equals("GET") || route.method().equals("DELETE")
                    ? null
                    : Things.BODIES.getOrDefault(route.path(), "{}");
            Answer refused = stranger.send(route.method(), path, body);
            assertThat(refused.status())
                    .as("%s answered %s", refused.request(), refused.text())
                    .isEqualTo(404);
            assertThat(refused.text("code")).isEqualTo("not_found");
            asked.add(route.path());
        }
        assertThat(asked).hasSizeGreaterThan(30);
        // By a field, too.
        for (String start : List.of(
                "{'workflow_id':'" + ids.get("workflow") + "'}",
                "{'workflow_version_id':'" + ids.get("version") + "'}")) {
            stranger.post("/runtime/runs", start).expect(404, "not_found");
        }
        stranger.get("/runtime/node-artifacts?run_id=" + ids.get("run")).expect(404, "not_found");
        stranger.get("/runtime/trace-spans?run_id=" + ids.get("run")).expect(404, "not_found");
        for (String list : List.of(
                "/sessions",
                "/sessions/run-requests",
                "/workflows",
                "/workflows/apps",
                "/runtime/runs",
                "/auth/users",
                "/auth/roles",
                "/auth/assignments",
                "/gateway/api-keys",
                "/human/tasks",
                "/memories",
                "/tools",
                "/tools/bindings",
                "/tools/credentials",
                "/models/providers",
                "/events",
                "/events/subscriptions",
                "/events/deliveries",
                "/events/inbound-endpoints",
                "/scheduler/jobs")) {
            assertThat(stranger.get(list).expect(200).json().path("items").size())
                    .as(list)
                    .isZero();
        }
        stranger.post("/runtime/workers/execute-next", "{'worker_key':'thief'}").expect(204);
        // Nothing has happened to them.
        assertThat(api.get("/runtime/runs/" + ids.get("run")).expect(200).text("status"))
                .isEqualTo("queued");
        assertThat(api.get("/human/tasks/" + ids.get("task")).expect(200).text("status"))
                .isEqualTo("open");
    }

    private static Answer posted(Api api, String path, String json, String... headers) {
        return raw(api, "POST", path, json, headers);
    }

    private static Answer raw(Api api, String method, String path, String json, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder();
        if (headers.length > 0) request.headers(headers);
        if (json == null) request.method(method, BodyPublishers.noBody());
        else
            request.header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(json.replace('\'', '"')));
        return api.exchange(request, method, path);
    }

    private static List<String> values(String stream, String field) {
        return stream.lines()
                .filter(line -> line.startsWith(field))
                .map(line -> line.substring(field.length()).strip())
                .toList();
    }
}
