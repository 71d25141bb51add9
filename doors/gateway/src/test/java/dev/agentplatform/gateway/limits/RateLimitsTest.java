package dev.agentplatform.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.web.Filter;
import dev.agentplatform.web.HttpServer;
import dev.agentplatform.web.HttpSettings;
import dev.agentplatform.web.Principal;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Routes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits over HTTP, under a clock that the test moves. */
class RateLimitsTest {
    private static final long SECOND = 1_000_000_000;

    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicLong nanos = new AtomicLong();
    private HttpServer server;

    private void serve(String... settings) {
        Map<String, String> values = new HashMap<>(Map.of("PORT", "0"));
        for (int i = 0; i < settings.length; i += 2) values.put(settings[i], settings[i + 1]);
        Routes routes = new Routes("any", "Any");
        routes.get("/fine", "Fine").handle(request -> Reply.empty(204));
        routes.get("/wrong", "Wrong").handle(request -> {
            throw new Problem(409, "conflict", "No.");
        });
        routes.get("/health", "Health").operational().handle(request -> Reply.empty(204));
        Filter access = (request, next) -> {
            request.header("key")
                    .ifPresent(key -> request.identify(
                            new Principal(Optional.empty(), Optional.of(UUID.fromString(key)), Set.of()),
                            request.workspace()));
            return next.handle(request);
        };
        Settings read = new Settings(values);
        server = new HttpServer(
                HttpSettings.from(read),
                new Ids(Clock.systemUTC()),
                List.of(routes),
                List.of(access, new RateLimits(read, nanos::get)),
                List.of());
        server.start();
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        server.stop();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        if (headers.length > 0) request.headers(headers);
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static List<String> shown(HttpResponse<String> response) {
        return List.of("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset").stream()
                .map(name -> response.headers().firstValue(name).orElse("-"))
                .toList();
    }

    @Test
    void aWorkspaceHasItsTokensAndWaitsForMore() throws Exception {
        serve("AGENT_PLATFORM_RATE_WORKSPACE_PER_SECOND", "1", "AGENT_PLATFORM_RATE_WORKSPACE_BURST", "3");
        String[] mine = {"x-workspace-id", "mine"};
        assertThat(shown(get("/fine", mine))).containsExactly("3", "2", "1");
        // Problems show them too, and cost as much.
        HttpResponse<String> problem = get("/wrong", mine);
        assertThat(problem.statusCode()).isEqualTo(409);
        assertThat(shown(problem)).containsExactly("3", "1", "2");
        assertThat(get("/fine", mine).statusCode()).isEqualTo(204);
        HttpResponse<String> refused = get("/fine", mine);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(shown(refused)).containsExactly("3", "0", "3");
        assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
        assertThat(Json.parse(refused.body()).path("code").asString()).isEqualTo("rate_limited");
        assertThat(get("/fine", "x-workspace-id", "other").statusCode()).isEqualTo(204);
        assertThat(get("/health").statusCode()).isEqualTo(204);
        nanos.addAndGet(SECOND);
        assertThat(get("/fine", mine).statusCode()).isEqualTo(204);
        assertThat(get("/fine", mine).statusCode()).isEqualTo(429);
    }

    @Test
    void aKeyIsLimitedInsideItsWorkspaceAndTheNearerLimitIsShown() throws Exception {
        serve(
                "AGENT_PLATFORM_RATE_WORKSPACE_PER_SECOND", "1",
                "AGENT_PLATFORM_RATE_WORKSPACE_BURST", "4",
                "AGENT_PLATFORM_RATE_KEY_PER_SECOND", "1",
                "AGENT_PLATFORM_RATE_KEY_BURST", "2");
        String[] one = {"key", UUID.randomUUID().toString()};
        String[] two = {"key", UUID.randomUUID().toString()};
        assertThat(shown(get("/fine", one))).containsExactly("2", "1", "1");
        assertThat(get("/fine", one).statusCode()).isEqualTo(204);
        HttpResponse<String> refused = get("/fine", one);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("This key").doesNotContain(one[1]);
        // What the key was refused did not cost the workspace anything: two are left.
        assertThat(get("/fine", two).statusCode()).isEqualTo(204);
        assertThat(get("/fine").statusCode()).isEqualTo(204);
        // The workspace is empty; the key gets back what it could not use.
        HttpResponse<String> empty = get("/fine", two);
        assertThat(empty.statusCode()).isEqualTo(429);
        assertThat(empty.body()).contains("The workspace public");
        nanos.addAndGet(SECOND);
        assertThat(shown(get("/fine", two))).containsExactly("4", "0", "4");
    }

    @Test
    void withoutASettingNothingIsLimitedOrShown() throws Exception {
        serve();
        for (int i = 0; i < 50; i++) assertThat(shown(get("/fine"))).containsExactly("-", "-", "-");
    }
}
