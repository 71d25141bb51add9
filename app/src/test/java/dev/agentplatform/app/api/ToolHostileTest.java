package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.api.ToolServer.Behaviour;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;

/** Tool servers that mean harm: each call ends in time with a clear code, and nothing is lost. */
class ToolHostileTest {
    private static final Duration TIME_MAX = Duration.ofSeconds(15);
    private static final byte[] BOMB = bomb();
    private static final List<String> TRIED_IN_NODES = List.of(
            "hangs",
            "cuts its body",
            "never ends",
            "sends one endless header",
            "sends a zip bomb",
            "sends JSON just too deep to be kept",
            "redirects to cloud metadata");

    /** @param codes the errors that may come of it */
    private record Hostile(String name, Behaviour behaviour, List<String> codes) {}

    private static List<Hostile> all() {
        return List.of(
                new Hostile("hangs", (request, out) -> never(), List.of("timeout")),
                new Hostile(
                        "hangs after its head",
                        (request, out) -> {
                            ToolServer.head(out, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
                            never();
                        },
                        List.of("timeout")),
                new Hostile("trickles", ToolHostileTest::trickle, List.of("timeout")),
                new Hostile("trickles its head", ToolHostileTest::trickleHead, List.of("timeout", "too_large")),
                new Hostile("cuts", (request, out) -> {}, List.of("protocol_error")),
                new Hostile(
                        "cuts its body",
                        (request, out) -> ToolServer.head(out, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"),
                        List.of("protocol_error")),
                new Hostile(
                        "cuts a chunk",
                        (request, out) -> ToolServer.head(
                                out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort"),
                        List.of("protocol_error")),
                new Hostile(
                        "lies about a huge length",
                        (request, out) ->
                                ToolServer.head(out, "HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\nx"),
                        List.of("too_large")),
                new Hostile(
                        "lies about a length below zero",
                        (request, out) -> ToolServer.head(out, "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx"),
                        List.of("protocol_error")),
                new Hostile("never ends", ToolHostileTest::endless, List.of("too_large")),
                new Hostile("sends endless headers", ToolHostileTest::endlessHeaders, List.of("too_large")),
                new Hostile("sends one endless header", ToolHostileTest::longHeader, List.of("too_large")),
                new Hostile("sends a zip bomb", ToolHostileTest::bomb, List.of("too_large")),
                new Hostile(
                        "says gzip and sends none",
                        (request, out) -> ToolServer.head(
                                out, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"),
                        List.of("protocol_error")),
                new Hostile(
                        "sends deep JSON",
                        (request, out) -> ToolServer.write(out, 200, "application/json", "[".repeat(400_000)),
                        List.of("invalid_answer")),
                new Hostile(
                        "sends JSON just too deep to be kept",
                        (request, out) ->
                                ToolServer.write(out, 200, "application/json", "[".repeat(150) + "]".repeat(150)),
                        List.of("invalid_answer")),
                new Hostile(
                        "speaks no HTTP",
                        (request, out) -> ToolServer.head(out, "SSH-2.0-x\r\n"),
                        List.of("protocol_error", "timeout")),
                redirect("into a private net", "http://10.0.0.1/", "target_forbidden"),
                redirect("to cloud metadata", "http://169.254.169.254/latest/meta-data", "target_forbidden"),
                redirect("to a mapped address", "http://[::ffff:10.0.0.1]/", "target_forbidden"),
                redirect("to a file", "file:///etc/passwd", "invalid_request"),
                redirect("to itself", "/again", "too_many_redirects"));
    }

    private static Hostile redirect(String name, String location, String code) {
        String answer =
                "HTTP/1.1 302 Go\r\nLocation: " + location + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        return new Hostile("redirects " + name, (request, out) -> ToolServer.head(out, answer), List.of(code));
    }

    @OnEveryServer
    void aTryEndsInTimeWithAClearCode(Api api) throws Exception {
        String tool = Tooling.tool(api, "hostile", "http", "{}", "{}");
        List<String> faults = new ArrayList<>();
        for (Hostile hostile : all()) {
            try (ToolServer server = new ToolServer(hostile.behaviour())) {
                long began = System.nanoTime();
                Answer answer = api.post(
                                "/tools/" + tool + "/invoke",
                                "{'config_json':{'url':'%s'},'timeout_seconds':%s}"
                                        .formatted(server.url("/"), limit(hostile)))
                        .expect(200);
                if (!hostile.codes().contains(answer.text("error.code")))
                    faults.add(hostile.name() + ": " + answer.text());
                if (!answer.text("status").equals("failed")) faults.add(hostile.name() + ": " + answer.text("status"));
                Duration took = Duration.ofNanos(System.nanoTime() - began);
                if (took.compareTo(TIME_MAX) > 0) faults.add(hostile.name() + " took " + took);
                if (answer.text().contains("Exception")) faults.add(hostile.name() + " tells its inside");
            }
        }
        assertThat(faults).isEmpty();
    }

    @OnEveryServer
    void aNodeFailsInTimeAndTheRunIsKept(Api api) throws Exception {
        Tooling.tool(api, "hostile", "http", "{}", "{}");
        List<String> faults = new ArrayList<>();
        for (Hostile hostile : all()) {
            if (!TRIED_IN_NODES.contains(hostile.name())) continue;
            try (ToolServer server = new ToolServer(hostile.behaviour())) {
                String config = "{'tool_code':'hostile','url':'%s','timeout_seconds':%s}"
                        .formatted(server.url("/"), limit(hostile));
                Answer run = Tooling.run(api, config, "{}");
                JsonNode node = Tooling.node(api, run);
                String code = node.path("error_code").asString("");
                if (!run.text("status").equals("failed")) faults.add(hostile.name() + ": " + run.text("status"));
                if (!hostile.codes().contains(code)) faults.add(hostile.name() + ": " + node);
            }
        }
        assertThat(faults).isEmpty();
    }

    @OnEveryServer
    void aHarmlessCallAfterwardsStillWorks(Api api) throws Exception {
        String tool = Tooling.tool(api, "mixed", "http", "{}", "{}");
        try (ToolServer hanging = new ToolServer((request, out) -> never());
                ToolServer good = ToolServer.answering(200, "text/plain", "fine")) {
            List<Thread> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                calls.add(Thread.ofVirtual()
                        .start(() -> api.post(
                                "/tools/" + tool + "/invoke",
                                "{'config_json':{'url':'%s'},'timeout_seconds':1}".formatted(hanging.url("/")))));
            }
            Answer answer = api.post(
                            "/tools/" + tool + "/invoke", "{'config_json':{'url':'%s'}}".formatted(good.url("/")))
                    .expect(200);
            assertThat(answer.text("output_text")).isEqualTo("fine");
            for (Thread call : calls) call.join();
        }
    }

    /** Seconds: short where the limit is what ends the call. */
    private static String limit(Hostile hostile) {
        return hostile.codes().contains("timeout") ? "0.4" : "10";
    }

    private static void never() throws InterruptedException {
        new CountDownLatch(1).await(20, TimeUnit.SECONDS);
    }

    private static void trickle(ToolServer.Received request, OutputStream out) throws Exception {
        ToolServer.head(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        CountDownLatch never = new CountDownLatch(1);
        while (!never.await(20, TimeUnit.MILLISECONDS)) ToolServer.head(out, "1\r\nx\r\n");
    }

    private static void trickleHead(ToolServer.Received request, OutputStream out) throws Exception {
        ToolServer.head(out, "HTTP/1.1 200 OK\r\nX: ");
        CountDownLatch never = new CountDownLatch(1);
        while (!never.await(20, TimeUnit.MILLISECONDS)) ToolServer.head(out, "x");
    }

    private static void endless(ToolServer.Received request, OutputStream out) throws IOException {
        ToolServer.head(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        byte[] chunk = ("400\r\n" + "x".repeat(1024) + "\r\n").getBytes(StandardCharsets.UTF_8);
        while (true) out.write(chunk);
    }

    private static void endlessHeaders(ToolServer.Received request, OutputStream out) throws IOException {
        ToolServer.head(out, "HTTP/1.1 200 OK\r\n");
        byte[] lines = ("X: " + "x".repeat(1000) + "\r\n").repeat(100).getBytes(StandardCharsets.UTF_8);
        // A hundred megabytes, if anybody takes them.
        for (int i = 0; i < 1_000; i++) out.write(lines);
        ToolServer.head(out, "\r\n");
    }

    private static void longHeader(ToolServer.Received request, OutputStream out) throws IOException {
        ToolServer.head(out, "HTTP/1.1 200 OK\r\nX: ");
        byte[] piece = "x".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 1_000; i++) out.write(piece);
        ToolServer.head(out, "\r\n\r\n");
    }

    private static void bomb(ToolServer.Received request, OutputStream out) throws IOException {
        ToolServer.head(
                out, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + BOMB.length + "\r\n\r\n");
        out.write(BOMB);
    }

    /** A hundred megabytes of nothing. */
    private static byte[] bomb() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(bytes)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 100; i++) zip.write(zeros);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
