package dev.agentplatform.web;

import static dev.agentplatform.web.TestServer.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseSettings;
import dev.agentplatform.store.DatabaseUrl;
import dev.agentplatform.store.Migrations;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One suite for both databases: the subclasses say where it runs. */
@Timeout(60)
abstract class IdempotencySuite {
    private final SettableClock clock = new SettableClock();
    private final Ids ids = new Ids(clock);
    private final List<UUID> executed = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch finish = new CountDownLatch(1);
    private Database database;
    private TestServer server;
    private Idempotency idempotency;

    abstract String url();

    private void serve() {
        database = Database.open(DatabaseSettings.of(DatabaseUrl.parse(url(), Path.of("."))));
        Migrations.migrate(database);
        restart();
    }

    /** As after a crash: nothing that was running is known any more. */
    private void restart() {
        if (server != null) server.close();
        idempotency = new Idempotency(database, ids, clock);
        server = new TestServer(Map.of(), List.of(idempotency), List.of(), routes());
    }

    private Routes routes() {
        Routes routes = new Routes("runtime", "Runs");
        routes.post("/runs", "Start").handle(request -> {
            UUID id = request.idempotency().map(Reservation::reservedId).orElseGet(ids::nextRun);
            executed.add(id);
            return Reply.of(202, Json.object().put("id", id.toString())).header("Location", "/runs/" + id);
        });
        routes.post("/refused/{status}", "Refused").handle(request -> {
            executed.add(ids.next());
            throw new Problem(Integer.parseInt(request.text("status")), "refused", "No.");
        });
        routes.post("/slow", "Slow").handle(request -> {
            executed.add(ids.next());
            entered.countDown();
            finish.await();
            return Reply.empty(204);
        });
        return routes;
    }

    @AfterEach
    void stop() {
        if (server != null) server.close();
        if (database != null) database.close();
    }

    private HttpResponse<String> post(String path, String body, String key, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Idempotency-Key", key));
        return server.post(path, body, all.toArray(String[]::new));
    }

    @Test
    void theLifeOfAKey() {
        serve();
        theFirstAnswerIsGivenAgain();
        anotherBodyOrPathIs409();
        workspacesHaveTheirOwnKeys();
        withoutAKeyEverythingIsExecuted();
        refusalsAreStoredUnlessTheyMayChange();
        badKeysAreRefused();
        aDeadReservationIsExecutedUnderTheSameId();
        keysAreKeptForADay();
    }

    private void theFirstAnswerIsGivenAgain() {
        var first = post("/runs", "{\"a\":1}", "key 1");
        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(first.headers().firstValue("idempotent-replayed")).isEmpty();
        restart();
        var again = post("/gateway/runs", "{\"a\":1}", "key 1");
        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("location"))
                .isEqualTo(first.headers().firstValue("location"));
        assertThat(again.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(again.headers().firstValue("idempotent-replayed")).hasValue("true");
        assertThat(executed).hasSize(1);
        assertThat(Ids.stepNo(executed.getFirst())).isZero();
    }

    private void anotherBodyOrPathIs409() {
        var otherBody = post("/runs", "{\"a\":2}", "key 1");
        assertThat(otherBody.statusCode()).isEqualTo(409);
        assertThat(code(otherBody)).isEqualTo("idempotency_mismatch");
        assertThat(code(post("/refused/422", "{\"a\":1}", "key 1"))).isEqualTo("idempotency_mismatch");
        assertThat(executed).hasSize(1);
    }

    private void workspacesHaveTheirOwnKeys() {
        var other = post("/runs", "{\"a\":1}", "key 1", "x-workspace-id", "other");
        assertThat(other.headers().firstValue("idempotent-replayed")).isEmpty();
        assertThat(executed).hasSize(2).doesNotHaveDuplicates();
    }

    private void withoutAKeyEverythingIsExecuted() {
        executed.clear();
        server.post("/runs", "{}");
        server.post("/runs", "{}");
        assertThat(executed).hasSize(2).doesNotHaveDuplicates();
    }

    private void refusalsAreStoredUnlessTheyMayChange() {
        for (int status : List.of(404, 422)) {
            executed.clear();
            assertThat(post("/refused/" + status, "{}", "r" + status).statusCode())
                    .isEqualTo(status);
            var again = post("/refused/" + status, "{}", "r" + status);
            assertThat(again.statusCode()).isEqualTo(status);
            assertThat(again.headers().firstValue("content-type")).hasValue("application/problem+json");
            assertThat(again.headers().firstValue("idempotent-replayed")).hasValue("true");
            assertThat(executed).hasSize(1);
        }
        for (int status : List.of(409, 429, 500, 503)) {
            executed.clear();
            post("/refused/" + status, "{}", "r" + status);
            var again = post("/refused/" + status, "{}", "r" + status);
            assertThat(again.headers().firstValue("idempotent-replayed")).isEmpty();
            assertThat(executed).hasSize(2);
        }
    }

    private void badKeysAreRefused() {
        for (String key : List.of("x".repeat(256), " ")) {
            var response = post("/runs", "{}", key);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(code(response)).isEqualTo("malformed_header");
        }
        assertThat(post("/runs", "{}", "x".repeat(255)).statusCode()).isEqualTo(202);
    }

    private void aDeadReservationIsExecutedUnderTheSameId() {
        executed.clear();
        post("/runs", "{}", "dead");
        database.transact(sql -> sql.update(
                "UPDATE idempotency_key SET status = NULL, response = NULL WHERE workspace_id = ? AND key = ?",
                "public",
                "dead"));
        restart();
        assertThat(post("/runs", "{}", "dead").headers().firstValue("idempotent-replayed"))
                .isEmpty();
        assertThat(executed).hasSize(2);
        assertThat(executed.get(1)).isEqualTo(executed.get(0));
    }

    private void keysAreKeptForADay() {
        executed.clear();
        post("/runs", "{}", "old");
        clock.now = clock.now.plus(Duration.ofHours(23));
        assertThat(post("/runs", "{}", "old").headers().firstValue("idempotent-replayed"))
                .hasValue("true");
        assertThat(idempotency.purge()).isZero();
        clock.now = clock.now.plus(Duration.ofHours(2));
        assertThat(post("/runs", "{}", "old").headers().firstValue("idempotent-replayed"))
                .isEmpty();
        assertThat(executed).hasSize(2).doesNotHaveDuplicates();
        assertThat(idempotency.purge()).isPositive();
        assertThat(post("/runs", "{}", "old").headers().firstValue("idempotent-replayed"))
                .hasValue("true");
        assertThat(idempotency.purge()).isZero();
        idempotency.start();
        idempotency.stop();
        idempotency.stop();
    }

    @Test
    void aKeyThatIsStillBeingExecutedIs409() throws Exception {
        serve();
        var first = CompletableFuture.supplyAsync(() -> post("/slow", "{}", "slow"));
        assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
        var second = post("/slow", "{}", "slow");
        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(code(second)).isEqualTo("idempotency_in_progress");
        assertThat(code(post("/slow", "{\"a\":1}", "slow"))).isEqualTo("idempotency_mismatch");
        finish.countDown();
        assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
        var replayed = post("/slow", "{}", "slow");
        assertThat(replayed.statusCode()).isEqualTo(204);
        assertThat(replayed.headers().firstValue("idempotent-replayed")).hasValue("true");
        assertThat(executed).hasSize(1);
    }

    private static final class SettableClock extends Clock {
        volatile Instant now = Instant.parse("2026-01-31T12:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
