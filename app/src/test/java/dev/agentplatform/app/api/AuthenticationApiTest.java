package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.api.EveryRoute.Seen;
import dev.agentplatform.auth.Nouns;
import dev.agentplatform.auth.Permission;
import dev.agentplatform.auth.Tokens;
import dev.agentplatform.gateway.access.RouteRights;
import dev.agentplatform.gateway.keys.ApiKeys;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.TestClock;
import dev.agentplatform.web.Principal;
import dev.agentplatform.web.Route;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** With {@code AGENT_PLATFORM_AUTH_REQUIRED} nothing but the open routes answers without a key or a token that is right. */
class AuthenticationApiTest {
    static final String SECRET = "test-secret-test-secret-test-secret";

    private static final String HOME = "home";
    private static final int RACERS = 24;

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void everyRouteIsGuarded(Dialect dialect) throws Exception {
        Map<String, String> settings = Map.of("AUTH_ENABLED", "true", "JWT_SECRET", SECRET);
        try (ApiServer server = new ApiServer(dialect, false, settings)) {
            EveryRoute every = new EveryRoute(server);
            assertThat(every.guarded()).hasSizeGreaterThan(50);
            String admin = firstKey(every);
            onlyTheOpenRoutesAreOpen(every);
            wrongCredentialsAreRefused(server, every, admin);
            scopesLimit(every, admin);
            keysAreAdministered(every, admin);
            tokensSpeakForTheirSubject(every);
            namingAnotherUserNeedsTheScope(every, admin);
        }
    }

