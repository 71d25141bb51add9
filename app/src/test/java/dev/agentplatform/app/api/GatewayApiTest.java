package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.Databases;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Chapter 2: audit, limits, forwarding and draining of the whole platform. */
class GatewayApiTest {
    private static final String ANSWER =
            "{'nodes':[{'id':'a','type':'answer','config':{'template':'Hello'}}],'edges':[]}";
    private static final String WAIT = "{'nodes':[{'id':'w','type':'wait','config':{'signal':'go'}}],'edges':[]}";

    static Stream<Dialect> both() {
        return Databases.both();
    }

    @OnEveryServer
    void requestsAreAuditedInTheirWorkspace(Api api) {
        String session = api.session();
        api.get("/gateway/sessions/" + session, "x-request-id", "mine-" + session)
                .expect(200);
        api.get("/nowhere").expect(404);
        Await.until(
                () -> api.get("/gateway/audits?path=/nowhere")
                        .expect(200)
                        .each("path")
                        .contains("/nowhere"),
                "the audit of the last request");
        Answer one = api.get("/gateway/audits?request_id=mine-" + session).expect(200);
        assertThat(one.each("path")).containsExactly("/gateway/sessions/" + session);
        assertThat(one.each("service")).containsExactly("session");
        Answer stats = api.get("/gateway/audits/stats").expect(200);
        assertThat(stats.at("count").longValue()).isGreaterThanOrEqualTo(3);
        assertThat(stats.at("error_count").longValue()).isEqualTo(1);
        assertThat(stats.text("workspace_id")).isEqualTo(api.workspace());
        assertThat(api.elsewhere()
                        .get("/gateway/audits?path=/sessions")
                        .expect(200)
                        .each("id"))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("both")
    void aServiceElsewhereAnswersAsIfItWereHere(Dialect dialect) throws Exception {
        try (ApiServer behind = new ApiServer(dialect);
                ApiServer gateway = new ApiServer(
                        dialect,
                        false,
                        Map.of(
                                "AGENT_PLATFORM_WORKFLOW_SERVICE_URL", "http://127.0.0.1:" + behind.port(),
                                "AGENT_PLATFORM_RUNTIME_SERVICE_URL", "http://127.0.0.1:" + behind.port()))) {
            for (Api.Spelling spelling : Api.Spelling.values()) {
                Api api = gateway.workspace(spelling);
                Answer run = api.run(ANSWER, "{}");
                assertThat(run.text("status")).isEqualTo("completed");
                assertThat(api.get("/gateway/runtime/runs/" + run.id() + "/events")
                                .expect(200)
                                .text())
                        .contains("event: end");
                api.get("/runtime/runs/no-id").expect(404, "not_found");
                String body = "{'code':'once','name':'Once'}";
                Answer first =
                        api.post("/workflows", body, "Idempotency-Key", "k1").expect(201);
                assertThat(api.post("/workflows", body, "Idempotency-Key", "k1")
                                .expect(201)
                                .json())
                        .isEqualTo(first.json());
                Await.until(
                        () -> api.get("/gateway/audits?service=workflow")
                                .expect(200)
                                .each("path")
                                .contains("/workflows"),
                        "the audit of a forwarded request in its workspace");
            }
            Answer health = gateway.workspace(Api.Spelling.TENANT_ID)
                    .exchange(HttpRequest.newBuilder(), "GET", "/gateway/services/health")
                    .expect(200);
            assertThat(health.text()).contains("\"mode\":\"remote\"", "\"mode\":\"local\"");
            assertThat(health.each("status")).containsOnly("healthy");
        }
    }

    @ParameterizedTest
    @MethodSource("both")
    void aDrainingServerRefusesNewWorkAndEndsItsStreams(Dialect dialect) throws Exception {
        try (ApiServer server = new ApiServer(dialect, false, Map.of("AGENT_PLATFORM_STOP_TIMEOUT_MILLIS", "10000"))) {
            Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
            String run = api.post("/runtime/runs", "{'workflow_version_id':'%s'}".formatted(api.published(WAIT)))
                    .expect(202)
                    .id();
            api.until(run, "waiting");
            HttpRequest follow = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + server.port() + "/runtime/runs/" + run + "/events"))
                    .header("x-workspace-id", api.workspace())
                    .build();
            HttpResponse<Stream<String>> stream = server.client().send(follow, BodyHandlers.ofLines());
            Iterator<String> lines = stream.body().iterator();
            assertThat(lines.hasNext()).isTrue();
            server.drain();
            Answer health = api.get("/health").expect(503);
            assertThat(health.text("status")).isEqualTo("draining");
            Answer refused = api.get("/sessions").expect(503, "unavailable");
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            CompletableFuture<List<String>> rest = CompletableFuture.supplyAsync(() -> {
                List<String> left = new ArrayList<>();
                lines.forEachRemaining(left::add);
                return left;
            });
            server.stop();
            // A clean end: a cut would be thrown here.
            assertThat(rest.get()).isNotEmpty();
        }
    }
}
