package dev.agentplatform.web;

import static dev.agentplatform.web.TestServer.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Workspace;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The life of the server, and what is plugged into it. */
@Timeout(30)
class HttpServerTest {
    private static Routes routes() {
        Routes routes = new Routes("runtime", "Runs");
        routes.get("/open", "Open").operational().open().handle(request -> Reply.empty(204));
        routes.post("/work", "Work")
                .handle(request -> Reply.of(200, request.principal().userId().orElse("nobody")));
        return routes;
    }

    @Test
    void aDrainingServerRefusesNewWorkButAnswersOperationalRoutes() {
        try (TestServer server = new TestServer(routes())) {
            assertThat(server.post("/work", "{}").statusCode()).isEqualTo(200);
            server.server.drain();
            var refused = server.post("/work", "{}");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(code(refused)).isEqualTo("unavailable");
            assertThat(refused.headers().firstValue("retry-after")).hasValue("5");
            assertThat(server.get("/open").statusCode()).isEqualTo(204);
        }
    }

    @Test
    void aStopWaitsForWhatIsAtWork() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        Routes slow = new Routes("slow", "Slow");
        slow.get("/slow", "Slow").handle(request -> {
            entered.countDown();
            finish.await();
            return Reply.of(200, Map.of("done", true));
        });
        TestServer server = new TestServer(slow);
        try (Socket socket = server.connect()) {
            socket.getOutputStream().write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            Thread stop = Thread.startVirtualThread(server::close);
            while (!server.server.isDraining()) Thread.onSpinWait();
            finish.countDown();
            assertThat(TestServer.readUntil(socket, "{\"done\":true}")).startsWith("HTTP/1.1 200");
            stop.join();
        }
    }

    @Test
    void itMayBeStoppedTwiceOrBeforeItsStart() {
        HttpServer server =
                new HttpServer(TestServer.settings(Map.of()), TestServer.IDS, List.of(routes()), List.of(), List.of());
        server.stop();
        server.stop();
        TestServer started = new TestServer(routes());
        started.server.stop();
        started.server.stop();
        assertThatThrownBy(started.server::port).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPortInUseIsOneClearMessage() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
            String port = String.valueOf(taken.getLocalPort());
            assertThatThrownBy(() -> new TestServer(Map.of("PORT", port), routes()))
                    .isInstanceOf(HttpServer.CannotListen.class)
                    .hasMessageContaining("127.0.0.1")
                    .hasMessageContaining(port)
                    .hasMessageContaining("Address already in use")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void everyPortServesTheSame() {
        HttpSettings settings = TestServer.settings(Map.of()).withExtraPorts(List.of(0, 0));
        HttpServer server = new HttpServer(settings, TestServer.IDS, List.of(routes()), List.of(), List.of());
        server.start();
        try {
            assertThat(server.ports()).hasSize(3).doesNotHaveDuplicates();
            for (int port : server.ports()) assertThat(answersOpen(port)).isTrue();
        } finally {
            server.stop();
        }
    }

    private static boolean answersOpen(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            String answer = TestServer.exchange(socket, "GET /open HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n");
            return answer.startsWith("HTTP/1.1 204");
        } catch (java.io.IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void filtersRunInOrderAndMayIdentifyOrRefuse() {
        List<String> order = new ArrayList<>();
        Filter first = (request, next) -> {
            order.add("first");
            request.identify(new Principal(Optional.of("ada"), Optional.empty(), Set.of()), new Workspace("hers"));
            return next.handle(request);
        };
        Filter second = (request, next) -> {
            order.add("second in " + request.workspace());
            boolean refuse = request.header("x-refuse").isPresent();
            return refuse ? Reply.empty(402) : next.handle(request);
        };
        try (TestServer server = new TestServer(Map.of(), List.of(first, second), List.of(), routes())) {
            assertThat(server.post("/work", "{}").body()).isEqualTo("\"ada\"");
            assertThat(order).containsExactly("first", "second in hers");
            assertThat(server.post("/work", "{}", "x-refuse", "1").statusCode()).isEqualTo(402);
        }
    }

    @Test
    void observersSeeEveryRequestAlsoRefusedOnesAndMayFail() {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        Observer failing = answered -> {
            throw new IllegalStateException("observer");
        };
        Observer noting = answered -> seen.add(answered.request().method() + " "
                + answered.request().route().map(Route::path).orElse("-") + " " + answered.status());
        TestServer server = new TestServer(Map.of(), List.of(), List.of(failing, noting), routes());
        server.post("/work", "{}");
        server.post("/work", "{");
        server.get("/work");
        server.get("/nothing");
        server.close();
        assertThat(seen).containsExactly("POST /work 200", "POST /work 400", "GET - 405", "GET - 404");
    }

    @Test
    void originsAreAllowedOnlyBySetting() {
        String origin = "https://studio.example";
        try (TestServer closed = new TestServer(routes())) {
            assertThat(closed.get("/open", "Origin", origin).headers().firstValue("access-control-allow-origin"))
                    .isEmpty();
            var write = closed.post("/work", "{}", "Origin", origin, "Sec-Fetch-Site", "cross-site");
            assertThat(write.statusCode()).isEqualTo(403);
            assertThat(code(write)).isEqualTo("origin_not_allowed");
        }
        try (TestServer open = new TestServer(Map.of("AGENT_PLATFORM_CORS_ORIGINS", origin), routes())) {
            var write = open.post("/work", "{}", "Origin", origin, "Sec-Fetch-Site", "cross-site");
            assertThat(write.statusCode()).isEqualTo(200);
            assertThat(write.headers().firstValue("access-control-allow-origin"))
                    .hasValue(origin);
            var preflight = open.method(
                    "OPTIONS",
                    "/work",
                    null,
                    "Origin",
                    origin,
                    "Access-Control-Request-Method",
                    "POST",
                    "Access-Control-Request-Headers",
                    "content-type,x-api-key");
            assertThat(preflight.statusCode()).isEqualTo(204);
            assertThat(preflight.headers().firstValue("access-control-allow-headers"))
                    .hasValue("content-type,x-api-key");
            assertThat(open.get("/open", "Origin", "https://other.example")
                            .headers()
                            .firstValue("access-control-allow-origin"))
                    .isEmpty();
        }
    }
}
