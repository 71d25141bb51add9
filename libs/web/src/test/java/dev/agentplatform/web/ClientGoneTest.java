package dev.agentplatform.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a handler that waits learns about its client, over a raw socket. */
@Timeout(30)
class ClientGoneTest {
    private static final String GET = "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n";

    private final Semaphore waiting = new Semaphore(0);
    private final Semaphore answer = new Semaphore(0);
    private final CountDownLatch gone = new CountDownLatch(1);
    private TestServer server;

    /** Idle connections end soon here: one that waits for its answer is none. */
    private TestServer impatient;

    @BeforeEach
    void start() {
        Routes routes = new Routes("model", "Waits");
        routes.get("/wait", "Until it may answer or nobody waits any more").handle(request -> {
            request.onClientGone(() -> {
                gone.countDown();
                answer.release();
            });
            waiting.release();
            answer.acquire();
            return Reply.text(200, "text/plain", "answered");
        });
        server = new TestServer(routes);
        impatient = new TestServer(Map.of("AGENT_PLATFORM_IDLE_TIMEOUT_MILLIS", "300"), routes);
    }

    @AfterEach
    void stop() {
        answer.release(100);
        server.close();
        impatient.close();
    }

    @Test
    void aClientThatClosesIsNoticedWhileItsAnswerIsMade() throws Exception {
        try (Socket client = connect(impatient)) {
            send(client, GET);
            waiting.acquire();
            assertThat(gone.await(700, TimeUnit.MILLISECONDS)).isFalse();
        }
        assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aConnectionGoesOnAfterItWasWatched() throws Exception {
        try (Socket client = connect(server)) {
            for (int i = 0; i < 20; i++) {
                send(client, GET);
                waiting.acquire();
                answer.release();
                assertThat(read(client)).isEqualTo("answered");
            }
            // Before the connection is closed: the last answer may be read before its watch has ended.
            assertThat(gone.getCount()).isEqualTo(1);
        }
    }

    @Test
    void aClientThatPipelinesIsAnsweredInOrder() throws Exception {
        try (Socket client = connect(server)) {
            send(client, GET);
            waiting.acquire();
            // Comes while the first is watched.
            send(client, GET + GET);
            assertThat(waiting.tryAcquire(200, TimeUnit.MILLISECONDS)).isFalse();
            for (int i = 0; i < 3; i++) {
                answer.release();
                assertThat(read(client)).isEqualTo("answered");
            }
        }
    }

    @Test
    void lookingWhileTheAnswerLeavesHurtsNobody() throws Exception {
        try (Socket client = connect(server)) {
            for (int i = 0; i < 300; i++) {
                answer.release();
                send(client, GET);
                assertThat(read(client)).isEqualTo("answered");
            }
        }
    }

    private static Socket connect(TestServer to) throws IOException {
        Socket socket = new Socket("127.0.0.1", to.server.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The body of one answer of known length. */
    private static String read(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = client.getInputStream().read();
            if (next < 0) throw new IOException("closed after " + head);
            head.append((char) next);
        }
        int length = Integer.parseInt(
                head.toString().split("(?i)content-length: ")[1].split("\r\n")[0]);
        return new String(client.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
    }
}
