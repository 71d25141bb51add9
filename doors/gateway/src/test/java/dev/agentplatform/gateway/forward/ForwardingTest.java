package dev.agentplatform.gateway.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Settings.WrongSetting;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway before upstreams that behave well, and what is around it. */
@Timeout(60)
class ForwardingTest extends BeforeUpstreams {
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
