package dev.agentplatform.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import dev.agentplatform.web.Filter;
import dev.agentplatform.web.HttpServer;
import dev.agentplatform.web.HttpSettings;
import dev.agentplatform.web.Principal;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Routes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import tools.jackson.databind.JsonNode;

/** A server whose requests are audited in a real database, asked over HTTP. */
class AuditTest {
    private static final UUID KEY = UUID.randomUUID();
    private static final Logger QUIET = Logger.getLogger("dev.agentplatform");

    static {
        QUIET.setLevel(Level.OFF);
    }

    private final HttpClient client = HttpClient.newHttpClient();
    private final TestClock clock = new TestClock();
    private final Ids ids = new Ids(clock);
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private Database database;
    private Audit audit;
    private HttpServer server;

    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger observed = new AtomicInteger();

    private void serve(Database on) {
        serve(on, Audit.QUEUE_MAX);
    }

    private void serve(Database on, int queueMax) {
        database = on;
        audit = new Audit(on, ids, clock, Duration.ofDays(30), metrics, queueMax);
        start();
    }

    private void start() {
        Routes routes = new Routes("session", "Any");
        routes.get("/sessions", "Fine").handle(request -> Reply.text(200, "text/plain", "12345"));
        routes.post("/sessions", "Fine").handle(request -> Reply.empty(204));
        routes.sse("/sessions/events", "Follow", (request, stream) -> stream.send(null, "end", ""));
        routes.get("/health", "Health").operational().handle(request -> Reply.empty(204));
        Filter access = (request, next) -> {
            request.header("user")
                    .ifPresent(user -> request.identify(
                            new Principal(Optional.of(user), Optional.of(KEY), Set.of()), request.workspace()));
            return next.handle(request);
        };
        server = new HttpServer(
                HttpSettings.from(new Settings(Map.of("PORT", "0"))),
                ids,
                List.of(routes, AuditRoutes.of(database, clock)),
                List.of(access),
                List.of(audit, answered -> observed.incrementAndGet()));
        server.start();
    }

