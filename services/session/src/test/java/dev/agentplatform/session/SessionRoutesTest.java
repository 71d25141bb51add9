package dev.agentplatform.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestServer;
import dev.agentplatform.testkit.TestServer.Answer;
import dev.agentplatform.workflow.Workflows;
import dev.agentplatform.workflow.dsl.NodeTypes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;

class SessionRoutesTest {
    private static final String UNKNOWN = "01890000-0000-7000-8000-000000000000";

    private final Runs runs = new Runs();
    private RunRequests requests;
    private TestServer server;
    private String workflow;
    private String version;

    /** Runs as the room of the runs keeps them: an id that is started twice is one run. */
    private static final class Runs implements RunStarter {
        private final Map<UUID, RunRecord> started = new LinkedHashMap<>();
        private final List<JsonNode> bodies = new ArrayList<>();
        private Database database;
        /** Thrown before anything is written. */
        private RuntimeException refusal;
        /** Thrown inside the transaction, as the last thing before its commit. */
        private RuntimeException crash;

        @Override
        public RunRecord start(String workspaceId, JsonNode body, UUID id, Engine.Alongside alongside) {
            bodies.add(body);
            RuntimeException failure = refusal;
            refusal = null;
            if (failure != null) throw failure;
            return started.computeIfAbsent(id, wanted -> make(workspaceId, body, wanted, alongside));
        }

        private RunRecord make(String workspaceId, JsonNode body, UUID id, Engine.Alongside alongside) {
            RunRecord run = run(workspaceId, id, body);
            return database.transact(sql -> {
                alongside.write(sql);
                sql.update(
                        "INSERT INTO run (id, workspace_id, kind, session_id, status, last_seq, created_time)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                        id,
                        workspaceId,
                        run.kind(),
                        run.sessionId(),
                        run.status().word(),
                        0L,
                        0L);
                RuntimeException failure = crash;
                crash = null;
                if (failure != null) throw failure;
                return run;
            });
        }

        void end(UUID id) {
            database.transact(sql -> sql.update("UPDATE run SET status = 'completed' WHERE id = ?", id));
        }

        private static RunRecord run(String workspaceId, UUID id, JsonNode body) {
            UUID session = Ids.parse(body.path("session_id").asString()).orElseThrow();
            return new RunRecord(
                    id,
                    workspaceId,
                    "workflow",
                    null,
                    null,
                    session,
                    null,
                    RunStatus.RUNNING,
                    null,
                    0,
                    0,
                    0,
                    0,
                    Json.nothing(),
                    RunOptions.USUAL,
                    Json.nothing(),
                    Json.nothing(),
                    Json.nothing());
        }
    }

