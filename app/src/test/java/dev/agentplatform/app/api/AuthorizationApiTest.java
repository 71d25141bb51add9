package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.api.EveryRoute.Seen;
import dev.agentplatform.auth.Permission;
import dev.agentplatform.gateway.access.RouteRights;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.web.Route;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** With {@code AGENT_PLATFORM_AUTHZ_REQUIRED} a user may what its roles say, and nothing else. */
class AuthorizationApiTest {
    private static final String LOGIN = "{'username':'ada','password':'correct horse'}";

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aUserMayWhatItsRolesSay(Dialect dialect) throws Exception {
        Map<String, String> settings = Map.of(
                "AGENT_PLATFORM_AUTH_REQUIRED",
                "true",
                "AGENT_PLATFORM_AUTHZ_REQUIRED",
                "true",
                "JWT_SECRET",
                AuthenticationApiTest.SECRET);
        try (ApiServer server = new ApiServer(dialect, false, settings)) {
            EveryRoute every = new EveryRoute(server);
            String key = every.json(201, "POST", "/gateway/api-keys", "{'name':'first'}")
                    .path("api_key")
                    .asString();
            theFirstRoleIsGivenByWhoHasTheKey(every, key);
            withoutARoleEverythingIsRefused(every, key);
            eachRightOpensItsRoutes(every, key);
            whoSignsInMayWhatItsRolesSay(every, key);
        }
    }

    private static void theFirstRoleIsGivenByWhoHasTheKey(EveryRoute every, String key) {
        every.json(403, "GET", "/auth/users", null, "x-api-key", key);
        every.json(403, "POST", "/sessions", "{'channel_type':'web'}", "x-api-key", key);
        every.json(201, "POST", "/auth/users", "{'username':'root'}", "x-api-key", key);
        every.json(
                201,
                "POST",
                "/auth/roles",
                "{'code':'admin','name':'Admin','permissions_json':['*']}",
                "x-api-key",
                key);
        every.json(201, "POST", "/auth/assignments", "{'user_id':'root','role_id':'admin'}", "x-api-key", key);
        // From now on there is somebody to ask.
        every.json(403, "POST", "/auth/users", "{'username':'eve'}", "x-api-key", key);
        every.json(201, "POST", "/auth/users", LOGIN, "x-api-key", key, "x-user-id", "root");
    }

    private static void withoutARoleEverythingIsRefused(EveryRoute every, String key) {
        for (Route route : every.guarded()) {
            for (String path : EveryRoute.paths(route)) {
                for (String user : new String[] {"ada", "nobody"}) {
                    Seen seen = every.ask(route, path, "x-api-key", key, "x-user-id", user);
                    assertThat(seen.status()).as(route.method() + " " + path).isEqualTo(403);
                    assertThat(seen.code()).as(path).isEqualTo("permission_missing");
                }
                Seen nameless = every.ask(route, path, "x-api-key", key);
                assertThat(nameless.code()).as(path).isEqualTo("user_required");
            }
        }
        for (Route route : every.open()) {
            for (String path : EveryRoute.paths(route)) {
                assertThat(every.ask(route, path).status()).as(path).isNotIn(401, 403);
            }
        }
    }

    private static void eachRightOpensItsRoutes(EveryRoute every, String key) {
        String[] root = {"x-api-key", key, "x-user-id", "root"};
        Map<Permission, String> users = new HashMap<>();
        for (Route route : every.guarded()) {
            Permission needed = RouteRights.needed(route).orElseThrow();
            String user = users.computeIfAbsent(needed, right -> userWith(every, right, root));
            for (String path : EveryRoute.paths(route)) {
                assertThat(every.ask(route, path, "x-api-key", key, "x-user-id", user)
                                .status())
                        .as(route.method() + " " + path + " as a user with " + needed)
                        .isNotIn(401, 403);
                Permission other = needed.action().equals("read")
                        ? Permission.write(needed.noun())
                        : Permission.read(needed.noun());
                if (!users.containsKey(other)) continue;
                assertThat(every.ask(route, path, "x-api-key", key, "x-user-id", users.get(other))
                                .status())
                        .as(route.method() + " " + path + " as a user with " + other)
                        .isEqualTo(403);
            }
        }
    }

    private static String userWith(EveryRoute every, Permission right, String... root) {
        String name = right.toString().replace(':', '-');
        every.json(201, "POST", "/auth/users", "{'username':'%s'}".formatted(name), root);
        String role = "{'code':'%s','name':'R','permissions_json':['gateway:%s']}".formatted(name, right);
        every.json(201, "POST", "/auth/roles", role, root);
        every.json(201, "POST", "/auth/assignments", "{'user_id':'%1$s','role_id':'%1$s'}".formatted(name), root);
        return name;
    }

    private static void whoSignsInMayWhatItsRolesSay(EveryRoute every, String key) {
        JsonNode in = every.json(200, "POST", "/auth/login", LOGIN);
        String[] ada = {"Authorization", "Bearer " + in.path("access_token").asString()};
        every.json(403, "GET", "/sessions", null, ada);
        String[] root = {"x-api-key", key, "x-user-id", "root"};
        JsonNode made =
                every.json(201, "POST", "/auth/assignments", "{'user_id':'ada','role_id':'session-read'}", root);
        every.json(200, "GET", "/sessions", null, ada);
        every.json(403, "POST", "/sessions", "{'channel_type':'web'}", ada);
        every.json(204, "DELETE", "/auth/assignments/" + made.path("id").asString(), null, root);
        every.json(403, "GET", "/sessions", null, ada);
        String refresh =
                "{'refresh_token':'%s'}".formatted(in.path("refresh_token").asString());
        every.json(200, "POST", "/auth/refresh", refresh);
        every.json(401, "POST", "/auth/refresh", refresh);
    }

    /** Without authentication the header is believed. */
    @Test
    void withoutKeysTheNamedUserIsBelieved() throws Exception {
        Map<String, String> settings = Map.of("AGENT_PLATFORM_AUTHZ_REQUIRED", "true");
        try (ApiServer server = new ApiServer(Dialect.SQLITE, false, settings)) {
            EveryRoute every = new EveryRoute(server);
            every.json(403, "GET", "/sessions", null);
            every.json(201, "POST", "/auth/users", "{'username':'root'}");
            every.json(201, "POST", "/auth/roles", "{'code':'admin','name':'Admin','permissions_json':'*'}");
            every.json(201, "POST", "/auth/assignments", "{'user_id':'root','role_id':'admin'}");
            every.json(403, "POST", "/auth/users", "{'username':'eve'}");
            every.json(403, "POST", "/auth/users", "{'username':'eve'}", "x-user-id", "eve");
            every.json(200, "GET", "/sessions", null, "x-user-id", "root");
            every.json(403, "GET", "/sessions", null, "x-user-id", "root", "x-workspace-id", "elsewhere");
            every.json(400, "GET", "/sessions", null, "x-user-id", "a b");
        }
    }
}