    /** Many ask for it at once; one gets it. */
    private static String firstKey(EveryRoute every) throws Exception {
        assertThat(every.ask("GET", "/gateway/api-keys").status()).isEqualTo(401);
        List<Future<Seen>> racers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < RACERS; i++) {
                String[] named = {"x-workspace-id", HOME, "x-user-id", "racer-" + i};
                racers.add(
                        threads.submit(() -> every.send("POST", "/gateway/api-keys", "{\"name\":\"first\"}", named)));
            }
        }
        Map<Integer, Integer> statuses = new HashMap<>();
        String key = null;
        for (Future<Seen> racer : racers) {
            Seen seen = racer.get();
            statuses.merge(seen.status(), 1, Integer::sum);
            if (seen.status() != 201) continue;
            JsonNode made = Json.parse(seen.text());
            assertThat(made.path("workspace_id").asString()).isEqualTo(HOME);
            assertThat(made.path("user_id").isNull()).isTrue();
            key = made.path("api_key").asString();
        }
        assertThat(statuses).isEqualTo(Map.of(201, 1, 401, RACERS - 1));
        assertThat(every.ask("POST", "/gateway/api-keys").status()).isEqualTo(401);
        return key;
    }

    private static void onlyTheOpenRoutesAreOpen(EveryRoute every) {
        assertThat(every.open().stream().map(Route::path))
                .as("routes that answer without a key; docs/security.md names them")
                .containsExactlyInAnyOrder(
                        "/health",
                        "/ready",
                        "/gateway/services/health",
                        "/events/inbound/{key}",
                        "/auth/login",
                        "/auth/refresh",
                        "/auth/logout");
        for (Route route : every.open()) {
            for (String path : EveryRoute.paths(route)) {
                assertThat(every.ask(route, path).status()).as(path).isNotIn(401, 403);
                assertThat(every.ask(route, path, "x-api-key", "ap_wrong").status())
                        .as(path)
                        .isNotIn(401, 403);
            }
        }
        for (Route route : every.guarded()) {
            for (String path : EveryRoute.paths(route)) {
                refused(every.ask(route, path), 401, route, "no key");
                if (route.method().equals("GET")) {
                    assertThat(every.ask("HEAD", path).status())
                            .as("HEAD " + path)
                            .isEqualTo(401);
                }
            }
        }
    }

    private static void wrongCredentialsAreRefused(ApiServer server, EveryRoute every, String admin) {
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("a key nobody made", "ap_" + "x".repeat(40));
        wrong.put("a text that is no key", "nonsense");
        wrong.put("a revoked key", withStatus(every, admin, "revoked"));
        wrong.put("a disabled key", withStatus(every, admin, "disabled"));
        wrong.put("an expired key", expired(server));
        wrong.put("a token of another secret", token("another-secret-another-secret-123", "ada", HOME, 60));
        wrong.put("an expired token", token(SECRET, "ada", HOME, -120));
        String foreign = foreignKey(server);
        for (Route route : every.guarded()) {
            for (String path : EveryRoute.paths(route)) {
                wrong.forEach((what, text) -> {
                    refused(every.ask(route, path, "Authorization", "Bearer " + text), 401, route, what);
                });
                refused(every.ask(route, path, "x-api-key", wrong.get("a revoked key")), 401, route, "x-api-key");
                // About the process itself: there is no workspace to be foreign in.
                if (route.operational()) continue;
                Seen seen = every.ask(route, path, "x-api-key", foreign, "x-workspace-id", HOME);
                refused(seen, 403, route, "a key of another workspace");
                assertThat(seen.code()).as(path).isEqualTo("workspace_forbidden");
            }
        }
        Seen query = every.ask("GET", "/sessions?tenant_id=" + HOME, "x-api-key", foreign);
        assertThat(query.code()).isEqualTo("workspace_forbidden");
        Seen body = every.send("POST", "/sessions", "{\"workspace_id\":\"home\"}", "x-api-key", foreign);
        assertThat(body.code()).isEqualTo("workspace_forbidden");
        JsonNode own = every.json(201, "POST", "/sessions", "{'channel_type':'web'}", "x-api-key", foreign);
        assertThat(own.path("workspace_id").asString()).isEqualTo("elsewhere");
    }

    /** For each right one key that has all others, and one that has it alone. */
    private static void scopesLimit(EveryRoute every, String admin) {
        Map<Permission, String> without = new HashMap<>();
        Map<Permission, String> alone = new HashMap<>();
        for (Route route : every.guarded()) {
            Permission needed = RouteRights.needed(route).orElseThrow();
            String lacking = without.computeIfAbsent(needed, right -> key(every, admin, allBut(right)));
            String exact = alone.computeIfAbsent(needed, right -> key(every, admin, "gateway:" + right));
            for (String path : EveryRoute.paths(route)) {
                Seen seen = every.ask(route, path, "x-api-key", lacking);
                refused(seen, 403, route, "a key without " + needed);
                assertThat(seen.code()).as(path).isEqualTo("scope_missing");
                assertThat(every.ask(route, path, "x-api-key", exact).status())
                        .as(route.method() + " " + path + " with " + needed)
                        .isNotIn(401, 403);
            }
        }
    }

    private static String allBut(Permission needed) {
        StringBuilder words = new StringBuilder();
        for (String noun : Nouns.all()) {
            for (Permission right : List.of(Permission.read(noun), Permission.write(noun))) {
                if (!right.equals(needed)) words.append(right).append(' ');
            }
        }
        return words.toString();
    }

    private static void keysAreAdministered(EveryRoute every, String admin) {
        String scopes = "{'name':'k','scopes':%s,'expires_time':'2100-01-01T00:00:00Z'}";
        JsonNode text =
                every.json(201, "POST", "/gateway/api-keys", scopes.formatted("'agent:* team:read'"), head(admin));
        JsonNode list =
                every.json(201, "POST", "/gateway/api-keys", scopes.formatted("['agent:*','team:read']"), head(admin));
        assertThat(text.path("scopes")).isEqualTo(list.path("scopes")).hasSize(2);
        String path = "/gateway/api-keys/" + text.path("id").asString();
        JsonNode shown = every.json(200, "GET", path, null, head(admin));
        assertThat(shown.has("api_key")).isFalse();
        assertThat(shown.has("hash")).isFalse();
        assertThat(shown.path("prefix").asString()).hasSize(11);
        assertThat(every.json(200, "GET", "/gateway/api-keys?name=k&limit=1", null, head(admin))
                        .path("items"))
                .hasSize(1);
        for (String wrong :
                List.of("'scopes':'agent'", "'scopes':[]", "'scopes':7", "'expires_time':'2001-01-01T00:00:00Z'"))
            every.json(422, "POST", "/gateway/api-keys", "{'name':'k'," + wrong + "}", head(admin));
        every.json(200, "PATCH", path + "/status", "{'status':'revoked'}", head(admin));
        every.json(409, "PATCH", path + "/status", "{'status':'active'}", head(admin));
        every.json(422, "PATCH", path + "/status", "{'status':'expired'}", head(admin));
        String limited = key(every, admin, "gateway:gateway:write agent:read");
        every.json(403, "POST", "/gateway/api-keys", "{'name':'more'}", head(limited));
        every.json(403, "POST", "/gateway/api-keys", "{'name':'more','scopes':'team:read'}", head(limited));
        every.json(201, "POST", "/gateway/api-keys", "{'name':'less','scopes':'agents:read'}", head(limited));
    }

    private static void tokensSpeakForTheirSubject(EveryRoute every) {
        String home = token(SECRET, "ada", HOME, 60);
        every.json(200, "GET", "/sessions", null, "Authorization", "bearer " + home, "x-workspace-id", HOME);
        JsonNode session =
                every.json(201, "POST", "/sessions", "{'channel_type':'web'}", "Authorization", "Bearer " + home);
        assertThat(session.path("workspace_id").asString()).isEqualTo(HOME);
        every.json(403, "GET", "/sessions", null, "Authorization", "Bearer " + home, "x-workspace-id", "elsewhere");
        every.json(200, "GET", "/sessions", null, "Authorization", "Bearer " + home, "x-user-id", "ada");
        every.json(403, "GET", "/sessions", null, "Authorization", "Bearer " + home, "x-user-id", "bob");
        String plain = token(SECRET, "ada", null, 60);
        every.json(200, "GET", "/sessions", null, "Authorization", "Bearer " + plain);
        every.json(403, "GET", "/sessions", null, "Authorization", "Bearer " + plain, "x-workspace-id", HOME);
    }

    private static void namingAnotherUserNeedsTheScope(EveryRoute every, String admin) {
        String body = "{'name':'bob','user_id':'bob','scopes':'%s'}";
        String bob = every.json(201, "POST", "/gateway/api-keys", body.formatted("session:*"), head(admin))
                .path("api_key")
                .asString();
        String agent = every.json(
                        201, "POST", "/gateway/api-keys", body.formatted("session:* gateway:impersonate"), head(admin))
                .path("api_key")
                .asString();
        every.json(200, "GET", "/sessions", null, "x-api-key", bob);
        every.json(200, "GET", "/sessions", null, "x-api-key", bob, "x-user-id", "bob");
        Seen refused = every.ask("GET", "/sessions", "x-api-key", bob, "x-user-id", "ada");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("impersonation_forbidden");
        every.json(200, "GET", "/sessions", null, "x-api-key", agent, "x-user-id", "ada");
        every.json(200, "GET", "/sessions", null, "x-api-key", admin, "x-user-id", "ada");
    }

    // ---- credentials

    static String[] head(String key) {
        return new String[] {"x-api-key", key};
    }

    static String key(EveryRoute every, String admin, String scopes) {
        return every.json(201, "POST", "/gateway/api-keys", "{'name':'k','scopes':'%s'}".formatted(scopes), head(admin))
                .path("api_key")
                .asString();
    }

    private static String withStatus(EveryRoute every, String admin, String status) {
        JsonNode made = every.json(201, "POST", "/gateway/api-keys", "{'name':'k'}", head(admin));
        // In use, so that it is remembered when it is taken back.
        every.json(200, "GET", "/sessions", null, head(made.path("api_key").asString()));
        String path = "/gateway/api-keys/" + made.path("id").asString() + "/status";
        every.json(200, "PATCH", path, "{'status':'%s'}".formatted(status), head(admin));
        return made.path("api_key").asString();
    }

    /** Made yesterday for an hour. */
    private static String expired(ApiServer server) {
        TestClock yesterday = new TestClock(Instant.now().minus(Duration.ofDays(1)));
        ApiKeys keys =
                new ApiKeys(server.platform().database(), server.platform().outbox(), yesterday, new Ids(yesterday));
        long expires = yesterday.millis() + Duration.ofHours(1).toMillis();
        return keys.create(HOME, new ApiKeys.NewKey("old", List.of(), null, expires), Principal.ANONYMOUS)
                .text();
    }

    private static String foreignKey(ApiServer server) {
        ApiKeys keys = new ApiKeys(
                server.platform().database(),
                server.platform().outbox(),
                Clock.systemUTC(),
                server.platform().ids());
        return keys.create("elsewhere", new ApiKeys.NewKey("other", List.of(), null, 0), Principal.ANONYMOUS)
                .text();
    }

    static String token(String secret, String subject, String workspace, int seconds) {
        return Tokens.from(new Settings(Map.of(Tokens.SETTING, secret)), Clock.systemUTC())
                .orElseThrow()
                .sign(subject, workspace, Duration.ofSeconds(seconds));
    }

    private static void refused(Seen seen, int status, Route route, String what) {
        assertThat(seen.status())
                .as(route.method() + " " + route.path() + " with " + what + ": " + seen.text())
                .isEqualTo(status);
        if (status == 401) {
            assertThat(seen.headers().firstValue("www-authenticate"))
                    .as(route.path())
                    .isPresent();
        }
    }
}