    @BeforeEach
    void start(Database database) {
        Clock clock = Clock.systemUTC();
        Ids ids = new Ids(clock);
        Workflows workflows =
                new Workflows(new Catalog(database, clock, ids), NodeTypes.standard(), new QueueLimits(database));
        runs.database = database;
        Sessions sessions = new Sessions(database, clock, ids);
        requests = new RunRequests(database, clock, ids, workflows, runs);
        server = new TestServer(new SessionRoutes(
                        sessions,
                        requests,
                        run -> Json.object().put("id", run.id().toString()))
                .routes());
        UUID made = workflows.create("t1", "wf", "Workflow", null, null).id();
        JsonNode empty = Json.parse("{\"nodes\":[],\"edges\":[]}");
        workflow = made.toString();
        version = workflows.save("t1", made, empty, VersionStatus.DRAFT).id().toString();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @OnBothDatabases
    void theFirstGenerationsScriptsRun(Database database) {
        Answer session = post("/sessions", """
            {"tenant_id":"t1","app_id":"app-1","user_id":"user-1","channel_type":"web"}\
            """);
        assertThat(session.status()).isEqualTo(201);
        assertThat(session.field("tenant_id")).isEqualTo("t1");
        Answer stored = post("/sessions/run-requests", """
            {"tenant_id":"t1","session_id":"%s","app_version_id":"appv-1","workflow_version_id":"%s"}\
            """.formatted(session.field("id"), version));
        assertThat(stored.status()).isEqualTo(201);
        assertThat(stored.field("status")).isEqualTo("pending");
        Answer dispatched =
                post("/sessions/run-requests/dispatch", """
                    {"tenant_id":"t1","session_id":"%s","app_id":"app","app_version_id":"appv-1","workflow_id":"%s",
                     "workflow_version_id":"%s","initial_node":{"node_id":"start","node_type":"llm"}}\
                    """.formatted(session.field("id"), workflow, version));
        assertThat(dispatched.status()).isEqualTo(201);
        JsonNode request = dispatched.json().path("run_request");
        assertThat(request.path("status").asString()).isEqualTo("dispatched");
        assertThat(request.path("run_id"))
                .isEqualTo(dispatched.json().path("run").path("id"));
        assertThat(runs.bodies.getFirst().path("initial_node").path("node_id").asString())
                .isEqualTo("start");
        assertThat(server.get("/sessions/run-requests/" + request.path("id").asString() + "?tenant_id=t1")
                        .json())
                .isEqualTo(request);
    }

    @OnBothDatabases
    void theSecondGenerationNamesNoWorkspace(Database database) {
        Answer session = post("/sessions", "{\"app_id\":\"app-1\",\"user_id\":\"user-1\",\"channel_type\":\"web\"}");
        assertThat(session.field("workspace_id")).isEqualTo("public");
    }

    @OnBothDatabases
    void sessionsAreShownChangedAndListed(Database database) {
        Answer made = post("/sessions", "{\"channel_type\":\"web\",\"user_id\":\"u\",\"metadata\":{\"a\":1}}");
        String path = "/sessions/" + made.field("id");
        assertThat(server.get(path).json()).isEqualTo(made.json());
        assertThat(made.json().path("metadata_json")).isEqualTo(Json.parse("{\"a\":1}"));
        Answer patched = server.send("PATCH", path, "{\"title\":\"About it\",\"status\":\"closed\"}");
        assertThat(patched.field("title")).isEqualTo("About it");
        assertThat(patched.json().path("metadata_json")).isEqualTo(made.json().path("metadata_json"));
        assertThat(server.send("PATCH", path, "{\"status\":\"lost\"}").status()).isEqualTo(422);
        post("/sessions", "{\"channel_type\":\"web\"}");
        assertThat(server.get("/sessions").json().path("items")).hasSize(2);
        assertThat(server.get("/sessions?user_id=u&status=closed").json().path("items"))
                .containsExactly(patched.json());
        assertThat(server.get(path, "x-workspace-id", "elsewhere").status()).isEqualTo(404);
        assertThat(server.get("/sessions", "x-workspace-id", "elsewhere").json().path("items"))
                .isEmpty();
        assertThat(post("/sessions", "{}").status()).isEqualTo(422);
    }

    @OnBothDatabases
    void messagesAreReadInBothDirections(Database database) {
        String path = "/sessions/" + session("public") + "/messages";
        for (int i = 1; i <= 5; i++) {
            Answer message = post(path, "{\"role\":\"user\",\"content_text\":\"text " + i + "\"}");
            assertThat(message.status()).isEqualTo(201);
            assertThat(message.json().path("sequence").intValue()).isEqualTo(i);
        }
        assertThat(walk(path, "asc")).containsExactly(1, 2, 3, 4, 5);
        assertThat(walk(path, "desc")).containsExactly(5, 4, 3, 2, 1);
        assertThat(server.get(path + "?order=up").status()).isEqualTo(400);
        assertThat(server.get(path + "?cursor=eA").status()).isEqualTo(400);
    }

    @OnBothDatabases
    void aMessageHasARoleAndContent(Database database) {
        String path = "/sessions/" + session("public") + "/messages";
        assertThat(post(path, "{\"role\":\"robot\",\"content_text\":\"x\"}").status())
                .isEqualTo(422);
        assertThat(post(path, "{\"role\":\"user\"}").status()).isEqualTo(422);
        Answer list = post(path, "{\"role\":\"tool\",\"content_json\":[{\"type\":\"image\"}]}");
        assertThat(list.status()).isEqualTo(201);
        assertThat(server.get(path).json().path("items")).containsExactly(list.json());
        String other = "/sessions/" + UNKNOWN + "/messages";
        assertThat(post(other, "{\"role\":\"user\",\"content_text\":\"x\"}").status())
                .isEqualTo(404);
        assertThat(server.get(other).status()).isEqualTo(404);
    }

    @OnBothDatabases
    void messagesSentAtOnceAreNumberedWithoutGap(Database database) throws Exception {
        String path = "/sessions/" + session("public") + "/messages";
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.invokeAll(IntStream.range(0, 20)
                    .<Callable<Answer>>mapToObj(i -> () -> post(path, "{\"role\":\"user\",\"content_text\":\"x\"}"))
                    .toList());
        }
        assertThat(walk(path, "asc"))
                .isEqualTo(IntStream.rangeClosed(1, 20).boxed().toList());
    }

