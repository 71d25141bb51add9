package dev.agentplatform.model.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.agentplatform.model.upstream.UpstreamError.Code;
import dev.agentplatform.model.wire.WireRequest;
import dev.agentplatform.outbound.Resolver;
import dev.agentplatform.outbound.Targets;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client of providers against strangers on real sockets. */
@Timeout(30)
class HttpUpstreamTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofSeconds(10);

    private final Watch watch = new Watch();
    private final HttpUpstream upstream = new HttpUpstream(new Connector(watch, Optional.empty()));
    private final CountDownLatch never = new CountDownLatch(1);

    @BeforeEach
    void start() {
        watch.start();
    }

    @AfterEach
    void stop() {
        never.countDown();
        upstream.close();
        watch.stop();
    }

    private static WireRequest post(String url) {
        return new WireRequest("POST", url + "/v1/x", Map.of("A", "b"), "{}".getBytes(StandardCharsets.UTF_8));
    }

    private static Patience patience(Duration connect, Duration first, Duration idle, Duration total) {
        return new Patience(connect, first, idle, System.nanoTime() + total.toNanos());
    }

    private String call(Stranger stranger, Patience patience) throws UpstreamError {
        try (UpstreamAnswer answer = upstream.send(post(stranger.url()), patience, new Cancel())) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            byte[] part = new byte[100];
            for (int n = answer.read(part); n >= 0; n = answer.read(part)) body.write(part, 0, n);
            return answer.status() + " " + body.toString(StandardCharsets.UTF_8);
        }
    }

    private Code fails(Stranger.Behaviour behaviour) throws Exception {
        return fails(behaviour, patience(LONG, LONG, LONG, LONG));
    }

    private Code fails(Stranger.Behaviour behaviour, Patience patience) throws Exception {
        try (Stranger stranger = new Stranger(behaviour)) {
            UpstreamError failed = catchThrowableOfType(UpstreamError.class, () -> call(stranger, patience));
            assertThat(failed).isNotNull();
            return failed.code();
        }
    }

    private String answers(String bytes) throws Exception {
        try (Stranger stranger = new Stranger((n, out) -> {
            Stranger.write(out, bytes);
            throw new IllegalStateException("close");
        })) {
            return call(stranger, Patience.of(LONG));
        }
    }

    // Bodies

    @Test
    void bodiesEndByLengthByChunksOrWithTheConnection() throws Exception {
        assertThat(answers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")).isEqualTo("200 hello");
        assertThat(answers("HTTP/1.1 201 OK\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n"
                        + "3\r\n"
                        + "hel\r\n"
                        + "2;x=y\r\n"
                        + "lo\r\n"
                        + "0\r\n"
                        + "T: 1\r\n\r\n"))
                .isEqualTo("201 hello");
        assertThat(answers("HTTP/1.1 200 OK\r\n\r\nhello")).isEqualTo("200 hello");
        assertThat(answers("HTTP/1.0 200 OK\nX: y\n\nhello")).isEqualTo("200 hello");
        assertThat(answers("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n"))
                .isEqualTo("204 ");
    }

    @Test
    void chunksOfAnySizeCutAnywhereGiveTheSameBytes() throws Exception {
        StringBuilder sent = new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        StringBuilder wanted = new StringBuilder("200 ");
        for (int i = 1; i < 300; i++) {
            String part = Integer.toString(i).repeat(i % 40 + 1);
            wanted.append(part);
            sent.append(Integer.toHexString(part.length()))
                    .append("\r\n")
                    .append(part)
                    .append("\r\n");
        }
        byte[] bytes = sent.append("0\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        for (int step : new int[] {1, 7, 100, 8_191, 8_192, bytes.length}) {
            try (Stranger stranger = new Stranger((n, out) -> {
                for (int at = 0; at < bytes.length; at += step) out.write(bytes, at, Math.min(step, bytes.length - at));
                out.flush();
            })) {
                assertThat(call(stranger, Patience.of(LONG))).isEqualTo(wanted.toString());
            }
        }
    }

    @Test
    void whatHasArrivedIsHandedOverAtOnce() throws Exception {
        try (Stranger stranger = new Stranger((n, out) -> {
                    Stranger.write(
                            out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n");
                    never.await();
                });
                UpstreamAnswer answer = upstream.send(post(stranger.url()), Patience.of(LONG), new Cancel())) {
            byte[] into = new byte[100];
            assertThat(answer.read(into)).isEqualTo(3);
        }
    }

    // Connections

    @Test
    void aConnectionIsKeptForTheNextCallAndRepeatedWhenItWasClosedMeanwhile() throws Exception {
        AtomicBoolean closing = new AtomicBoolean();
        try (Stranger stranger = new Stranger((n, out) -> {
            // Closes the kept connection when the second request arrives.
            if (n == 2 && closing.compareAndSet(false, true)) throw new IllegalStateException("close");
            Stranger.write(out, Stranger.answer(200, "text/plain", "n" + n));
        })) {
            assertThat(call(stranger, Patience.of(LONG))).isEqualTo("200 n1");
            assertThat(call(stranger, Patience.of(LONG))).isEqualTo("200 n3");
            assertThat(call(stranger, Patience.of(LONG))).isEqualTo("200 n4");
            assertThat(stranger.connections()).isEqualTo(2);
            assertThat(stranger.lastHead())
                    .startsWith("POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1:")
                    .contains("A: b\r\n");
        }
    }

    @Test
    void aConnectionWithBytesTooManyOrAHalfReadAnswerIsNotUsedAgain() throws Exception {
        try (Stranger stranger = new Stranger((n, out) ->
                Stranger.write(out, Stranger.answer(200, "text/plain", "short") + "HTTP/1.1 200 OK\r\n\r\nsmuggled"))) {
            assertThat(call(stranger, Patience.of(LONG))).isEqualTo("200 short");
            assertThat(call(stranger, Patience.of(LONG))).isEqualTo("200 short");
            assertThat(stranger.connections()).isEqualTo(2);
            upstream.send(post(stranger.url()), Patience.of(LONG), new Cancel()).close();
            assertThat(call(stranger, Patience.of(LONG))).isEqualTo("200 short");
            assertThat(stranger.connections()).isEqualTo(4);
        }
    }

    @Test
    void aRedirectIsAnAnswerAndNothingMore() throws Exception {
        try (Stranger stranger = new Stranger((n, out) -> Stranger.write(
                out, "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"))) {
            assertThat(call(stranger, Patience.of(LONG))).isEqualTo("302 ");
            assertThat(stranger.requests()).isEqualTo(1);
        }
    }

    // Strangers

    @Test
    void whoHangsOrTricklesIsCut() throws Exception {
        assertThat(fails((n, out) -> never.await(), patience(LONG, SHORT, LONG, LONG)))
                .isEqualTo(Code.TIMEOUT);
        assertThat(fails((n, out) -> never.await(), patience(LONG, LONG, LONG, SHORT)))
                .isEqualTo(Code.TIMEOUT);
        Stranger.Behaviour silentBody = (n, out) -> {
            Stranger.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
            never.await();
        };
        assertThat(fails(silentBody, patience(LONG, LONG, SHORT, LONG))).isEqualTo(Code.TIMEOUT);
        Stranger.Behaviour trickle = (n, out) -> {
            Stranger.write(out, "HTTP/1.1 200 OK\r\n");
            while (!never.await(20, TimeUnit.MILLISECONDS)) Stranger.write(out, "X: y\r\n");
        };
        assertThat(fails(trickle, patience(LONG, LONG, LONG, Duration.ofMillis(500))))
                .isIn(Code.TIMEOUT);
    }

    @Test
    void whoCutsOrLiesAboutLengthsIsFound() throws Exception {
        assertThat(fails((n, out) -> end(out, ""))).isEqualTo(Code.CUT);
        assertThat(fails((n, out) -> end(out, "HTTP/1.1 200"))).isEqualTo(Code.CUT);
        assertThat(fails((n, out) -> end(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")))
                .isEqualTo(Code.CUT);
        assertThat(fails((n, out) -> end(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")))
                .isEqualTo(Code.CUT);
        for (String head : new String[] {
            "Content-Length: 1\r\nContent-Length: 2",
            "Content-Length: -1",
            "Content-Length: 99999999999999999999",
            "Transfer-Encoding: gzip, chunked",
            ": no name"
        }) {
            assertThat(fails((n, out) -> end(out, "HTTP/1.1 200 OK\r\n" + head + "\r\n\r\nx")))
                    .as(head)
                    .isEqualTo(Code.PROTOCOL_ERROR);
        }
        for (String size : new String[] {"", "x", "-5", "ffffffffffffffffff", "5 5x"}) {
            Code code = fails(
                    (n, out) -> end(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + "\r\nhello"));
            assertThat(code).as(size).isIn(Code.PROTOCOL_ERROR, Code.CUT);
        }
    }

    @Test
    void whoSpeaksNoHttpIsFound() throws Exception {
        assertThat(fails((n, out) -> end(out, "SSH-2.0-OpenSSH\r\n\r\n"))).isEqualTo(Code.PROTOCOL_ERROR);
        assertThat(fails((n, out) -> end(out, "HTTP/2 200 OK    \r\n\r\n"))).isEqualTo(Code.PROTOCOL_ERROR);
        assertThat(fails((n, out) -> end(out, "HTTP/1.1 abc OK\r\n\r\n"))).isEqualTo(Code.PROTOCOL_ERROR);
        assertThat(fails((n, out) -> end(out, "HTTP/1.1 101 Switch\r\n\r\n"))).isEqualTo(Code.PROTOCOL_ERROR);
        assertThat(fails((n, out) -> end(out, "HTTP/1.1 100 Go\r\n\r\n".repeat(50))))
                .isEqualTo(Code.PROTOCOL_ERROR);
    }

    @Test
    void headsWithoutEndAreCutEarly() throws Exception {
        long[] sent = new long[1];
        String line = "X-Flood: " + "y".repeat(1_000) + "\r\n";
        assertThat(fails((n, out) -> {
                    Stranger.write(out, "HTTP/1.1 200 OK\r\n");
                    while (sent[0] < 100_000_000) {
                        Stranger.write(out, line);
                        sent[0] += line.length();
                    }
                }))
                .isEqualTo(Code.TOO_LARGE);
        assertThat(fails((n, out) -> {
                    while (true) Stranger.write(out, "no line ever ends");
                }))
                .isIn(Code.TOO_LARGE, Code.PROTOCOL_ERROR);
        assertThat(fails((n, out) -> {
                    Stranger.write(out, "HTTP/1.1 200 OK\r\n");
                    while (true) Stranger.write(out, "a:b\r\n");
                }))
                .isIn(Code.TOO_LARGE, Code.TIMEOUT);
    }

    // Targets

    @Test
    void anAddressIsCheckedAfterItsNameWasResolvedAndThatOneIsConnectedTo() throws Exception {
        int[] asked = new int[1];
        // The second answer would be inside: a name that is rebound.
        Resolver rebinding = host -> new InetAddress[] {
            asked[0]++ == 0 ? InetAddress.getByName("127.0.0.1") : InetAddress.getByName("10.0.0.1")
        };
        SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        try (Stranger stranger =
                        new Stranger((n, out) -> Stranger.write(out, Stranger.answer(200, "text/plain", "hello")));
                HttpUpstream loopback = new HttpUpstream(
                        new Connector(watch, Optional.of(Targets.publicAndLoopback()), rebinding, tls));
                HttpUpstream strict =
                        new HttpUpstream(new Connector(watch, Optional.of(Targets.publicOnly()), rebinding, tls))) {
            String url = stranger.url().replace("127.0.0.1", "provider.example");
            loopback.send(post(url), Patience.of(LONG), new Cancel()).close();
            assertThat(asked[0]).isEqualTo(1);
            assertThat(catchThrowableOfType(
                                    UpstreamError.class,
                                    () -> loopback.send(post(url), Patience.of(LONG), new Cancel()))
                            .code())
                    .isEqualTo(Code.TARGET_FORBIDDEN);
            for (String inside : new String[] {"127.0.0.1", "[::1]", "169.254.169.254", "10.1.2.3", "0.0.0.0"}) {
                UpstreamError refused = catchThrowableOfType(
                        UpstreamError.class,
                        () -> new HttpUpstream(new Connector(watch, Optional.of(Targets.publicOnly())))
                                .send(post("http://" + inside + ":1"), Patience.of(LONG), new Cancel()));
                assertThat(refused.code()).as(inside).isEqualTo(Code.TARGET_FORBIDDEN);
            }
            assertThat(strict).isNotNull();
        }
    }

    @Test
    void aWrongAddressOrHeaderIsRefusedBeforeAnythingIsSent() {
        for (String url : new String[] {"ftp://x", "http:///x", "http://user:pw@x", "nonsense", "http://x:99999"}) {
            UpstreamError refused = catchThrowableOfType(
                    UpstreamError.class, () -> upstream.send(post(url), Patience.of(SHORT), new Cancel()));
            assertThat(refused.code()).as(url).isEqualTo(Code.INVALID_REQUEST);
        }
        WireRequest split = new WireRequest("GET", "http://127.0.0.1:1/", Map.of("A", "b\r\nInjected: yes"), null);
        assertThat(catchThrowableOfType(
                                UpstreamError.class, () -> upstream.send(split, Patience.of(SHORT), new Cancel()))
                        .code())
                .isEqualTo(Code.INVALID_REQUEST);
    }

    @Test
    void aCallThatIsGivenUpIsCutAtOnce() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (Stranger stranger = new Stranger((n, out) -> {
            asked.countDown();
            never.await();
        })) {
            Cancel cancel = new Cancel();
            Thread.ofVirtual().start(() -> {
                try {
                    asked.await();
                } catch (InterruptedException nobodyDoes) {
                    return;
                }
                cancel.cancel();
            });
            UpstreamError cut = catchThrowableOfType(
                    UpstreamError.class, () -> upstream.send(post(stranger.url()), Patience.of(LONG), cancel));
            assertThat(cut.code()).isEqualTo(Code.CANCELLED);
        }
    }

    private static void end(OutputStream out, String text) throws Exception {
        Stranger.write(out, text);
        throw new IllegalStateException("close");
    }
}
