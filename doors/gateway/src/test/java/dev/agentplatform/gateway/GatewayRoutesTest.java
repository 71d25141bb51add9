package dev.agentplatform.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.web.HttpServer;
import dev.agentplatform.web.HttpSettings;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Routes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayRoutesTest {
    private final Metrics metrics = new Metrics();
    private HttpServer server;

    @AfterEach
    void stop() {
        if (server != null) server.stop();
        metrics.close();
    }

    private void serve(List<Check> readiness, List<Check> services) {
        Routes work = new Routes("runtime", "Runs");
        work.get("/runtime/runs/{id}", "Show").handle(request -> Reply.empty(204));
        work.sse("/runtime/runs/{id}/events", "Follow", (request, stream) -> stream.send(null, "end", ""));
        GatewayRoutes gateway = new GatewayRoutes(
                new GatewayRoutes.Product("agent-platform", "0.1.0"),
                readiness,
                services,
                metrics,
                Duration.ofMillis(200));
        server = new HttpServer(
                HttpSettings.from(new Settings(Map.of("PORT", "0"))),
                new Ids(Clock.systemUTC()),
                List.of(gateway.routes(), work),
                List.of(),
                List.of(metrics));
        metrics.watchStreams(server::streamCount);
        server.start();
    }

    private HttpResponse<String> get(String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        }
    }

    @Test
    void healthFailsOnlyWhileDraining() throws Exception {
        serve(
                List.of(new Check("store", () -> {
                    throw new SQLException("down");
                })),
                List.of());
        var healthy = get("/health");
        assertThat(healthy.statusCode()).isEqualTo(200);
        assertThat(healthy.body())
                .isEqualTo("{\"status\":\"healthy\",\"service\":\"agent-platform\",\"version\":\"0.1.0\"}");
        server.drain();
        assertThat(get("/health").statusCode()).isEqualTo(503);
        assertThat(get("/health").body()).contains("\"status\":\"draining\"");
        assertThat(get("/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void readyWhenAllChecksAre() throws Exception {
        serve(List.of(new Check("store", () -> {}), new Check("queue", () -> {})), List.of());
        var ready = get("/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(Json.parse(ready.body()).path("checks").findValuesAsString("name"))
                .containsExactly("store", "queue");
        server.drain();
        assertThat(get("/ready").statusCode()).isEqualTo(503);
    }

    @Test
    void aFailedOrSlowCheckIsNamedWithoutItsSecrets() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        serve(
                List.of(
                        new Check("store", () -> {
                            throw new SQLException("password secret-word refused");
                        }),
                        new Check("redis", never::await),
                        new Check("queue", () -> {})),
                List.of());
        var response = get("/ready");
        never.countDown();
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).doesNotContain("secret-word");
        var checks = Json.parse(response.body()).path("checks");
        assertThat(checks.findValuesAsString("status")).containsExactly("error", "error", "ok");
        assertThat(checks.path(0).path("error").asString()).isEqualTo("SQLException");
        assertThat(checks.path(1).path("error").asString()).isEqualTo("timeout");
    }

    @Test
    void everyServiceHasARow() throws Exception {
        serve(List.of(), List.of(new Check("runtime", Check.IN_PROCESS), new Check("human", () -> {
            throw new IllegalStateException();
        })));
        var row = Json.parse(get("/gateway/services/health").body()).path("items");
        assertThat(row.path(0).path("name").asString()).isEqualTo("runtime");
        assertThat(row.path(0).path("mode").asString()).isEqualTo("local");
        assertThat(row.path(0).path("url").asString()).isEqualTo("http://127.0.0.1:" + server.port());
        assertThat(row.path(0).path("latency_ms").isNumber()).isTrue();
        assertThat(row.findValuesAsString("status")).containsExactly("healthy", "unhealthy");
        assertThat(get("/services/health").statusCode()).isEqualTo(404);
    }

    @Test
    void metricsCountByRouteAndStatusAndNeverByPath() throws Exception {
        serve(List.of(), List.of());
        get("/runtime/runs/11");
        get("/runtime/runs/22");
        get("/runtime/runs/33/events");
        get("/nothing/44");
        assertThat(get("/metrics").body()).contains("jvm_memory_used_bytes");
        // An answer may reach its reader before it is counted; a stop waits for the end of both.
        server.stop();
        assertThat(metrics.scrape())
                .contains("http_server_requests_seconds_count"
                        + "{method=\"GET\",route=\"/runtime/runs/{id}\",status=\"204\"} 2")
                .contains("http_server_requests_seconds_count{method=\"GET\",route=\"none\",status=\"404\"} 1")
                .contains("http_server_streams_total"
                        + "{method=\"GET\",route=\"/runtime/runs/{id}/events\",status=\"200\"} 1.0")
                .contains("http_server_streams_open 0")
                .doesNotContain("/nothing/44", "runs/11");
    }
}
