package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.Main;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.TestRedis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the server while it delivers: what it had acknowledged arrives, in order. */
class DeliveryCrashTest {
    private static final int EVENTS = 90;
    private static final int THINGS = 3;
    private static final long START_NANOS_MAX = 60_000_000_000L;

    @TempDir
    private Path data;

    private final HttpClient client = HttpClient.newHttpClient();
    private int port;

    @Test
    void whatWasAcknowledgedArrivesInOrder() throws Exception {
        Assumptions.assumeTrue(TestRedis.available(), BrokerServers.NO_REDIS);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process server = null;
        try (TestRedis redis = TestRedis.start()) {
            server = serve(redis);
            post(
                    "/events/subscriptions",
                    "{\"name\":\"s\",\"event_types\":[\"*\"],\"target\":{\"type\":\"redis\",\"stream\":\"s\"}}");
            for (int n = 0; n < EVENTS; n++) {
                if (n == EVENTS / 3 || n == 2 * EVENTS / 3) {
                    server.destroyForcibly().waitFor();
                    server = serve(redis);
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
            if (server != null) server.destroyForcibly().waitFor();
            client.shutdownNow();
        }
    }

    private static List<Integer> numbers(TestRedis redis) {
        return redis.stream("s").stream()
                .map(entry ->
                        Json.parse(entry.get("event")).path("payload_json").asInt())
                .toList();
    }

    private Process serve(TestRedis redis) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--data",
                data.toString());
        builder.environment().put("AGENT_PLATFORM_REDIS_URL", redis.url());
        Path output = data.resolve("output.log");
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        long deadline = System.nanoTime() + START_NANOS_MAX;
        while (!ready()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new AssertionError("the server did not start: " + Files.readString(output));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return process;
    }

    private boolean ready() throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(address("/ready")).build();
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private void post(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(address(path))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        var answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
