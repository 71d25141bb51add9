package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Dialect;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Providers that mean no good, behind the whole platform: each is answered in time, and in OpenAI's shape. */
@Timeout(60)
class HostileProviderTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    private static final String EVENTS =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final Duration IN_TIME = Duration.ofSeconds(20);
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private static ApiServer server;

    /** What the provider does after a request; the connection is closed when it returns. */
    private interface Behaviour {
        void answer(OutputStream out) throws Exception;
    }

    @BeforeAll
    static void start() throws Exception {
        server = new ApiServer(Dialect.SQLITE);
    }

    @AfterAll
    static void stop() throws Exception {
        NEVER.countDown();
        server.close();
    }

    /** A provider of its own for each test, with short patience and one try. */
    private static Answer call(Behaviour behaviour, boolean stream) throws Exception {
        return call(behaviour, stream, "'attempts':1");
    }

    private static Answer call(Behaviour behaviour, boolean stream, String limits) throws Exception {
        try (ServerSocket provider = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(provider, behaviour));
            Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
            String limited = "{'connect_ms':2000,'first_byte_ms':700,'idle_ms':700,'total_ms':3000," + limits + "}";
            api.post(
                            "/models/providers",
                            "{'name':'evil','kind':'openai','base_url':'http://127.0.0.1:%d','api_key':'sk-canary-9',"
                                            .formatted(provider.getLocalPort())
                                    + "'limits':" + limited + "}")
                    .expect(201);
            long start = System.nanoTime();
            Answer answer = api.send(
                    "POST",
                    "/v1/chat/completions",
                    "{'model':'evil/m','stream':%s,'messages':[{'role':'user','content':'hi'}]}".formatted(stream));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(IN_TIME);
            assertThat(answer.text()).doesNotContain("sk-canary-9");
            return answer;
        }
    }

    private static void serve(ServerSocket provider, Behaviour behaviour) {
        while (!provider.isClosed()) {
            try (Socket socket = provider.accept()) {
                byte[] request = new byte[64 * 1024];
                int n = socket.getInputStream().read(request);
                if (n > 0) behaviour.answer(socket.getOutputStream());
            } catch (Exception cut) {
                // The platform has had enough.
            }
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n";
    }

    private static void failsWith(int status, String code, Behaviour behaviour) throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            Answer answer = call(behaviour, stream).expect(status);
            assertThat(answer.text("error.code")).as(answer.text()).isEqualTo(code);
            assertThat(answer.text("error.type")).isEqualTo("server_error");
        }
    }

    @Test
    void whoHangs() throws Exception {
        failsWith(504, "provider_timeout", out -> NEVER.await());
    }

    @Test
    void whoTricklesTheHeadOrTheBody() throws Exception {
        failsWith(504, "provider_timeout", out -> {
            while (!NEVER.await(50, TimeUnit.MILLISECONDS)) write(out, "H");
        });
        Answer body = call(
                        out -> {
                            write(out, OK + "Content-Length: 100000\r\n\r\n{");
                            while (!NEVER.await(50, TimeUnit.MILLISECONDS)) write(out, " ");
                        },
                        false)
                .expect(504);
        assertThat(body.text("error.code")).isEqualTo("provider_timeout");
    }

    @Test
    void whoCutsOrLiesAboutLengths() throws Exception {
        failsWith(502, "provider_cut", out -> {});
        failsWith(502, "provider_cut", out -> write(out, "HTTP/1.1 200 OK\r\nContent-Ty"));
        assertThat(call(out -> write(out, OK + "Content-Length: 999999999999\r\n\r\n{}"), false)
                        .expect(502)
                        .text("error.code"))
                .isEqualTo("provider_cut");
        failsWith(
                502,
                "provider_protocol_error",
                out -> write(out, OK + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}"));
    }

    @Test
    void whoSendsSomethingElse() throws Exception {
        failsWith(502, "provider_protocol_error", out -> write(out, "220 smtp ready\r\n"));
        failsWith(
                502,
                "provider_protocol_error",
                out -> write(out, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Sign in</html>"));
    }

    @Test
    void whoRedirectsInside() throws Exception {
        failsWith(
                502,
                "provider_redirected",
                out -> write(
                        out,
                        "HTTP/1.1 307 Go\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n"));
    }

    @Test
    void whoFloodsWithHeaders() throws Exception {
        String line = "X-Flood: " + "y".repeat(4_000) + "\r\n";
        failsWith(502, "provider_too_large", out -> {
            write(out, "HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 25_000; i++) write(out, line);
        });
    }

    @Test
    void whoSendsABomb() throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream zipped = new GZIPOutputStream(bomb)) {
            byte[] zeros = new byte[1_000_000];
            for (int i = 0; i < 50; i++) zipped.write(zeros);
        }
        failsWith(502, "provider_protocol_error", out -> {
            write(out, OK + "Content-Encoding: gzip\r\nContent-Length: " + bomb.size() + "\r\n\r\n");
            out.write(bomb.toByteArray());
        });
    }

    @Test
    void whoNeverStops() throws Exception {
        String much = " ".repeat(60_000);
        Answer answer = call(
                out -> {
                    write(out, OK + "\r\n{");
                    while (true) write(out, much);
                },
                false,
                "'attempts':1,'total_ms':15000");
        // Whichever limit is reached first on this machine.
        assertThat(answer.status()).isIn(502, 504);
        assertThat(answer.text("error.code")).isIn("provider_too_large", "provider_timeout");
    }

    @Test
    void whoRepeatsTheKeyOrRefusesIt() throws Exception {
        String told = "{\"error\":{\"message\":\"no such model for sk-canary-9\",\"type\":\"t\",\"code\":\"c\"}}";
        Answer answer = call(
                out -> write(out, "HTTP/1.1 404 No\r\nContent-Length: " + told.length() + "\r\n\r\n" + told), false);
        assertThat(answer.expect(404).text("error.message")).isEqualTo("no such model for ****");
        failsWith(
                502,
                "provider_authentication",
                out -> write(out, "HTTP/1.1 401 No\r\nContent-Length: 11\r\n\r\nsk-canary-9"));
    }

    @Test
    void aStreamThatBreaksEndsWithAnErrorAndWithoutItsMark() throws Exception {
        String event = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n";
        Behaviour[] breaks = {
            out -> write(out, EVENTS + chunk(event)),
            out -> {
                write(out, EVENTS + chunk(event));
                NEVER.await();
            },
            out -> write(out, EVENTS + chunk(event) + "zz\r\n"),
            out -> write(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + event),
        };
        for (Behaviour one : breaks) {
            String text = call(one, true).expect(200).text();
            assertThat(text).startsWith(event).doesNotContain("[DONE]");
            String last = text.strip().substring(text.strip().lastIndexOf("data: ") + 6);
            assertThat(Json.parse(last).path("error").path("code").asString()).startsWith("provider_");
        }
    }

    @Test
    void whoIsBusyAtFirstIsAskedAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        String good = "{\"object\":\"chat.completion\",\"choices\":[]}";
        Answer answer = call(
                out -> {
                    if (asked.incrementAndGet() < 3) write(out, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
                    else write(out, OK + "Content-Length: " + good.length() + "\r\n\r\n" + good);
                },
                false,
                "'attempts':3,'total_ms':20000");
        // The bytes go through as they are.
        assertThat(answer.expect(200).text()).isEqualTo(good);
        assertThat(asked).hasValue(3);
    }

    @Test
    void aClientThatLeavesCutsTheCallOfItsProvider() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch cut = new CountDownLatch(1);
        try (ServerSocket provider = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = provider.accept()) {
                    byte[] request = new byte[64 * 1024];
                    socket.getInputStream().read(request);
                    asked.countDown();
                    // Nothing more comes but the end of the connection.
                    if (socket.getInputStream().read() < 0) cut.countDown();
                } catch (IOException reset) {
                    cut.countDown();
                }
            });
            Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
            api.post(
                            "/models/providers",
                            "{'name':'slow','kind':'openai','base_url':'http://127.0.0.1:%d'}"
                                    .formatted(provider.getLocalPort()))
                    .expect(201);
            String body = "{\"model\":\"slow/m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
            try (Socket client = new Socket("127.0.0.1", server.port())) {
                write(
                        client.getOutputStream(),
                        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nx-workspace-id: " + api.workspace()
                                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                + body);
                assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(cut.await(20, TimeUnit.SECONDS)).isTrue();
            Answer usage = api.untilAnswer("/models/usage", "items.0.status", "cancelled");
            assertThat(usage.each("status")).containsExactly("cancelled");
        }
    }

    @Test
    void anAddressInsideIsNotReachedForUsers() {
        Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
        api.post("/models/providers", "{'name':'meta','kind':'openai','base_url':'http://169.254.169.254/v1'}")
                .expect(201);
        Answer refused = api.post("/v1/chat/completions", "{'model':'meta/m','messages':[{}]}");
        assertThat(refused.expect(502).text("error.code")).isEqualTo("provider_target_forbidden");
        assertThat(refused.headers().firstValue("x-should-retry")).hasValue("false");
    }
}
