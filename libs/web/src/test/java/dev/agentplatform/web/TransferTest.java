package dev.agentplatform.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that are written as they come, and bodies that are read as they come, over a raw socket. */
@Timeout(30)
class TransferTest {
    private static final String LAST_CHUNK = "\r\n0\r\n\r\n";

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch firstSeen = new CountDownLatch(1);
    private TestServer server;

    @BeforeEach
    void start() {
        Routes routes = new Routes("model", "Transfers");
        routes.get("/parts", "Two parts")
                .handle(request -> Reply.transfer(200, "text/plain", out -> {
                    out.write("first".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                    firstSeen.await(10, TimeUnit.SECONDS);
                    out.write("second".getBytes(StandardCharsets.UTF_8));
                }));
        routes.get("/refused", "A problem before the first byte")
                .problems((problem, requestId) ->
                        Reply.of(problem.status(), Json.object().put("error", problem.code())))
                .handle(request -> Reply.transfer(200, "text/plain", out -> {
                    throw new Problem(502, "upstream_failed", "It failed.");
                }));
        routes.get("/cut", "A fault after the first byte")
                .handle(request -> Reply.transfer(200, "text/plain", out -> {
                    out.write("half".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                    throw new IOException("the other side is gone");
                }));
        routes.get("/flood", "Until the client leaves")
                .handle(request -> Reply.transfer(200, "text/plain", out -> {
                    byte[] much = new byte[100_000];
                    try {
                        while (true) out.write(much);
                    } finally {
                        stopped.countDown();
                    }
                }));
        routes.post("/echo", "The body as it was sent").streamedBody().handle(request -> {
            InputStream body = request.bodyStream();
            return Reply.transfer(200, request.headers().get("content-type").getFirst(), body::transferTo);
        });
        server = new TestServer(Map.of("AGENT_PLATFORM_BODY_BYTES_MAX", "1000"), routes);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Socket send(String head, String body) throws IOException {
        Socket socket = server.connect();
        socket.getOutputStream().write((head + "Host: a\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    /** Until the last chunk, the end of a JSON object, or the end of the connection. */
    private static String rest(Socket socket) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c >= 0;
                c = socket.getInputStream().read()) {
            seen.append((char) c);
            String tail = seen.substring(Math.max(0, seen.length() - LAST_CHUNK.length()));
            if (tail.equals(LAST_CHUNK) || c == '}') break;
        }
        return seen.toString();
    }

    @Test
    void whatIsFlushedArrivesBeforeTheRest() throws Exception {
        try (Socket socket = send("GET /parts HTTP/1.1\r\n", "")) {
            StringBuilder seen = new StringBuilder();
            while (seen.indexOf("first") < 0)
                seen.append((char) socket.getInputStream().read());
            assertThat(seen.toString()).contains("200 OK").containsIgnoringCase("content-type: text/plain");
            firstSeen.countDown();
            assertThat(rest(socket)).contains("second").endsWith(LAST_CHUNK);
        }
    }

    @Test
    void aProblemBeforeTheFirstByteIsAnsweredInTheFormatOfTheRoute() throws Exception {
        try (Socket socket = send("GET /refused HTTP/1.1\r\n", "")) {
            assertThat(rest(socket)).contains("502").endsWith("{\"error\":\"upstream_failed\"}");
        }
    }

    @Test
    void anAnswerThatBreaksHasNoEnd() throws Exception {
        try (Socket socket = send("GET /cut HTTP/1.1\r\n", "")) {
            String answer;
            try {
                answer = rest(socket);
            } catch (IOException reset) {
                return;
            }
            assertThat(answer).contains("half").doesNotEndWith(LAST_CHUNK);
        }
    }

    @Test
    void theWriterLearnsThatTheClientLeft() throws Exception {
        try (Socket socket = send("GET /flood HTTP/1.1\r\n", "")) {
            socket.getInputStream().readNBytes(10_000);
        }
        assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aStreamedBodyIsOfAnyTypeAndLength() throws Exception {
        String body = "x".repeat(50_000);
        try (Socket socket =
                send("POST /echo HTTP/1.1\r\nContent-Type: text/strange\r\nContent-Length: 50000\r\n", body)) {
            String answer = rest(socket);
            assertThat(answer).containsIgnoringCase("content-type: text/strange");
            assertThat(answer.chars().filter(c -> c == 'x').count()).isGreaterThanOrEqualTo(50_000);
        }
    }
}
