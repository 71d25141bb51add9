package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.TestRedis;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the server while it delivers: what it had acknowledged arrives, in order. */
class DeliveryCrashTest {
    private static final int EVENTS = 90;
    private static final int THINGS = 3;

    @TempDir
    private Path data;

    private ServeProcess server;

    @Test
    void whatWasAcknowledgedArrivesInOrder() throws Exception {
        Assumptions.assumeTrue(TestRedis.available(), BrokerServers.NO_REDIS);
        try (TestRedis redis = TestRedis.start()) {
            server = ServeProcess.start(data, Map.of("AGENT_PLATFORM_REDIS_URL", redis.url()));
            post(
                    "/events/subscriptions",
                    "{\"name\":\"s\",\"event_types\":[\"*\"],\"target\":{\"type\":\"redis\",\"stream\":\"s\"}}");
            for (int n = 0; n < EVENTS; n++) {
                if (n == EVENTS / 3 || n == 2 * EVENTS / 3) {
                    server.kill();
                    server.start();
                }
                post(
                        "/events",
                        "{\"event_type\":\"x\",\"aggregate_type\":\"t\",\"aggregate_id\":\"%d\",\"payload_json\":%d}"
                                .formatted(n % THINGS, n));
            }
            Await.until(() -> numbers(redis).stream().distinct().count() == EVENTS, "every event");
            List<Integer> first = numbers(redis).stream().distinct().toList();
            for (int thing = 0; thing < THINGS; thing++) {
                int it = thing;
                assertThat(first.stream().filter(n -> n % THINGS == it)).isSorted();
            }
        } finally {
            if (server != null) server.close();
        }
    }

    private static List<Integer> numbers(TestRedis redis) {
        return redis.stream("s").stream()
                .map(entry ->
                        Json.parse(entry.get("event")).path("payload_json").asInt())
                .toList();
    }

    private void post(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(address(path))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        var answer = server.client().send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
