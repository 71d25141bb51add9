package dev.agentplatform.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Problem;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Event streams over a raw socket: framing, resuming, beats, slow and vanished clients, ends. */
@Timeout(30)
class StreamTest {
    private static final String WAKE = "wake";
    private static final String LAST_CHUNK = "\r\n0\r\n\r\n";

    private final LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
    private final CountDownLatch returned = new CountDownLatch(1);
    private final CountDownLatch flooding = new CountDownLatch(1);
    private TestServer server;

    @AfterEach
    void stop() {
        if (server != null) server.close();
    }

    private void serve(Map<String, String> environment) {
        Routes routes = new Routes("runtime", "Runs");
        routes.sse("/events", "Follow", this::follow);
        routes.sse("/replay", "Replay", (request, stream) -> {
            int from = Integer.parseInt(request.lastEventId().orElse("0"));
            for (int id = from + 1; id <= 3; id++) stream.send(String.valueOf(id), "step", "{\"n\":" + id + "}");
            stream.send(null, "end", "");
        });
        routes.sse("/lines", "Several lines", (request, stream) -> stream.send(null, null, "a\nb\r\nc"));
        routes.sse("/missing", "Refused", (request, stream) -> {
            throw Problem.notFound("run", "x");
        });
        routes.sse("/broken", "Fails after its first event", (request, stream) -> {
            stream.send("1", "step", "{}");
            throw Problem.conflict("gone_wrong", "It went wrong.");
        });
        routes.sse("/flood", "More than the client takes", (request, stream) -> {
            String much = "x".repeat(100_000);
            for (int sent = 0; stream.isOpen(); sent++) {
                stream.send(null, null, much);
                if (sent == 0) flooding.countDown();
            }
            returned.countDown();
        });
        routes.get("/quick", "Quick").handle(request -> Reply.empty(204));
        server = new TestServer(environment, routes);
    }

    private void follow(Request request, Stream stream) throws InterruptedException {
        stream.onEnd(() -> queue.offer(WAKE));
        stream.open();
        while (stream.isOpen()) {
            String event = queue.poll(stream.beatWaitMillis(), TimeUnit.MILLISECONDS);
            if (event == null) stream.heartbeat();
            else if (!event.equals(WAKE)) stream.send(null, null, event);
        }
        returned.countDown();
    }

    private Socket open(String path, String... headers) throws Exception {
        Socket socket = server.connect();
        String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n").getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    @Test
    void headersComeBeforeTheFirstEventAndEachEventAtOnce() throws Exception {
        serve(Map.of());
        try (Socket socket = open("/events")) {
            String head = TestServer.readUntil(socket, "\r\n\r\n");
            assertThat(head).startsWith("HTTP/1.1 200");
            assertThat(head).containsIgnoringCase("Content-Type: text/event-stream\r\n");
            assertThat(head).containsIgnoringCase("Cache-Control: no-store");
            assertThat(head).doesNotContainIgnoringCase("Connection: close");
            queue.add("one");
            assertThat(TestServer.readUntil(socket, "\n\n")).contains("data: one\n");
            queue.add("two");
            assertThat(TestServer.readUntil(socket, "\n\n")).contains("data: two\n");
        }
    }

    @Test
    void aStreamGoesOnBehindTheLastEventId() {
        serve(Map.of());
        String all = "id: 1\nevent: step\ndata: {\"n\":1}\n\nid: 2\nevent: step\ndata: {\"n\":2}\n\n"
                + "id: 3\nevent: step\ndata: {\"n\":3}\n\nevent: end\ndata: \n\n";
        assertThat(server.get("/replay").body()).isEqualTo(all);
        String rest = all.substring(all.indexOf("id: 3"));
        assertThat(server.get("/replay", "Last-Event-ID", "2").body()).isEqualTo(rest);
        assertThat(server.get("/replay?last_event_id=2").body()).isEqualTo(rest);
    }

    @Test
    void severalLinesOfDataStayOneEvent() {
        serve(Map.of());
        assertThat(server.get("/lines").body()).isEqualTo("data: a\ndata: b\ndata: c\n\n");
    }

    @Test
    void anEndIsALastChunkAndTheConnectionGoesOn() throws Exception {
        serve(Map.of());
        try (Socket socket = open("/replay")) {
            assertThat(TestServer.readUntil(socket, LAST_CHUNK))
                    .contains("event: end")
                    .endsWith(LAST_CHUNK);
            String next = TestServer.exchange(socket, "GET /quick HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n");
            assertThat(next).startsWith("HTTP/1.1 204");
        }
    }

    @Test
    void aProblemBeforeTheFirstEventIsAnOrdinaryAnswer() {
        serve(Map.of());
        var response = server.get("/missing");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
    }

    @Test
    void aProblemAfterTheFirstEventIsAnEvent() {
        serve(Map.of());
        var response = server.get("/broken");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("event: error\ndata: {", "\"code\":\"gone_wrong\"");
    }

    @Test
    void anIdleStreamBeats() throws Exception {
        serve(Map.of("AGENT_PLATFORM_HEARTBEAT_MILLIS", "20"));
        try (Socket socket = open("/events")) {
            TestServer.readUntil(socket, ": heartbeat\n\n");
            assertThat(TestServer.readUntil(socket, ": heartbeat\n\n")).endsWith(": heartbeat\n\n");
        }
    }

    @Test
    void aClientThatLeftIsNoticedByBeats() throws Exception {
        serve(Map.of("AGENT_PLATFORM_HEARTBEAT_MILLIS", "20"));
        open("/events").close();
        assertThat(returned.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aSlowClientHoldsUpOnlyItselfAndIsCutAtTheIdleTimeout() throws Exception {
        serve(Map.of("AGENT_PLATFORM_IDLE_TIMEOUT_MILLIS", "500"));
        try (Socket slow = open("/flood")) {
            assertThat(flooding.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(server.get("/quick").statusCode()).isEqualTo(204);
            assertThat(returned.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(slow.isConnected()).isTrue();
        }
    }

    @Test
    void aStopEndsStreamsWithALastChunk() throws Exception {
        serve(Map.of());
        try (Socket socket = open("/events")) {
            TestServer.readUntil(socket, "\r\n\r\n");
            queue.add("one");
            TestServer.readUntil(socket, "\n\n");
            server.server.stop();
            assertThat(TestServer.readUntil(socket, LAST_CHUNK)).endsWith(LAST_CHUNK);
            assertThat(returned.getCount()).isZero();
        }
    }

    @Test
    void moreStreamsThanAllowedAre503() throws Exception {
        serve(Map.of("AGENT_PLATFORM_STREAMS_MAX", "1"));
        try (Socket first = open("/events")) {
            TestServer.readUntil(first, "\r\n\r\n");
            var second = server.get("/events");
            assertThat(second.statusCode()).isEqualTo(503);
            assertThat(second.headers().firstValue("retry-after")).isPresent();
        }
    }

    @Test
    void headOfAStreamEndsAtOnce() {
        serve(Map.of());
        var response = server.method("HEAD", "/events", null);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
    }
}
