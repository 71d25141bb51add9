package dev.agentplatform.gateway.forward;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.web.HttpServer;
import dev.agentplatform.web.HttpSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;

/** A gateway before an upstream that a test scripts, on real sockets. */
class BeforeUpstreams {
    static final long BIG_BYTES = 100_000_000;
    private static final Logger QUIET = Logger.getLogger("dev.agentplatform.gateway.forward");

    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    RawUpstream upstream;
    HttpServer gateway;
    Forwarding forwarding;

    static {
        // Each upstream that fails is a line otherwise.
        if (System.getenv("LOUD") == null) QUIET.setLevel(Level.SEVERE);
    }

    void before(RawUpstream behind, String... settings) {
        upstream = behind;
        before(behind.url(), settings);
    }

    void before(String url, String... settings) {
        Map<String, String> values = new HashMap<>();
        values.put("PORT", "0");
        values.put("AGENT_PLATFORM_AGENT_SERVICE_URL", url);
        for (int i = 0; i < settings.length; i += 2) values.put(settings[i], settings[i + 1]);
        forwarding = new Forwarding(new Settings(values));
        gateway = gateway(values, forwarding);
    }

    static HttpServer gateway(Map<String, String> values, Forwarding forwarding) {
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

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path));
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = to(path);
        if (headers.length > 0) request.headers(headers);
        return client.send(request.build(), BodyHandlers.ofString());
    }

    static String code(HttpResponse<String> response) {
        return Json.parse(response.body()).path("code").asString();
    }

    Socket raw() throws IOException {
        Socket socket = new Socket("127.0.0.1", gateway.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    static String line(String head, String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(null);
    }

    static InputStream zeros(long count) {
        return new InputStream() {
            long left = count;

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
}