    @OnBothDatabases
    void aSessionIsDeletedWithItsMessagesUnlessARunLives(Database database) {
        String session = session("t1");
        String path = "/sessions/" + session;
        post(path + "/messages", "{\"tenant_id\":\"t1\",\"role\":\"user\",\"content_text\":\"x\"}");
        UUID run = Ids.parse(dispatch(session, "").json().path("run").path("id").asString())
                .orElseThrow();
        Answer busy = server.send("DELETE", path + "?tenant_id=t1", null);
        assertThat(busy.field("code")).isEqualTo("session_busy");
        runs.end(run);
        assertThat(server.send("DELETE", path, null).status())
                .as("another workspace")
                .isEqualTo(404);
        assertThat(server.send("DELETE", path + "?tenant_id=t1", null).status()).isEqualTo(204);
        assertThat(server.get(path + "?tenant_id=t1").status()).isEqualTo(404);
        assertThat(server.get("/sessions/run-requests?tenant_id=t1").json().path("items"))
                .isEmpty();
        int left = database.read(sql -> sql.one(
                        "SELECT COUNT(*) AS n FROM session_message WHERE workspace_id = ?", row -> row.small("n"), "t1")
                .orElseThrow());
        assertThat(left).isZero();
    }

    @OnBothDatabases
    void aStoredRequestIsDispatchedOnce(Database database) {
        String session = session("t1");
        String stored =
                post("/sessions/run-requests", """
                    {"tenant_id":"t1","session_id":"%s","workflow_version_id":"%s"}\
                    """.formatted(session, version)).field("id");
        String body = "{\"tenant_id\":\"t1\",\"run_request_id\":\"" + stored + "\"}";
        Answer first = post("/sessions/run-requests/dispatch", body);
        Answer second = post("/sessions/run-requests/dispatch", body);
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(runs.started).hasSize(1);
        assertThat(runs.bodies.getFirst().path("workflow_version_id").asString())
                .isEqualTo(version);
        assertThat(runs.bodies.getFirst().has("run_request_id")).isFalse();
    }

    @OnBothDatabases
    void aDispatchThatWasCutShortLeavesNothingAndIsRepeated(Database database) {
        String session = session("t1");
        UUID reserved = new Ids(Clock.systemUTC()).nextRun();
        RunRequests.NewRunRequest asked = new RunRequests.NewRunRequest(
                Ids.parse(session).orElseThrow(),
                null,
                null,
                null,
                Ids.parse(version).orElseThrow());
        runs.crash = new IllegalStateException("the process died before the commit");
        assertThat(catchThrowable(() -> requests.dispatch("t1", asked, Json.object(), Optional.of(reserved))))
                .isInstanceOf(IllegalStateException.class);
        assertThat(states()).isEmpty();
        RunRequests.Dispatched done = requests.dispatch("t1", asked, Json.object(), Optional.of(reserved));
        assertThat(done.run().id()).isEqualTo(reserved);
        assertThat(states()).containsExactly("dispatched");
        // The same HTTP request once more: its run and the request that came with it.
        assertThat(requests.dispatch("t1", asked, Json.object(), Optional.of(reserved)))
                .isEqualTo(done);
        assertThat(runs.started).hasSize(1);
        assertThat(states()).containsExactly("dispatched");
    }

