package dev.agentplatform.gateway.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Settings.WrongSetting;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.web.HttpServer;
import dev.agentplatform.web.HttpSettings;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway before upstreams that behave well and badly, all on real sockets. */
@Timeout(60)
class ForwardingTest {
    private static final long BIG_BYTES = 100_000_000;
    private static final Logger QUIET = Logger.getLogger("dev.agentplatform.gateway.forward");

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private RawUpstream upstream;
    private HttpServer gateway;
    private Forwarding forwarding;

    static {
        // Each upstream that fails is a line otherwise.
        if (System.getenv("LOUD") == null) QUIET.setLevel(Level.SEVERE);
    }

    private void before(RawUpstream behind, String... settings) {
        upstream = behind;
        before(behind.url(), settings);
    }

    private void before(String url, String... settings) {
        Map<String, String> values = new HashMap<>();
        values.put("PORT", "0");
        values.put("AGENT_PLATFORM_AGENT_SERVICE_URL", url);
        for (int i = 0; i < settings.length; i += 2) values.put(settings[i], settings[i + 1]);
        forwarding = new Forwarding(new Settings(values));
        gateway = gateway(values, forwarding);
    }

    private static HttpServer gateway(Map<String, String> values, Forwarding forwarding) {
        HttpServer server = new HttpServer(
                HttpSettings.from(new Settings(values)),
                new Ids(Clock.systemUTC()),
                forwarding.routes(),
                List.of(),
                List.of());
        forwarding.start();
        server.start();
        return server;
    }

