package dev.agentplatform.human;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.human.HumanServer.Answer;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class HumanRoutesTest {
    private static final String APPROVED = "{\"status\":\"approved\",\"response_payload_json\":{\"ok\":true}}";
    private Database database;
    private HumanServer server;

    @BeforeEach
    void start(Database fresh) {
        database = fresh;
        server = new HumanServer(fresh);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String create(String more) {
        Answer created = server.post("/human/tasks", "{\"task_type\":\"approval\",\"title\":\"Refund?\"" + more + "}");
        assertThat(created.status()).as("%s", created).isEqualTo(201);
        return "/human/tasks/" + created.text("id");
    }

    private List<String> events(String path) {
        String id = path.substring("/human/tasks/".length());
        return database.read(sql -> sql.list(
                "SELECT type FROM event WHERE workspace_id = ? AND aggregate_id = ? ORDER BY id",
                row -> row.text("type"),
                "w1",
                id));
    }

    @OnBothDatabases
    void aTaskThatNamesNothingStandsAlone() {
        String path = create(",\"run_id\":\"run-id\",\"node_run_id\":\"node-run-id\",\"assigned_to\":\"ops-1\","
                + "\"request_payload_json\":{\"amount\":99},\"due_time\":\"2027-01-01T00:00:00+01:00\"");
        JsonNode task = server.get(path).json();
        assertThat(task.path("workspace_id").asString()).isEqualTo("w1");
        assertThat(task.path("tenant_id").asString()).isEqualTo("w1");
        assertThat(task.path("run_id").asString()).isEqualTo("run-id");
        assertThat(task.path("status").asString()).isEqualTo("open");
        assertThat(task.path("due_time").asString()).isEqualTo("2026-12-31T23:00:00.000Z");
        assertThat(task.path("request_payload_json").path("amount").asInt()).isEqualTo(99);
        assertThat(task.path("completed_time").isNull()).isTrue();

        assertThat(server.post(path + "/claim", "{\"claimed_by\":\"ops-1\"}").text("status"))
                .isEqualTo("claimed");
        Answer done = server.post(path + "/complete", APPROVED);
        assertThat(done.status()).isEqualTo(200);
        assertThat(done.text("status")).isEqualTo("approved");
        assertThat(done.text("completed_by")).isEqualTo("ops-1");
        assertThat(done.json().path("response_payload_json").path("ok").asBoolean())
                .isTrue();
        assertThat(done.json().path("completed_time").isString()).isTrue();
        assertThat(events(path)).containsExactly("human_task.created", "human_task.claimed", "human_task.approved");
    }

    @OnBothDatabases
    void oneClaimWins() {
        String path = create("");
        List<CompletableFuture<Answer>> claims = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String body = "{\"claimed_by\":\"person-" + i + "\"}";
            claims.add(CompletableFuture.supplyAsync(() -> server.post(path + "/claim", body)));
        }
        List<Answer> answers = claims.stream().map(CompletableFuture::join).toList();
        assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(1);
        assertThat(answers)
                .filteredOn(answer -> answer.code().equals("already_claimed"))
                .hasSize(7);

        String winner = server.get(path).text("claimed_by");
        String again = "{\"claimed_by\":\"" + winner + "\"}";
        assertThat(server.post(path + "/claim", again).status()).isEqualTo(200);
        assertThat(server.post(path + "/release", "{\"claimed_by\":\"other\"}").code())
                .isEqualTo("already_claimed");
        assertThat(server.post(path + "/complete", "{\"status\":\"approved\",\"completed_by\":\"other\"}")
                        .code())
                .isEqualTo("already_claimed");
        assertThat(server.post(path + "/release", again).text("status")).isEqualTo("open");
        assertThat(server.post(path + "/release", "{}").status()).isEqualTo(200);
        assertThat(server.post(path + "/claim", "{\"claimed_by\":\"other\"}").status())
                .isEqualTo(200);
    }

    @OnBothDatabases
    void completingTwiceAndAfterACancelIsAConflict() {
        String completed = create("");
        assertThat(server.post(completed + "/complete", APPROVED).status()).isEqualTo(200);
        Answer twice = server.post(completed + "/complete", "{\"status\":\"rejected\"}");
        assertThat(twice.status()).isEqualTo(409);
        assertThat(twice.code()).isEqualTo("already_completed");
        assertThat(server.post(completed + "/cancel", "{}").code()).isEqualTo("already_completed");
        assertThat(server.post(completed + "/claim", "{\"claimed_by\":\"x\"}").code())
                .isEqualTo("already_completed");
        assertThat(server.get(completed).text("status")).isEqualTo("approved");

        String cancelled = create("");
        assertThat(server.post(cancelled + "/cancel", "{}").text("status")).isEqualTo("cancelled");
        assertThat(server.post(cancelled + "/cancel", "{}").status()).isEqualTo(200);
        assertThat(server.post(cancelled + "/complete", APPROVED).code()).isEqualTo("task_cancelled");
    }

    @OnBothDatabases
    void anAnswerMustFitTheForm() {
        String path = create(",\"form_schema_json\":{\"type\":\"object\",\"required\":[\"reason\"],\"properties\":"
                + "{\"reason\":{\"type\":\"string\"},"
                + "\"items\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}}}");
        Answer wrong = server.post(
                path + "/complete", "{\"status\":\"approved\",\"response_payload_json\":{\"items\":[1,\"x\"]}}");
        assertThat(wrong.status()).isEqualTo(422);
        List<String> paths = new ArrayList<>();
        for (JsonNode error : wrong.json().path("errors"))
            paths.add(error.path("path").asString());
        assertThat(paths).containsExactlyInAnyOrder("response_payload_json.reason", "response_payload_json.items.1");
        assertThat(server.get(path).text("status")).isEqualTo("open");
        assertThat(server.post(path + "/complete", "{\"status\":\"rejected\"}").status())
                .isEqualTo(200);
    }

    @OnBothDatabases
    void refusesWhatIsNoTask() {
        assertThat(server.post("/human/tasks", "{\"task_type\":\"approval\"}").status())
                .isEqualTo(422);
        assertThat(server.post("/human/tasks", "{\"task_type\":\"x\",\"title\":\"t\"}")
                        .status())
                .isEqualTo(422);
        Answer form = server.post(
                "/human/tasks", "{\"task_type\":\"input\",\"title\":\"t\",\"form_schema_json\":{\"type\":5}}");
        assertThat(form.status()).isEqualTo(422);
        Answer remote = server.post(
                "/human/tasks",
                "{\"task_type\":\"input\",\"title\":\"t\",\"form_schema_json\":{\"$ref\":\"http://127.0.0.1:1/x\"}}");
        assertThat(remote.status()).isEqualTo(422);
        assertThat(server.get("/human/tasks/" + UUID.randomUUID()).status()).isEqualTo(404);
        assertThat(server.get("/human/tasks/nonsense").status()).isEqualTo(404);
        assertThat(server.as("w2", create("")).status()).isEqualTo(404);
        assertThat(server.as("w2", "/human/tasks").json().path("items")).isEmpty();
    }

    @OnBothDatabases
    void listsTheInboxInPages() {
        List<String> mine = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            mine.addFirst(create(",\"assigned_to\":\"me\"").substring("/human/tasks/".length()));
        }
        create(",\"assigned_to\":\"you\"");
        server.post("/human/tasks/" + mine.getLast() + "/complete", APPROVED);

        List<String> found = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = server.get("/human/tasks?assigned_to=me&limit=2&cursor=" + cursor)
                    .json();
            for (JsonNode item : page.path("items")) found.add(item.path("id").asString());
            cursor = page.path("next_cursor").asString("");
        } while (!cursor.isEmpty());
        assertThat(found).isEqualTo(mine);
        assertThat(server.get("/human/tasks?assigned_to=me&status=open").json().path("items"))
                .hasSize(2);
        assertThat(server.get("/human/tasks?task_type=input").json().path("items"))
                .isEmpty();
        assertThat(server.get("/human/tasks?status=nonsense").status()).isEqualTo(400);
    }

    @OnBothDatabases
    void anAnswerResumesTheRunOnce() throws Exception {
        UUID run = server.submit("{\"title\":\"Refund {{run.id}}?\",\"assigned_to\":\"ops\",\"prompt\":\"99\"}");
        JsonNode task = server.taskOf(run);
        assertThat(task.path("title").asString()).isEqualTo("Refund " + run + "?");
        assertThat(task.path("task_type").asString()).isEqualTo("approval");
        assertThat(task.path("request_payload_json").path("prompt").asString()).isEqualTo("99");

        String path = "/human/tasks/" + task.path("id").asString();
        List<CompletableFuture<Answer>> attempts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            attempts.add(CompletableFuture.supplyAsync(() -> server.post(path + "/complete", APPROVED)));
        }
        List<Integer> statuses =
                attempts.stream().map(it -> it.join().status()).sorted().toList();
        assertThat(statuses).containsExactly(200, 409, 409, 409);

        RunRecord ended = server.end(run);
        assertThat(ended.status()).isEqualTo(RunStatus.COMPLETED);
        assertThat(ended.result().toString()).contains("\"status\":\"approved\"", "\"ok\":true");
        assertThat(events(path)).containsExactly("human_task.created", "human_task.approved");
    }

    @OnBothDatabases
    void aWithdrawnQuestionFailsTheStep() throws Exception {
        UUID run = server.submit("{\"title\":\"t\"}");
        server.post("/human/tasks/" + server.taskOf(run).path("id").asString() + "/cancel", "{}");
        RunRecord ended = server.end(run);
        assertThat(ended.status()).isEqualTo(RunStatus.FAILED);
        assertThat(ended.errorCode()).isEqualTo("human_task_cancelled");
    }

    @OnBothDatabases
    void aCancelledRunWithdrawsItsQuestion() throws Exception {
        UUID run = server.submit("{\"title\":\"t\"}");
        String path = "/human/tasks/" + server.taskOf(run).path("id").asString();
        server.process.engine().cancel("w1", run, "no more");
        assertThat(server.end(run).status()).isEqualTo(RunStatus.CANCELLED);
        assertThat(server.get(path).text("status")).isEqualTo("cancelled");
        assertThat(server.post(path + "/complete", APPROVED).code()).isEqualTo("task_cancelled");
    }

    @OnBothDatabases
    void nobodyAnsweredInTime() throws Exception {
        UUID failing = server.submit("{\"title\":\"t\",\"due_in_seconds\":0.05}");
        assertThat(server.end(failing).errorCode()).isEqualTo("human_timeout");
        assertThat(server.taskOf(failing).path("status").asString()).isEqualTo("expired");

        UUID rejecting = server.submit("{\"title\":\"t\",\"due_in_seconds\":0.05,\"on_timeout\":\"reject\"}");
        RunRecord ended = server.end(rejecting);
        assertThat(ended.status()).isEqualTo(RunStatus.COMPLETED);
        assertThat(ended.result().toString()).contains("\"status\":\"rejected\"", "\"timed_out\":true");
    }

    @OnBothDatabases
    void anAnswerForAnEndedRunCancelsTheTask() throws Exception {
        UUID run = server.submit("{\"title\":\"t\"}");
        String step = server.taskOf(run).path("node_run_id").asString();
        // A second question about the same step, asked by hand.
        String path = create(",\"run_id\":\"" + run + "\",\"node_run_id\":\"" + step + "\"");
        server.process.engine().cancel("w1", run, "no more");
        server.end(run);
        Answer late = server.post(path + "/complete", APPROVED);
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.code()).isEqualTo("run_ended");
        assertThat(server.get(path).text("status")).isEqualTo("cancelled");
    }

    @OnBothDatabases
    void aTaskCreatedByHandResumesTheStepItNames() throws Exception {
        UUID run = server.submit("{\"title\":\"t\"}");
        String step = server.taskOf(run).path("node_run_id").asString();
        String path = create(",\"run_id\":\"" + run + "\",\"node_run_id\":\"" + step + "\"");
        assertThat(server.post(path + "/complete", "{\"status\":\"rejected\"}").status())
                .isEqualTo(200);
        assertThat(server.end(run).result().toString()).contains("\"status\":\"rejected\"");
    }
}
