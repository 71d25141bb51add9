package dev.agentplatform.gateway.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.testkit.Await;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway before upstreams and callers that do not behave. */
@Timeout(60)
class HostileUpstreamTest extends BeforeUpstreams {
    // ---- a hostile world

    @Test
    void anUpstreamThatHangsIs504() throws Exception {
        before(
                new RawUpstream((own, socket) -> {
                    own.head(socket);
                    socket.getInputStream().read();
                }),
                "AGENT_PLATFORM_FORWARD_ANSWER_MILLIS",
                "100");
        HttpResponse<String> answer = get("/agents");
        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(code(answer)).isEqualTo("upstream_timeout");
    }

    @Test
    void aHeadThatTricklesIs504() throws Exception {
        before(
                new RawUpstream((own, socket) -> {
                    own.head(socket);
                    for (char c : ("HTTP/1.1 200 OK\r\nX-Slow: " + "x".repeat(10_000)).toCharArray()) {
                        RawUpstream.write(socket, String.valueOf(c));
                        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                    }
                }),
                "AGENT_PLATFORM_FORWARD_ANSWER_MILLIS",
                "200");
        assertThat(code(get("/agents"))).isEqualTo("upstream_timeout");
    }

    @Test
    void aBodyThatStopsCutsTheCallerInsteadOfEndingWell() throws Exception {
        before(
                new RawUpstream((own, socket) -> {
                    own.head(socket);
                    RawUpstream.write(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
                    socket.getInputStream().read();
                }),
                "AGENT_PLATFORM_FORWARD_IDLE_MILLIS",
                "100");
        assertThatThrownBy(() -> get("/agents")).isInstanceOf(IOException.class);
    }

    @Test
    void aBodyThatIsCutCutsTheCallerWhateverItsFraming() throws Exception {
        for (String answer : List.of(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\nhalf",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalfXX\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(70_000))) {
            before(RawUpstream.saying(answer));
            assertThatThrownBy(() -> {
                        HttpResponse<String> got = get("/agents");
                        // What has not been flushed when the fault is seen can still be told as one.
                        if (got.statusCode() == 502) throw new IOException("told");
                    })
                    .as(answer.substring(0, 50))
                    .isInstanceOf(IOException.class);
            gateway.stop();
            forwarding.stop();
            upstream.close();
        }
    }

    @Test
    void answersThatCannotBeTrustedAre502() throws Exception {
        for (String answer : List.of(
                "",
                "SSH-2.0-OpenSSH\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nBad Header: 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: 1\r\n folded: 2\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
                "HTTP/1.1 101 Switching\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n".repeat(20),
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\n" + "x: y\r\n".repeat(300) + "\r\n")) {
            before(RawUpstream.saying(answer));
            HttpResponse<String> got = get("/agents");
            assertThat(got.statusCode()).as(answer).isEqualTo(502);
            assertThat(code(got)).isEqualTo("upstream_failed");
            gateway.stop();
            forwarding.stop();
            upstream.close();
        }
    }

    @Test
    void endlessHeadersAreNotKept() throws Exception {
        AtomicLong sent = new AtomicLong();
        before(new RawUpstream((own, socket) -> {
            own.head(socket);
            RawUpstream.write(socket, "HTTP/1.1 200 OK\r\n");
            String line = "x-bomb: " + "y".repeat(1_000_000);
            while (sent.addAndGet(line.length()) < BIG_BYTES) RawUpstream.write(socket, line);
        }));
        assertThat(get("/agents").statusCode()).isEqualTo(502);
        assertThat(sent.get()).isLessThan(BIG_BYTES);
    }

    @Test
    void nobodyListeningIs502AndAnUnknownHostToo() throws Exception {
        upstream = RawUpstream.saying("");
        String url = upstream.url();
        upstream.close();
        before(url);
        HttpResponse<String> refused = get("/agents");
        assertThat(refused.statusCode()).isEqualTo(502);
        assertThat(refused.body()).contains("upstream_failed", "agent").doesNotContain(url);
        gateway.stop();
        before("http://no-such-host.invalid");
        assertThat(get("/agents").statusCode()).isEqualTo(502);
    }

    @Test
    void anUpstreamThatTakesNothingIs504() throws Exception {
        before(
                new RawUpstream((own, socket) -> {
                    own.head(socket);
                    LockSupport.parkNanos(Duration.ofSeconds(30).toNanos());
                }),
                "AGENT_PLATFORM_FORWARD_IDLE_MILLIS",
                "300");
        HttpRequest request = to("/agents")
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> zeros(BIG_BYTES)), BIG_BYTES))
                .header("Content-Type", "application/octet-stream")
                .build();
        int status;
        try {
            status = client.send(request, BodyHandlers.ofString()).statusCode();
        } catch (IOException cutWhileSending) {
            // The answer was there, but this client sends its whole body first.
            return;
        }
        assertThat(status).isEqualTo(504);
    }

    @Test
    void aCallerThatLeavesCutsTheUpstream() throws Exception {
        CountDownLatch noticed = new CountDownLatch(1);
        before(new RawUpstream((own, socket) -> {
            own.head(socket);
            RawUpstream.write(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            byte[] much = new byte[100_000];
            try {
                while (true) socket.getOutputStream().write(much);
            } catch (IOException cut) {
                noticed.countDown();
            }
        }));
        try (Socket socket = raw()) {
            RawUpstream.write(socket, "GET /agents HTTP/1.1\r\nHost: a\r\n\r\n");
            socket.getInputStream().readNBytes(10_000);
        }
        assertThat(noticed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aCallerThatBreaksOffItsBodyCutsTheUpstream() throws Exception {
        CountDownLatch noticed = new CountDownLatch(1);
        before(new RawUpstream((own, socket) -> {
            own.head(socket);
            byte[] got = socket.getInputStream().readAllBytes();
            if (got.length < 1_000) noticed.countDown();
        }));
        try (Socket socket = raw()) {
            RawUpstream.write(socket, "POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf");
            Await.until(() -> !upstream.heads.isEmpty(), "the upstream has the head");
        }
        assertThat(noticed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aRingOfProcessesIsNoticed() throws Exception {
        // A port that is free now and, with luck nobody can take away, in a moment.
        int port;
        try (var probe = new java.net.ServerSocket(0)) {
            port = probe.getLocalPort();
        }
        before("http://127.0.0.1:" + port, "PORT", String.valueOf(port));
        HttpResponse<String> answer = get("/agents");
        assertThat(answer.statusCode()).isEqualTo(508);
        assertThat(code(answer)).isEqualTo("forwarding_loop");
    }
}