    @AfterEach
    void stop() throws IOException {
        client.shutdownNow();
        if (gateway != null) gateway.stop();
        if (forwarding != null) forwarding.stop();
        if (upstream != null) upstream.close();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path));
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = to(path);
        if (headers.length > 0) request.headers(headers);
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String code(HttpResponse<String> response) {
        return Json.parse(response.body()).path("code").asString();
    }

    private Socket raw() throws IOException {
        Socket socket = new Socket("127.0.0.1", gateway.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static String line(String head, String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(null);
    }

    // ---- what goes on

    @Test
    void methodPathQueryBodyAndHeadersGoOnAndTheAnswerComesBack() throws Exception {
        before(new RawUpstream((own, socket) -> {
            own.head(socket);
            byte[] body = socket.getInputStream().readNBytes(7);
            RawUpstream.write(
                    socket,
                    "HTTP/1.1 418 Odd\r\nContent-Length: 7\r\nContent-Type: text/strange\r\nSet-Cookie: a=1\r\n"
                            + "Set-Cookie: b=2\r\nX-Kept: yes\r\nX-Hop: no\r\nConnection: close, X-Hop\r\n\r\n"
                            + new String(body));
        }));
        HttpResponse<String> answer = client.send(
                to("/gateway/agents/a%20b/c?x=1&y=%C3%A4")
                        .method("PATCH", BodyPublishers.ofString("{\"a\":1}"))
                        .headers("Content-Type", "application/json", "x-api-key", "the-key", "x-mine", "1")
                        .header("x-workspace-id", "w1")
                        .header("x-request-id", "r-1")
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(418);
        assertThat(answer.body()).isEqualTo("{\"a\":1}");
        assertThat(answer.headers().allValues("set-cookie")).containsExactly("a=1", "b=2");
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/strange");
        assertThat(answer.headers().firstValue("x-kept")).hasValue("yes");
        assertThat(answer.headers().firstValue("x-hop")).isEmpty();
        assertThat(answer.headers().firstValue("x-request-id")).hasValue("r-1");

        String head = upstream.heads.getFirst();
        assertThat(head).startsWith("PATCH /agents/a%20b/c?x=1&y=%C3%A4 HTTP/1.1\r\n");
        assertThat(line(head, "host")).isEqualTo(upstream.url().substring("http://".length()));
        assertThat(line(head, "x-api-key")).isEqualTo("the-key");
        assertThat(line(head, "x-mine")).isEqualTo("1");
        assertThat(line(head, "x-workspace-id")).isEqualTo("w1");
        assertThat(line(head, "x-tenant-id")).isEqualTo("w1");
        assertThat(line(head, "x-request-id")).isEqualTo("r-1");
        assertThat(line(head, "x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(line(head, "x-forwarded-host")).isEqualTo("127.0.0.1:" + gateway.port());
        assertThat(line(head, "x-forwarded-proto")).isEqualTo("http");
        assertThat(line(head, "traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    }

    @Test
    void hopByHopHeadersStopHereAlsoThoseThatConnectionNames() throws Exception {
        before(RawUpstream.saying("HTTP/1.1 204 Nothing\r\n\r\n"));
        try (Socket socket = raw()) {
            RawUpstream.write(
                    socket,
                    "GET /agents HTTP/1.1\r\n"
                            + "Host: a\r\n"
                            + "Connection: close, x-secret-hop\r\n"
                            + "x-secret-hop: 1\r\n"
                            + "TE: trailers\r\n"
                            + "Keep-Alive: timeout=5\r\n"
                            + "Proxy-Authorization: Basic x\r\n"
                            + "x-tenant-id: w2\r\n"
                            + "X-Forwarded-For: 10.0.0.1\r\n"
                            + "Origin: http://page\r\n\r\n");
            assertThat(new String(socket.getInputStream().readAllBytes())).startsWith("HTTP/1.1 204");
        }
        String head = upstream.heads.getFirst();
        assertThat(head.toLowerCase(Locale.ROOT))
                .doesNotContain("x-secret-hop", "\r\nte:", "keep-alive", "proxy-auth", "upgrade", "origin");
        assertThat(line(head, "x-workspace-id")).isEqualTo("w2");
        assertThat(line(head, "x-forwarded-for")).isEqualTo("10.0.0.1, 127.0.0.1");
    }

    @Test
    void aTraceGoesOnWithASpanOfItsOwn() throws Exception {
        before(RawUpstream.saying("HTTP/1.1 204 Nothing\r\n\r\n"));
        String trace = "0af7651916cd43dd8448eb211c80319c";
        get("/agents", "traceparent", "00-" + trace + "-b7ad6b7169203331-00", "tracestate", "a=1");
        get("/agents", "traceparent", "00-" + "0".repeat(32) + "-b7ad6b7169203331-00", "tracestate", "a=1");
        assertThat(line(upstream.heads.getFirst(), "traceparent"))
                .matches("00-" + trace + "-[0-9a-f]{16}-00")
                .doesNotContain("b7ad6b7169203331");
        assertThat(line(upstream.heads.getFirst(), "tracestate")).isEqualTo("a=1");
        assertThat(line(upstream.heads.getLast(), "traceparent")).doesNotContain("0".repeat(32));
        assertThat(line(upstream.heads.getLast(), "tracestate")).isNull();
    }

    @Test
    void aWorkspaceInASmallBodyIsForwardedAndADefaultIsNot() throws Exception {
        before(new RawUpstream((own, socket) -> {
            own.head(socket);
            RawUpstream.write(socket, "HTTP/1.1 204 Nothing\r\n\r\n");
        }));
        client.send(
                to("/agents")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"tenant_id\":\"t1\"}"))
                        .build(),
                BodyHandlers.ofString());
        get("/agents");
        assertThat(line(upstream.heads.getFirst(), "x-workspace-id")).isEqualTo("t1");
        assertThat(line(upstream.heads.getLast(), "x-workspace-id")).isNull();
        HttpResponse<String> conflict = client.send(
                to("/agents?workspace_id=other")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"tenant_id\":\"t1\"}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(code(conflict)).isEqualTo("workspace_conflict");
    }

    @Test
    void aHeadHasNoBodyAndKeepsItsLength() throws Exception {
        before(RawUpstream.saying("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nContent-Type: text/plain\r\n\r\n"));
        HttpResponse<String> answer = client.send(
                to("/agents/x").method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.ofString());
        assertThat(answer.headers().firstValue("content-length")).hasValue("5000");
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/plain");
        assertThat(upstream.heads.getFirst()).startsWith("HEAD /agents/x ");
    }

    @Test
    void aPathThatClimbsIsRefused() throws Exception {
        before(RawUpstream.saying("HTTP/1.1 204 Nothing\r\n\r\n"));
        for (String path : List.of(
                "/agents/../auth/users",
                "/agents/%2e%2e/auth",
                "/agents/.%2E/auth",
                "/agents/x/..%2f..%2fauth",
                "/agents/..;a=b/auth",
                "/agents/./x")) {
            try (Socket socket = raw()) {
                RawUpstream.write(socket, "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                assertThat(new String(socket.getInputStream().readAllBytes()))
                        .as(path)
                        .startsWith("HTTP/1.1 4");
            }
        }
        assertThat(upstream.heads).isEmpty();
    }

    // ---- bodies

    @Test
    void bigBodiesGoThroughBothWaysWithoutBeingKept() throws Exception {
        AtomicLong received = new AtomicLong();
        before(new RawUpstream((own, socket) -> {
            String head = own.head(socket);
            boolean chunked = head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked");
            byte[] buffer = new byte[65_536];
            InputStream in = socket.getInputStream();
            String tail = "";
            for (long left = BIG_BYTES; chunked ? !tail.endsWith("0\r\n\r\n") : left > 0; ) {
                int count = in.read(buffer);
                left -= count;
                received.addAndGet(count);
                tail = new String(buffer, Math.max(0, count - 5), Math.min(5, count));
            }
            RawUpstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: " + BIG_BYTES + "\r\n\r\n");
            for (long left = BIG_BYTES; left > 0; left -= 62_500)
                socket.getOutputStream().write(buffer, 0, 62_500);
        }));
        long before = usedHeap();
        for (boolean chunked : List.of(false, true)) {
            received.set(0);
            try (InputStream endless = zeros(BIG_BYTES)) {
                var body = BodyPublishers.ofInputStream(() -> endless);
                HttpRequest request = to("/agents/files")
                        .header("Content-Type", "application/octet-stream")
                        .POST(chunked ? body : BodyPublishers.fromPublisher(body, BIG_BYTES))
                        .build();
                HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
                long back = 0;
                byte[] buffer = new byte[65_536];
                for (int n = answer.body().read(buffer);
                        n >= 0;
                        n = answer.body().read(buffer)) back += n;
                assertThat(back).isEqualTo(BIG_BYTES);
                assertThat(received.get()).isGreaterThanOrEqualTo(BIG_BYTES);
            }
        }
        assertThat(usedHeap() - before).isLessThan(30_000_000);
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static InputStream zeros(long count) {
        return new InputStream() {
            private long left = count;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] buffer, int from, int length) {
                if (left <= 0) return -1;
                int given = (int) Math.min(length, left);
                left -= given;
                return given;
            }
        };
    }

    @Test
    void eventsArriveOneByOne() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        before(new RawUpstream((own, socket) -> {
            own.head(socket);
            RawUpstream.write(
                    socket,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "e\r\ndata: first\n\n\n\r\n");
            if (!seen.await(10, TimeUnit.SECONDS)) return;
            RawUpstream.write(socket, "d\r\ndata: last\n\n\n\r\n0\r\n\r\n");
        }));
        HttpResponse<InputStream> answer =
                client.send(to("/agents/runs/1/events").build(), BodyHandlers.ofInputStream());
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream");
        byte[] first = answer.body().readNBytes(14);
        assertThat(new String(first)).isEqualTo("data: first\n\n\n");
        seen.countDown();
        assertThat(new String(answer.body().readAllBytes())).isEqualTo("data: last\n\n\n");
    }

    @Test
    void aConnectionServesManyRequestsAndAClosedOneIsReplaced() throws Exception {
        before(new RawUpstream((own, socket) -> {
            for (int i = 0; i < 3 && own.head(socket) != null; i++) {
                RawUpstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        }));
        for (int i = 0; i < 9; i++) assertThat(get("/agents").body()).isEqualTo("ok");
        assertThat(upstream.connections()).isBetween(3, 4);
    }

    @Test
    void bytesThatNobodyAskedForAreNotTakenForTheNextAnswer() throws Exception {
        before(new RawUpstream((own, socket) -> {
            while (own.head(socket) != null) {
                RawUpstream.write(
                        socket,
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                                + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
            }
        }));
        for (int i = 0; i < 20; i++) assertThat(get("/agents").body()).isEqualTo("ok");
    }

    @Test
    void anEarlyAnswerEndsTheUpload() throws Exception {
        before(new RawUpstream((own, socket) -> {
            own.head(socket);
            RawUpstream.write(socket, "HTTP/1.1 413 Large\r\nContent-Length: 3\r\n\r\nbig");
            // Keeps reading, so that the answer is not lost in a reset.
            socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        }));
        try (Socket socket = raw()) {
            RawUpstream.write(socket, "POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) RawUpstream.write(socket, "x".repeat(100_000));
                } catch (IOException wantsNoMore) {
                    // As it should be.
                }
            });
            StringBuilder seen = new StringBuilder();
            while (seen.indexOf("big") < 0) {
                int c = socket.getInputStream().read();
                assertThat(c).as(seen.toString()).isNotNegative();
                seen.append((char) c);
            }
            assertThat(seen).startsWith("HTTP/1.1 413");
        }
    }

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
                        Thread.sleep(20);
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
                    Thread.sleep(Duration.ofSeconds(30));
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

    // ---- around it

    @Test
    void whatIsUnderWayFinishesWhileTheServerDrains() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        before(new RawUpstream((own, socket) -> {
            own.head(socket);
            arrived.countDown();
            goOn.await(20, TimeUnit.SECONDS);
            RawUpstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
        }));
        var open = client.sendAsync(to("/agents").build(), BodyHandlers.ofString());
        arrived.await();
        gateway.drain();
        HttpResponse<String> refused = get("/agents");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        goOn.countDown();
        gateway.stop();
        assertThat(open.get().body()).isEqualTo("done");
    }

    @Test
    void healthOfTheOthersIsProbed() throws Exception {
        before(RawUpstream.saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        assertThat(forwarding.checks()).singleElement().satisfies(check -> {
            assertThat(check.name()).isEqualTo("agent");
            assertThat(check.url()).hasValue(upstream.url());
            check.probe().run();
        });
        assertThat(upstream.heads.getFirst()).startsWith("GET /health HTTP/1.1\r\n");
        upstream.close();
        Await.until(
                () -> {
                    try {
                        forwarding.checks().getFirst().probe().run();
                        return false;
                    } catch (IOException refused) {
                        return true;
                    }
                },
                "the probe of a service that is gone fails");
    }

    @Test
    void onlyTheRoutesOfForwardedServicesAreTaken() {
        before("http://127.0.0.1:1");
        Routes rooms = new Routes("any", "Any");
        rooms.get("/agents/{id}", "An agent").handle(request -> Reply.empty(204));
        rooms.get("/agentships", "No agent").handle(request -> Reply.empty(204));
        assertThat(rooms.without(forwarding::takes).routes())
                .extracting(route -> route.path())
                .containsExactly("/agentships");
    }

    @Test
    void addressesAreCheckedAtTheStart() {
        for (String wrong :
                List.of("agent:8007", "ftp://agent", "http://user:pw@agent", "http://agent/?a=b", "http://")) {
            assertThatThrownBy(() -> new Forwarding(new Settings(Map.of("AGENT_PLATFORM_AGENT_SERVICE_URL", wrong))))
                    .as(wrong)
                    .isInstanceOf(WrongSetting.class)
                    .hasMessageContaining("AGENT_PLATFORM_AGENT_SERVICE_URL")
                    .hasMessageNotContaining("pw");
        }
        assertThat(Upstream.of(Service.ALL.getFirst(), "https://[::1]/base/").url())
                .isEqualTo("https://[::1]/base");
    }
}
