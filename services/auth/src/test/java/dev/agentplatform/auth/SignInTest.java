package dev.agentplatform.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestServer.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class SignInTest {
    private static final String LOGIN = "{'username':'alice','password':'correct horse'}";

    @OnBothDatabases
    void aPasswordGivesATokenForItsUserAndWorkspace(Database database) {
        try (AuthServer server = new AuthServer(database)) {
            String user = server.id("/auth/users", LOGIN);
            Answer in = server.post("/auth/login", LOGIN);
            assertThat(in.status()).isEqualTo(200);
            Tokens.Claims claims = server.tokens.verify(in.field("access_token"));
            assertThat(claims.subject()).isEqualTo(user).isEqualTo(in.field("user_id"));
            assertThat(claims.workspaceId()).hasValue("public");
            assertThat(server.post("/auth/login", LOGIN, "x-workspace-id", "other")
                            .status())
                    .isEqualTo(401);
        }
    }

    @OnBothDatabases
    void whoIsNotKnownAndWhoIsWrongHearTheSame(Database database) {
        try (AuthServer server = new AuthServer(database)) {
            String user = server.id("/auth/users", LOGIN);
            server.id("/auth/users", "{'username':'nopassword'}");
            String wrong = without(server.post("/auth/login", "{'username':'alice','password':'wrong'}"));
            assertThat(wrong).startsWith("401").contains("wrong_credentials");
            for (String name : List.of("nobody", "nopassword", user)) {
                String body = "{'username':'%s','password':'correct horse'}".formatted(name);
                assertThat(without(server.post("/auth/login", body))).isEqualTo(wrong);
            }
            server.send("PATCH", "/auth/users/" + user, "{'status':'disabled'}");
            assertThat(without(server.post("/auth/login", LOGIN))).isEqualTo(wrong);
        }
    }

    private static String without(Answer answer) {
        return answer.status() + answer.text().replaceFirst("\"request_id\":\"[^\"]*\"", "");
    }

    @OnBothDatabases
    void attemptsAreLimitedForEachNameAndASuccessStartsAnew(Database database) {
        try (AuthServer server = new AuthServer(database)) {
            server.id("/auth/users", LOGIN);
            for (String name : List.of("alice", "nobody")) {
                String wrong = "{'username':'%s','password':'guess'}".formatted(name);
                for (int i = 1; i < LoginLimit.ATTEMPTS_MAX; i++) {
                    assertThat(server.post("/auth/login", wrong).status()).isEqualTo(401);
                }
            }
            assertThat(server.post("/auth/login", LOGIN).status()).isEqualTo(200);
            for (int i = 0; i < LoginLimit.ATTEMPTS_MAX; i++) {
                server.post("/auth/login", "{'username':'alice','password':'guess'}");
            }
            Answer refused = server.post("/auth/login", LOGIN);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.field("code")).isEqualTo("too_many_attempts");
            server.clock.advance(LoginLimit.WINDOW);
            assertThat(server.post("/auth/login", LOGIN).status()).isEqualTo(200);
        }
    }

    @OnBothDatabases
    void aRefreshTokenIsGoodOnceAndAReuseVoidsTheWholeSignIn(Database database) {
        try (AuthServer server = new AuthServer(database)) {
            server.id("/auth/users", LOGIN);
            String first = server.post("/auth/login", LOGIN).field("refresh_token");
            String other = server.post("/auth/login", LOGIN).field("refresh_token");
            Answer second = refresh(server, first);
            assertThat(second.status()).isEqualTo(200);
            server.tokens.verify(second.field("access_token"));
            assertThat(AuthRoutesTest.code(refresh(server, first))).isEqualTo("401 refresh_token_reused");
            assertThat(AuthRoutesTest.code(refresh(server, second.field("refresh_token"))))
                    .isEqualTo("401 refresh_token_invalid");
            assertThat(refresh(server, other).status()).isEqualTo(200);
            assertThat(AuthRoutesTest.code(refresh(server, "apr_x"))).isEqualTo("401 refresh_token_invalid");
        }
    }

    @OnBothDatabases
    void ofManyWhoRefreshAtOnceOneWins(Database database) throws Exception {
        try (AuthServer server = new AuthServer(database);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            server.id("/auth/users", LOGIN);
            String token = server.post("/auth/login", LOGIN).field("refresh_token");
            List<Future<Answer>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) all.add(threads.submit(() -> refresh(server, token)));
            int won = 0;
            for (Future<Answer> one : all) if (one.get().status() == 200) won++;
            assertThat(won).isEqualTo(1);
        }
    }

    @OnBothDatabases
    void refreshTokensEndWithTimeLogoutAndTheChangesOfTheirUser(Database database) {
        try (AuthServer server = new AuthServer(database)) {
            String user = server.id("/auth/users", LOGIN);
            String expiring = server.post("/auth/login", LOGIN).field("refresh_token");
            server.clock.advance(SignIn.REFRESH_LIFETIME);
            assertThat(refresh(server, expiring).status()).isEqualTo(401);

            String left = server.post("/auth/login", LOGIN).field("refresh_token");
            assertThat(server.post("/auth/logout", "{'refresh_token':'%s'}".formatted(left))
                            .status())
                    .isEqualTo(204);
            assertThat(refresh(server, left).status()).isEqualTo(401);

            String before = server.post("/auth/login", LOGIN).field("refresh_token");
            server.send("PATCH", "/auth/users/" + user, "{'password':'battery staple'}");
            assertThat(refresh(server, before).status()).isEqualTo(401);
            assertThat(server.post("/auth/login", LOGIN).status()).isEqualTo(401);

            String changed = "{'username':'alice','password':'battery staple'}";
            String last = server.post("/auth/login", changed).field("refresh_token");
            server.send("DELETE", "/auth/users/" + user, null);
            assertThat(refresh(server, last).status()).isEqualTo(401);
        }
    }

    @OnBothDatabases
    void nothingInTheDatabaseTellsAPasswordOrAToken(Database database) {
        try (AuthServer server = new AuthServer(database)) {
            server.id("/auth/users", LOGIN);
            Answer in = server.post("/auth/login", LOGIN);
            refresh(server, in.field("refresh_token"));
            List<String> stored = database.read(
                    sql -> sql.list("SELECT password_hash FROM auth_user", row -> row.text("password_hash")));
            assertThat(stored).singleElement().asString().startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
            List<byte[]> hashes =
                    database.read(sql -> sql.list("SELECT hash FROM auth_refresh_token", row -> row.bytes("hash")));
            assertThat(hashes).hasSize(2).allSatisfy(hash -> assertThat(hash).hasSize(32));
        }
    }

    @OnBothDatabases
    void withoutASecretNobodySignsIn(Database database) {
        try (AuthServer server = new AuthServer(database, false)) {
            server.id("/auth/users", LOGIN);
            Answer refused = server.post("/auth/login", LOGIN);
            assertThat(refused.status()).isEqualTo(501);
            assertThat(refused.text()).contains("JWT_SECRET");
        }
    }

    private static Answer refresh(AuthServer server, String token) {
        return server.post("/auth/refresh", "{'refresh_token':'%s'}".formatted(token));
    }
}
