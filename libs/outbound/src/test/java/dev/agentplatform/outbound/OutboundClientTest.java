package dev.agentplatform.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class OutboundClientTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n"
            + "Content-Type: text/plain; charset=utf-8\r\n\r\nok";

    private final OutboundClient client = new OutboundClient(Targets.publicAndLoopback());

    /** The first request loads hundreds of classes, which a time limit of a test must not count. */
    @BeforeAll
    static void loadClasses() throws Exception {
        try (RawServer server = RawServer.answering(OK);
                OutboundClient first = new OutboundClient(Targets.publicAndLoopback())) {
            first.exchange(OutboundRequest.get(server.url("/")));
        }
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void sendsMethodPathHeadersAndBody() throws Exception {
        try (RawServer server = RawServer.answering(OK)) {
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("X-One", "1");
            headers.put("Host", "evil.test");
            headers.put("Content-Length", "1");
            headers.put("Content-Type", "application/json");
            OutboundResponse response = client.exchange(new OutboundRequest(
                    "post", server.url("/a b/ä?q=\"x\""), headers, utf8("{}"), Duration.ofSeconds(5), 100));

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("ok");
            assertThat(response.contentType()).isEqualTo("text/plain");
            assertThat(server.requests.getFirst())
                    .startsWith("POST /a%20b/%C3%A4?q=%22x%22 HTTP/1.1\r\n")
                    .contains("X-One: 1\r\n", "Host: 127.0.0.1:" + server.port() + "\r\n", "Content-Length: 2\r\n")
                    .doesNotContain("evil.test", "Content-Length: 1\r\n")
                    .endsWith("\r\n\r\n{}");
        }
    }

    @Test
    void failureStatusesAreAnswers() throws Exception {
        try (RawServer server = RawServer.answering("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy")) {
            assertThat(client.exchange(OutboundRequest.get(server.url("/"))).status())
                    .isEqualTo(503);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:%d/",
                "http://localhost:%d/",
                "http://2130706433:%d/",
                "http://[::ffff:127.0.0.1]:%d/"
            })
    void connectsToNoForbiddenTarget(String url) throws Exception {
        try (RawServer server = RawServer.answering(OK);
                OutboundClient guarded = new OutboundClient(Targets.publicOnly())) {
            OutboundError error = error(guarded, OutboundRequest.get(url.formatted(server.port())));
            assertThat(error.code()).isIn("target_forbidden", "dns_failed");
            assertThat(server.requests).isEmpty();
        }
    }

    @Test
    void theCheckedAddressIsTheOneConnectedTo() throws Exception {
        // The name turns to loopback after the first look: a second look must not happen.
        AtomicInteger looks = new AtomicInteger();
        Resolver rebinding = host ->
                new InetAddress[] {InetAddress.ofLiteral(looks.getAndIncrement() == 0 ? "240.0.0.1" : "127.0.0.1")};
        try (RawServer server = RawServer.answering(OK);
                OutboundClient guarded =
                        new OutboundClient(Targets.allowing("240.0.0.0/4"), rebinding, Duration.ofMillis(300))) {
            OutboundRequest request = OutboundRequest.get("http://rebind.test:" + server.port() + "/");
            assertThat(error(guarded, request).code()).isEqualTo("connect_failed");
            assertThat(looks).hasValue(1);
            assertThat(error(guarded, request).code()).isEqualTo("target_forbidden");
            assertThat(server.requests).isEmpty();
        }
    }

    @Test
    void forbiddenAddressesOfAMixedNameAreLeftOut() throws Exception {
        Resolver mixed = host -> new InetAddress[] {InetAddress.ofLiteral("::1"), InetAddress.ofLiteral("127.0.0.1")};
        try (RawServer server = RawServer.answering(OK);
                OutboundClient guarded =
                        new OutboundClient(Targets.allowing("127.0.0.0/8"), mixed, Duration.ofSeconds(1))) {
            assertThat(guarded.exchange(OutboundRequest.get("http://mixed.test:" + server.port() + "/"))
                            .status())
                    .isEqualTo(200);
            assertThat(server.requests.getFirst()).contains("Host: mixed.test:" + server.port() + "\r\n");
        }
    }

    @Test
    void followsRedirectsWithoutHandingCredentialsToAnotherOrigin() throws Exception {
        try (RawServer last = RawServer.answering(OK);
                RawServer first = RawServer.answering(redirect("307 Go", last.url("/there")))) {
            Map<String, String> headers = Map.of("Authorization", "Bearer x", "X-Api-Key", "y", "Accept", "a/b");
            byte[] body = "body".getBytes(StandardCharsets.UTF_8);
            OutboundResponse response = client.exchange(
                    new OutboundRequest("POST", first.url("/"), headers, body, Duration.ofSeconds(5), 100));

            assertThat(response.text()).isEqualTo("ok");
            assertThat(first.requests.getFirst()).contains("Bearer x");
            assertThat(last.requests.getFirst())
                    .startsWith("POST /there ")
                    .contains("Accept: a/b")
                    .endsWith("body")
                    .doesNotContain("Bearer", "X-Api-Key");
        }
    }

    @Test
    void keepsCredentialsWithinTheOriginAndTurnsASeeOtherIntoGet() throws Exception {
        try (RawServer server = new RawServer(
                (request, out) -> out.write((request.startsWith("POST") ? redirect("303 See", "../next?x=1") : OK)
                        .getBytes(StandardCharsets.UTF_8)))) {
            Map<String, String> headers = Map.of("Authorization", "Bearer x");
            client.exchange(
                    new OutboundRequest("POST", server.url("/a/b"), headers, new byte[] {1}, Duration.ofSeconds(5), 9));
            assertThat(server.requests.get(1))
                    .startsWith("GET /next?x=1 ")
                    .contains("Bearer x")
                    .doesNotContain("Content-Length: 1");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://10.0.0.1/            | target_forbidden",
                "http://169.254.169.254/meta | target_forbidden",
                "//[fd00:ec2::254]/          | target_forbidden",
                "file:///etc/passwd          | invalid_request",
                "/again                      | too_many_redirects"
            })
    void checksEachRedirect(String location, String code) throws Exception {
        try (RawServer server = RawServer.answering(redirect("302 Go", location))) {
            assertThat(error(client, OutboundRequest.get(server.url("/"))).code())
                    .isEqualTo(code);
            assertThat(server.requests.size()).isLessThanOrEqualTo(1 + OutboundClient.REDIRECTS_MAX);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://a.test/",
                "//a.test/",
                "a.test",
                "http://",
                "http://u:p@127.0.0.1/",
                "http://a.test:0/",
                "http://a.test:99999/",
                "http://[fe80::1%25eth0]/",
                "http://a.test\r\nX: y/",
                "http://%31/",
                "",
                "http://a b/"
            })
    void refusesWhatIsNoTarget(String url) {
        assertThat(error(client, OutboundRequest.get(url)).code()).isEqualTo("invalid_request");
    }

    @ParameterizedTest
    @CsvSource({"GE T,X,y", "CONNECT,X,y", "GET,'X: y',z"})
    void refusesWhatCannotBeSent(String method, String name, String value) {
        OutboundRequest request =
                new OutboundRequest(method, "http://127.0.0.1:1/", Map.of(name, value), null, Duration.ofSeconds(1), 1);
        assertThat(error(client, request).code()).isEqualTo("invalid_request");
    }

    @Test
    void refusesLineBreaksInHeaders() {
        OutboundRequest request = new OutboundRequest(
                "GET", "http://127.0.0.1:1/", Map.of("X", "a\r\nY: b"), null, Duration.ofSeconds(1), 1);
        assertThat(error(client, request).code()).isEqualTo("invalid_request");
    }

    @Test
    void aServerThatHangsIsCutAtTheTimeLimit() throws Exception {
        try (RawServer server = new RawServer((request, out) -> new CountDownLatch(1).await(20, TimeUnit.SECONDS))) {
            OutboundError error = error(client, limited(server.url("/"), 200, 1_000));
            assertThat(error.code()).isEqualTo("timeout");
            assertThat(error.retryable()).isTrue();
        }
    }

    @Test
    void aServerThatTricklesIsCutAtTheTimeLimit() throws Exception {
        try (RawServer server = new RawServer((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            CountDownLatch never = new CountDownLatch(1);
            while (!never.await(20, TimeUnit.MILLISECONDS)) out.write("1\r\nx\r\n".getBytes(StandardCharsets.UTF_8));
        })) {
            assertThat(error(client, limited(server.url("/"), 1_000, 1_000_000)).code())
                    .isEqualTo("timeout");
            assertThat(server.cut.await(10, TimeUnit.SECONDS))
                    .as("connection closed")
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: chunked\r\n", "", "Content-Length: 9000000000\r\n"})
    void anEndlessAnswerIsCutAtTheSizeLimit(String framing) throws Exception {
        try (RawServer server = new RawServer((request, out) -> {
            out.write(("HTTP/1.1 200 OK\r\n" + framing + "\r\n").getBytes(StandardCharsets.UTF_8));
            byte[] chunk = ("400\r\n" + "x".repeat(1024) + "\r\n").getBytes(StandardCharsets.UTF_8);
            while (true) out.write(chunk);
        })) {
            OutboundError error = error(client, limited(server.url("/"), 20_000, 100_000));
            assertThat(error.code()).isEqualTo("too_large");
            assertThat(error.retryable()).isFalse();
            assertThat(server.cut.await(10, TimeUnit.SECONDS))
                    .as("connection closed")
                    .isTrue();
        }
    }

    @Test
    void aBodyOfExactlyTheLimitFits() throws Exception {
        try (RawServer server = RawServer.answering(OK)) {
            assertThat(client.exchange(limited(server.url("/"), 5_000, 2)).text())
                    .isEqualTo("ok");
            assertThat(error(client, limited(server.url("/"), 5_000, 1)).code()).isEqualTo("too_large");
        }
    }

    @Test
    void aCompressedAnswerIsUnfoldedWithinTheLimit() throws Exception {
        try (RawServer server = zipped("hello".repeat(10).getBytes(StandardCharsets.UTF_8))) {
            assertThat(client.exchange(limited(server.url("/"), 5_000, 100)).text())
                    .isEqualTo("hello".repeat(10));
        }
        try (RawServer bomb = zipped(new byte[50_000_000])) {
            assertThat(error(client, limited(bomb.url("/"), 20_000, 1_000_000)).code())
                    .isEqualTo("too_large");
        }
    }

    @Test
    void damagedCompressionIsAProtocolError() throws Exception {
        try (RawServer server =
                RawServer.answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")) {
            OutboundError error = error(client, limited(server.url("/"), 5_000, 100));
            assertThat(error.code()).isEqualTo("protocol_error");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Le",
                ""
            })
    void aCutAnswerIsARetryableProtocolError(String answer) throws Exception {
        try (RawServer server = RawServer.answering(answer)) {
            OutboundError error = error(client, limited(server.url("/"), 5_000, 100));
            assertThat(error.code()).isEqualTo("protocol_error");
            assertThat(error.retryable()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"
            })
    void whatIsNoHttpIsAProtocolError(String answer) throws Exception {
        try (RawServer server = RawServer.answering(answer)) {
            assertThat(error(client, limited(server.url("/"), 5_000, 100)).code())
                    .isEqualTo("protocol_error");
        }
    }

    @Test
    void hugeHeadersAreTooLarge() throws Exception {
        try (RawServer longLine = RawServer.answering("HTTP/1.1 200 OK\r\nX: " + "x".repeat(20_000) + "\r\n\r\n");
                RawServer manyLines = RawServer.answering("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(500) + "\r\n")) {
            assertThat(error(client, limited(longLine.url("/"), 5_000, 100)).code())
                    .isEqualTo("too_large");
            assertThat(error(client, limited(manyLines.url("/"), 5_000, 100)).code())
                    .isEqualTo("too_large");
        }
    }

    @Test
    void aLongerBodyThanClaimedIsCutOffAndDoesNotReachTheNextAnswer() throws Exception {
        String two =
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
        try (RawServer server = RawServer.answering(two)) {
            assertThat(client.exchange(limited(server.url("/"), 5_000, 100)).text())
                    .isEqualTo("ok");
        }
    }

    @Test
    void tellsWhyThereIsNoConnection() throws Exception {
        int closedPort;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closedPort = free.getLocalPort();
        }
        OutboundError refused = error(client, limited("http://127.0.0.1:" + closedPort + "/", 5_000, 100));
        assertThat(refused.code()).isEqualTo("connect_failed");
        assertThat(refused.retryable()).isTrue();

        Resolver knowsNothing = host -> {
            throw new UnknownHostException(host);
        };
        try (OutboundClient lost = new OutboundClient(Targets.publicOnly(), knowsNothing, Duration.ofSeconds(1))) {
            assertThat(error(lost, OutboundRequest.get("http://nowhere.test/")).code())
                    .isEqualTo("dns_failed");
        }
    }

    @Test
    void aServerWithoutTlsIsATlsFailure() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = plain.accept()) {
                    socket.getOutputStream().write("nonsense nonsense".getBytes(StandardCharsets.UTF_8));
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException closed) {
                    assertThat(plain.isClosed()).isTrue();
                }
            });
            OutboundError error = error(client, limited("https://127.0.0.1:" + plain.getLocalPort() + "/", 9_000, 9));
            assertThat(error.code()).isEqualTo("tls_failed");
        }
    }

    @Test
    void usesAConnectionAgain() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> keepAlive(listener, connections));
            for (int i = 0; i < 3; i++) {
                String url = "http://127.0.0.1:" + listener.getLocalPort() + "/";
                assertThat(client.exchange(limited(url, 9_000, 9)).text()).isEqualTo("ok");
            }
            assertThat(connections).hasValue(1);
        }
    }

    private static void keepAlive(ServerSocket listener, AtomicInteger connections) {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                connections.incrementAndGet();
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    byte[] answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.UTF_8);
                    if (line.isEmpty()) socket.getOutputStream().write(answer);
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    @Test
    void aResolverThatHangsIsCutAtTheTimeLimit() {
        Resolver hangs = host -> {
            try {
                new CountDownLatch(1).await(20, TimeUnit.SECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        };
        try (OutboundClient slow = new OutboundClient(Targets.publicOnly(), hangs, Duration.ofSeconds(1))) {
            assertThat(error(slow, limited("http://slow.test/", 200, 100)).code())
                    .isEqualTo("timeout");
        }
    }

    @Test
    void anInterruptClosesTheConnection() throws Exception {
        try (RawServer server = new RawServer((request, out) -> {
            CountDownLatch never = new CountDownLatch(1);
            while (!never.await(20, TimeUnit.MILLISECONDS)) out.write(utf8("HTTP/1.1 102 Wait\r\n\r\n"));
        })) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            AtomicReference<Thread> caller = new AtomicReference<>();
            caller.set(Thread.ofVirtual().start(() -> {
                try {
                    client.exchange(OutboundRequest.get(server.url("/")));
                    thrown.complete(null);
                } catch (Throwable failure) {
                    thrown.complete(failure);
                }
            }));
            assertThat(server.received.await(10, TimeUnit.SECONDS)).isTrue();
            caller.get().interrupt();
            assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
            assertThat(server.cut.await(10, TimeUnit.SECONDS))
                    .as("connection closed")
                    .isTrue();
        }
    }

    private static String redirect(String status, String location) {
        return "HTTP/1.1 " + status + "\r\nLocation: " + location
                + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static RawServer zipped(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(plain);
        }
        return new RawServer((request, out) -> {
            out.write(("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + bytes.size() + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            out.write(bytes.toByteArray());
        });
    }

    private static OutboundRequest limited(String url, long millis, int bytesMax) {
        return new OutboundRequest("GET", url, Map.of(), null, Duration.ofMillis(millis), bytesMax);
    }

    private static OutboundError error(OutboundClient client, OutboundRequest request) {
        return catchThrowableOfType(OutboundError.class, () -> client.exchange(request));
    }
}
