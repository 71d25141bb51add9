package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.Await;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two servers on one PostgreSQL. */
class SeveralServersTest {
    private static final int JOBS = 60;
    private static final String FLOW =
            "{'nodes':[{'id':'a','type':'start'},{'id':'b','type':'end'}],'edges':[{'source':'a','target':'b'}]}";
    private static ApiServer one;
    private static ApiServer two;

    @BeforeAll
    static void start() throws Exception {
        one = new ApiServer(Dialect.POSTGRESQL);
        two = one.beside();
    }

    @AfterAll
    static void stop() throws Exception {
        two.close();
        one.close();
    }

    @Test
    void eachFiringHappensOnce() {
        Api api = one.workspace(Api.Spelling.WORKSPACE_HEADER);
        Api other = new Api(two, Api.Spelling.WORKSPACE_HEADER, api.workspace());
        String version = api.published(FLOW);
        String due = Instant.now().plusSeconds(2).truncatedTo(ChronoUnit.MILLIS).toString();
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            String payload = i % 2 == 0
                    ? "'job_type':'runtime','payload_json':{'workflow_version_id':'%s'}".formatted(version)
                    : "'job_type':'event','payload_json':{'event_type':'tick'}";
            jobs.add((i % 3 == 0 ? other : api)
                    .post("/scheduler/jobs", "{'name':'j','schedule_time':'%s',%s}".formatted(due, payload))
                    .expect(201)
                    .id());
        }
        Await.until(
                () -> api.get("/scheduler/jobs?status=completed&limit=200")
                                .each("id")
                                .size()
                        == JOBS,
                "the end of all jobs");
        for (String job : jobs) {
            assertThat(api.get("/scheduler/jobs/" + job + "/firings").each("status"))
                    .containsExactly("completed");
        }
        List<UUID> tasks = one.platform()
                .database()
                .read(sql -> sql.list(
                        "SELECT ref FROM task WHERE workspace_id = ? AND kind = 'schedule'",
                        row -> row.id("ref"),
                        api.workspace()));
        assertThat(tasks).isEmpty();
        assertThat(api.get("/runtime/runs?limit=200").each("id")).hasSize(JOBS / 2);
        assertThat(api.get("/events?limit=200").each("id")).hasSize(JOBS / 2);
    }

    @Test
    void whatEitherPublishesIsDeliveredInOrder() {
        Api api = one.workspace(Api.Spelling.WORKSPACE_HEADER);
        Api other = new Api(two, Api.Spelling.WORKSPACE_HEADER, api.workspace());
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            api.post(
                            "/events/subscriptions",
                            "{'name':'s','event_types':['*'],'target':{'type':'webhook','url':'%s'}}"
                                    .formatted(receiver.url()))
                    .expect(201);
            // The other server may go by its older list for a second.
            Await.until(
                    () -> {
                        other.post("/events", "{'event_type':'probe','aggregate_type':'p','aggregate_id':'p'}")
                                .expect(201);
                        return !receiver.requests().isEmpty();
                    },
                    "the other server to know the subscription");
            for (int n = 0; n < 20; n++) {
                (n % 2 == 0 ? api : other)
                        .post(
                                "/events",
                                "{'event_type':'order','aggregate_type':'o','aggregate_id':'1','payload_json':{'n':%d}}"
                                        .formatted(n))
                        .expect(201);
            }
            Await.until(() -> numbers(receiver).size() >= 20, "twenty events");
            assertThat(numbers(receiver)).isSorted().containsOnlyOnce(0, 19);
        }
    }

    @Test
    void callersOfBothFetchEachEventOnce() {
        Api api = one.workspace(Api.Spelling.WORKSPACE_HEADER);
        Api other = new Api(two, Api.Spelling.WORKSPACE_HEADER, api.workspace());
        for (int n = 0; n < 6; n++)
            (n % 2 == 0 ? api : other).post("/events", "{'event_type':'x'}").expect(201);
        List<String> fetched = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            fetched.addAll(api.post("/events/claim-pending", "{'limit':1}").each("id"));
            fetched.addAll(other.post("/events/claim-pending", "{'limit':1}").each("id"));
        }
        assertThat(fetched).hasSize(6).doesNotHaveDuplicates();
    }

    private static List<Integer> numbers(WebhookReceiver receiver) {
        List<Integer> numbers = new ArrayList<>();
        for (WebhookReceiver.Request request : receiver.requests()) {
            JsonNode n = request.json().path("payload_json").path("n");
            if (n.isNumber()) numbers.add(n.asInt());
        }
        return numbers;
    }
}