    /** What was answered until now is written, and the audit goes on. */
    private void written() {
        server.stop();
        audit.start();
        audit.stop();
        audit = new Audit(database, ids, clock, Duration.ofDays(30), metrics, Audit.QUEUE_MAX);
        start();
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        if (server != null) server.stop();
        if (audit != null) audit.stop();
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) request.headers(headers);
        int number = sent.incrementAndGet();
        HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
        // A row gets its time after the answer is out: whoever moves the clock next must come later.
        Await.until(() -> observed.get() >= number, "the audit of the request");
        return response;
    }

    private JsonNode items(String query, String workspace) throws Exception {
        return asked("/gateway/audits" + query, workspace).path("items");
    }

    private JsonNode asked(String path, String workspace) throws Exception {
        HttpResponse<String> response = send("GET", path, null, "x-workspace-id", workspace);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Json.parse(response.body());
    }

    @OnBothDatabases
    void aRowSaysWhoAskedWhatAndNoSecret(Database on) throws Exception {
        serve(on);
        send(
                "POST",
                "/gateway/sessions?token=the-secret",
                "{\"a\":\"the-secret\"}",
                "Content-Type",
                "application/json",
                "x-workspace-id",
                "w1",
                "x-request-id",
                "r-1",
                "user",
                "ada",
                "Authorization",
                "Bearer the-secret");
        send("GET", "/sessions", null, "x-workspace-id", "w1");
        send("GET", "/sessions/events", null, "x-workspace-id", "w1");
        send("GET", "/health", null, "x-workspace-id", "w1");
        send("GET", "/sessions", null, "x-workspace-id", "w2");
        written();
        JsonNode rows = items("", "w1");
        assertThat(rows.size()).isEqualTo(3);
        assertThat(rows.toString()).doesNotContain("the-secret");
        JsonNode row = items("?request_id=r-1", "w1").path(0);
        assertThat(row.path("method").asString()).isEqualTo("POST");
        assertThat(row.path("path").asString()).isEqualTo("/gateway/sessions");
        assertThat(row.path("status").intValue()).isEqualTo(204);
        assertThat(row.path("service").asString()).isEqualTo("session");
        assertThat(row.path("workspace_id").asString()).isEqualTo("w1");
        assertThat(row.path("tenant_id").asString()).isEqualTo("w1");
        assertThat(row.path("user_id").asString()).isEqualTo("ada");
        assertThat(row.path("api_key_id").asString()).isEqualTo(KEY.toString());
        assertThat(row.path("client_address").asString()).isEqualTo("127.0.0.1");
        assertThat(row.path("bytes_in").longValue()).isEqualTo(18);
        assertThat(row.path("bytes_out").longValue()).isZero();
        assertThat(row.path("duration_ms").isNumber()).isTrue();
        assertThat(row.path("created_time").asString()).isEqualTo(Times.format(clock.millis()));
        JsonNode stats = asked("/gateway/audits/stats", "w1");
        // Asking was a request of its own workspace too, but is not written yet.
        assertThat(stats.path("count").longValue()).isEqualTo(3);
        assertThat(stats.path("p50_ms").isNumber()).isTrue();
        assertThat(stats.path("complete").booleanValue()).isTrue();
        assertThat(items("", "w2").size()).isEqualTo(1);
    }

    @OnBothDatabases
    void listsAreFilteredAndPaged(Database on) throws Exception {
        serve(on);
        for (int i = 0; i < 5; i++) {
            send("GET", "/sessions", null, "x-workspace-id", "w1");
            clock.advance(Duration.ofMillis(10));
        }
        send("GET", "/sessions?limit=x", null, "x-workspace-id", "w1", "user", "bob");
        send("DELETE", "/sessions", null, "x-workspace-id", "w1");
        clock.advance(Duration.ofMillis(10));
        String time = Times.format(clock.millis());
        clock.advance(Duration.ofHours(1));
        send("POST", "/sessions", "{", "x-workspace-id", "w1", "Content-Type", "application/json");
        written();
        assertThat(items("?method=GET", "w1").size()).isEqualTo(6);
        assertThat(items("?user_id=bob", "w1").size()).isEqualTo(1);
        assertThat(items("?api_key_id=" + KEY, "w1").size()).isEqualTo(1);
        assertThat(items("?service=session", "w1").size()).isEqualTo(7);
        assertThat(items("?path=/sess", "w1").size()).isEqualTo(8);
        assertThat(items("?path=/other", "w1").size()).isZero();
        assertThat(items("?status=200", "w1").size()).isEqualTo(6);
        assertThat(items("?status=4xx", "w1").findValuesAsString("status")).containsExactly("400", "405");
        assertThat(items("?since=" + time, "w1").size()).isEqualTo(1);
        assertThat(items("?until=" + time, "w1").size()).isEqualTo(7);

        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = asked("/gateway/audits?limit=4" + cursor, "w1");
            page.path("items").forEach(item -> seen.add(item.path("id").asString()));
            cursor = page.path("next_cursor").isNull()
                    ? null
                    : "&cursor=" + page.path("next_cursor").asString();
        } while (cursor != null);
        assertThat(seen).hasSize(8).doesNotHaveDuplicates();

        for (String wrong : List.of("?status=abc", "?status=6xx", "?since=soon", "?api_key_id=1", "?limit=201")) {
            assertThat(send("GET", "/gateway/audits" + wrong, null).statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
        JsonNode stats = asked("/gateway/audits/stats?since=" + time, "w1");
        assertThat(stats.path("count").longValue()).isEqualTo(1);
        assertThat(stats.path("error_rate").doubleValue()).isEqualTo(1);
    }

    @OnBothDatabases
    void aCleanStopLosesNothing(Database on) throws Exception {
        serve(on);
        audit.start();
        int requests = 3_000;
        List<CompletableFuture<?>> open = new ArrayList<>();
        for (int caller = 0; caller < 8; caller++) {
            int calls = requests / 8;
            open.add(CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < calls; i++) send("GET", "/sessions", null, "x-workspace-id", "w1");
                } catch (Exception failed) {
                    throw new IllegalStateException(failed);
                }
            }));
        }
        for (CompletableFuture<?> one : open) one.get();
        server.stop();
        audit.stop();
        assertThat(on.<Long>read(sql -> sql.one(
                                "SELECT COUNT(*) AS n FROM gateway_request_audit WHERE workspace_id = ?",
                                row -> row.number("n"),
                                "w1")
                        .orElseThrow()))
                .isEqualTo(requests);
        assertThat(metrics.counter("gateway.audit.lost").count()).isZero();
    }

    @OnBothDatabases
    void whenTheDatabaseIsTooSlowRequestsWaitAndThenRowsAreLostAndCounted(Database on) throws Exception {
        serve(on, 2);
        // Nobody writes yet: two rows fit, the third waits in vain, and from then on nobody waits.
        for (int i = 0; i < 5; i++) send("GET", "/sessions", null, "x-workspace-id", "w1");
        server.stop();
        assertThat(metrics.counter("gateway.audit.lost").count()).isEqualTo(3);
        audit.start();
        audit.stop();
        assertThat(metrics.counter("gateway.audit.rows").count()).isEqualTo(2);
        start();
        assertThat(items("", "w1").size()).isEqualTo(2);
    }

    @OnBothDatabases
    void aBusyDatabaseIsWaitedFor(Database on) throws Exception {
        serve(on);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < 10; i++) send("GET", "/sessions", null, "x-workspace-id", "w1");
        server.stop();
        Thread holder = Thread.ofPlatform()
                .start(() -> on.transact(sql -> {
                    held.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException nobodyDoesThat) {
                        throw new IllegalStateException(nobodyDoesThat);
                    }
                    return null;
                }));
        held.await();
        audit.start();
        Thread stopping = Thread.ofVirtual().start(audit::stop);
        release.countDown();
        holder.join();
        stopping.join();
        start();
        assertThat(items("", "w1").size()).isEqualTo(10);
    }

    @OnBothDatabases
    void oldRowsArePurgedInEveryWorkspace(Database on) throws Exception {
        serve(on);
        send("GET", "/sessions", null, "x-workspace-id", "w1");
        send("GET", "/sessions", null, "x-workspace-id", "w2");
        clock.advance(Duration.ofDays(29));
        send("GET", "/sessions", null, "x-workspace-id", "w1");
        written();
        assertThat(audit.purge()).isZero();
        clock.advance(Duration.ofDays(1).plusMillis(1));
        assertThat(audit.purge()).isEqualTo(2);
        assertThat(items("", "w1").size()).isEqualTo(1);
    }

    @OnBothDatabases
    void aListStopsLookingAndSaysWhereToGoOn(Database on) throws Exception {
        serve(on);
        UUID found = ids.next();
        on.transact(sql -> {
            List<AuditRow> rows = new ArrayList<>();
            rows.add(row(found, "rare"));
            clock.advance(Duration.ofMillis(1));
            for (int i = 0; i < AuditTable.ROWS_LOOKED_AT_MAX; i++) rows.add(row(ids.next(), "usual"));
            AuditTable.insert(sql, rows);
            return null;
        });
        JsonNode first = asked("/gateway/audits?service=rare", "w1");
        assertThat(first.path("items").size()).isZero();
        assertThat(first.path("next_cursor").isString()).isTrue();
        JsonNode second = asked(
                "/gateway/audits?service=rare&cursor="
                        + first.path("next_cursor").asString(),
                "w1");
        assertThat(second.path("items").path(0).path("id").asString()).isEqualTo(found.toString());
        assertThat(second.path("next_cursor").isNull()).isTrue();
    }

    private AuditRow row(UUID id, String service) {
        return new AuditRow(
                "w1", id, Ids.timeMs(id), "GET", "/x", 200, 1, 5, service, "r", null, null, null, "::1", 0, 0);
    }
}