    @OnBothDatabases
    void aStoredRequestStaysPendingWhenItsDispatchIsCutShort(Database database) {
        String stored = post("/sessions/run-requests", """
            {"tenant_id":"t1","session_id":"%s","workflow_version_id":"%s"}\
            """.formatted(session("t1"), version))
                .field("id");
        UUID id = Ids.parse(stored).orElseThrow();
        runs.crash = new IllegalStateException("the process died before the commit");
        assertThat(catchThrowable(() -> requests.dispatch("t1", id, Json.object())))
                .isInstanceOf(IllegalStateException.class);
        assertThat(states()).containsExactly("pending");
        assertThat(requests.find("t1", id).runId()).isNull();
        RunRequests.Dispatched done = requests.dispatch("t1", id, Json.object());
        assertThat(done.request().runId()).isEqualTo(done.run().id());
        assertThat(states()).containsExactly("dispatched");
    }

    @OnBothDatabases
    void aRefusedRunLeavesNoRequestOfItsOwn(Database database) {
        String session = session("t1");
        runs.refusal = Problem.invalid("input_json", "must be an object");
        assertThat(dispatch(session, "").status()).isEqualTo(422);
        runs.refusal = Problem.unavailable("The queue is full.", 1);
        assertThat(dispatch(session, "").status()).isEqualTo(503);
        assertThat(states()).isEmpty();
    }

    @OnBothDatabases
    void aStoredRequestThatWasRefusedHasFailedAndMayBeDispatchedAgain(Database database) {
        String stored = post("/sessions/run-requests", """
            {"tenant_id":"t1","session_id":"%s","workflow_version_id":"%s"}\
            """.formatted(session("t1"), version))
                .field("id");
        String body = "{\"tenant_id\":\"t1\",\"run_request_id\":\"" + stored + "\"}";
        runs.refusal = Problem.unavailable("The queue is full.", 1);
        assertThat(post("/sessions/run-requests/dispatch", body).status()).isEqualTo(503);
        assertThat(states()).containsExactly("pending");
        runs.refusal = Problem.invalid("input_json", "must be an object");
        assertThat(post("/sessions/run-requests/dispatch", body).status()).isEqualTo(422);
        assertThat(states()).containsExactly("failed");
        assertThat(post("/sessions/run-requests/dispatch", body).status()).isEqualTo(201);
        assertThat(states()).containsExactly("dispatched");
    }

    @OnBothDatabases
    void aRequestNamesWhatExists(Database database) {
        String session = session("t1");
        assertThat(post("/sessions/run-requests", "{\"tenant_id\":\"t1\",\"session_id\":\"" + session + "\"}")
                        .status())
                .isEqualTo(422);
        assertThat(dispatch(UNKNOWN, "").status()).isEqualTo(404);
        assertThat(dispatch(session, ",\"workflow_id\":\"" + UNKNOWN + "\"").status())
                .isEqualTo(404);
        assertThat(post("/sessions/run-requests", """
            {"tenant_id":"t1","session_id":"%s","workflow_version_id":"%s"}\
            """.formatted(session, UNKNOWN))
                        .status())
                .isEqualTo(404);
        assertThat(post("/sessions/run-requests/dispatch", "{\"tenant_id\":\"t1\"}")
                        .status())
                .isEqualTo(422);
        assertThat(runs.started).isEmpty();
        assertThat(states()).isEmpty();
    }

    private Answer post(String path, String json) {
        return server.post(path, json);
    }

    private String session(String workspaceId) {
        return post("/sessions", "{\"tenant_id\":\"" + workspaceId + "\",\"channel_type\":\"web\"}")
                .field("id");
    }

    private Answer dispatch(String session, String more) {
        return post("/sessions/run-requests/dispatch", """
            {"tenant_id":"t1","session_id":"%s","workflow_version_id":"%s"%s}\
            """.formatted(session, version, more));
    }

    private List<String> states() {
        List<String> states = new ArrayList<>();
        JsonNode items =
                server.get("/sessions/run-requests?tenant_id=t1").json().path("items");
        for (JsonNode request : items) states.add(request.path("status").asString());
        return states;
    }

    private List<Integer> walk(String path, String order) {
        List<Integer> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page =
                    server.get(path + "?limit=2&order=" + order + cursor).json();
            for (JsonNode message : page.path("items"))
                seen.add(message.path("sequence").intValue());
            cursor = page.path("next_cursor").isNull()
                    ? null
                    : "&cursor=" + page.path("next_cursor").asString();
        } while (cursor != null);
        return seen;
    }
}
