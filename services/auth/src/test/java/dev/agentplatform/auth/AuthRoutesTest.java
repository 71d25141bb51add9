package dev.agentplatform.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestServer.Answer;
import java.util.List;

class AuthRoutesTest {

    @OnBothDatabases
    void usersAreMadeChangedFoundAndDeleted(Database database) {
        try (AuthServer server = new AuthServer(database)) {
            Answer made = server.post(
                    "/auth/users",
                    "{'username':'alice','display_name':'Alice','email':'a@x.org','password':'correct horse'}");
            assertThat(made.status()).isEqualTo(201);
            assertThat(made.field("workspace_id")).isEqualTo("public").isEqualTo(made.field("tenant_id"));
            assertThat(made.json().path("has_password").booleanValue()).isTrue();
            assertThat(made.text()).doesNotContain("correct horse").doesNotContain("argon2");
            String id = made.field("id");
            assertThat(server.get("/auth/users/" + id).field("display_name")).isEqualTo("Alice");
            assertThat(code(server.post("/auth/users", "{'username':'alice'}"))).isEqualTo("409 username_taken");
            assertThat(server.post("/auth/users", "{'username':'alice'}", "x-tenant-id", "other")
                            .status())
                    .isEqualTo(201);
            server.id("/auth/users", "{'username':'bob'}");
            assertThat(server.get("/auth/users?username=bob").json().path("items"))
                    .hasSize(1);
            assertThat(server.get("/auth/users?limit=1").field("next_cursor")).isNotEmpty();
            Answer changed = server.send("PATCH", "/auth/users/" + id, "{'display_name':'A.','status':'disabled'}");
            assertThat(changed.field("display_name")).isEqualTo("A.");
            assertThat(changed.field("email")).isEqualTo("a@x.org");
            assertThat(server.get("/auth/users?status=disabled").json().path("items"))
                    .hasSize(1);
            assertThat(server.get("/auth/users/" + id, "x-workspace-id", "other")
                            .status())
                    .isEqualTo(404);
            assertThat(server.send("DELETE", "/auth/users/" + id, null).status())
                    .isEqualTo(204);
            assertThat(server.get("/auth/users/" + id).status()).isEqualTo(404);
            assertThat(server.send("DELETE", "/auth/users/" + id, null).status())
                    .isEqualTo(404);
        }
    }

    @OnBothDatabases
    void rolesSayWhatTheirUsersMay(Database database) {
        try (AuthServer server = new AuthServer(database)) {
            String user = server.id("/auth/users", "{'username':'alice'}");
            String role = server.id(
                    "/auth/roles",
                    "{'code':'seller','name':'Seller','permissions_json':['gateway:agents:read','agent:execute:sales_agent']}");
            server.id("/auth/roles", "{'code':'writer','name':'Writer','permissions':'workflow:* team:read'}");
            assertThat(server.allowed(user, "agent:read")).isFalse();
            String assignment = server.id("/auth/assignments", "{'user_id':'%s','role_id':'%s'}".formatted(user, role));
            server.id("/auth/assignments", "{'user_id':'alice','role_id':'writer'}");

            Answer check =
                    server.post("/auth/permissions/check", "{'user_id':'alice','permission':'gateway:agents:read'}");
            assertThat(check.text()).contains("\"allowed\": true");
            assertThat(check.field("matched_role")).isEqualTo("seller");
            assertThat(server.allowed(user, "agent:read")).isTrue();
            assertThat(server.allowed(user, "agent:write")).isFalse();
            assertThat(server.allowed(user, "agent:execute:sales_agent")).isTrue();
            assertThat(server.allowed(user, "agent:execute:other")).isFalse();
            assertThat(server.allowed(user, "workflow:write")).isTrue();
            assertThat(server.allowed(user, "workflow:*")).isTrue();
            assertThat(server.allowed(user, "*")).isFalse();
            assertThat(server.allowed("nobody", "agent:read")).isFalse();

            // Each change counts at once.
            server.send("PATCH", "/auth/roles/" + role, "{'permissions_json':['agent:write']}");
            assertThat(server.allowed(user, "agent:read")).isFalse();
            assertThat(server.allowed(user, "agent:write")).isTrue();
            server.send("PATCH", "/auth/users/" + user, "{'status':'disabled'}");
            assertThat(server.allowed(user, "agent:write")).isFalse();
            server.send("PATCH", "/auth/users/" + user, "{'status':'active'}");
            assertThat(server.allowed(user, "agent:write")).isTrue();
            assertThat(server.send("DELETE", "/auth/assignments/" + assignment, null)
                            .status())
                    .isEqualTo(204);
            assertThat(server.allowed(user, "agent:write")).isFalse();
            assertThat(server.allowed(user, "team:read")).isTrue();
            String writer = server.get("/auth/roles?code=writer")
                    .json()
                    .at("/items/0/id")
                    .asString();
            assertThat(server.send("DELETE", "/auth/roles/" + writer, null).status())
                    .isEqualTo(204);
            assertThat(server.allowed(user, "team:read")).isFalse();
            assertThat(server.get("/auth/assignments").json().path("items")).isEmpty();
        }
    }

    @OnBothDatabases
    void assignmentsAreListedAndMadeOnce(Database database) {
        try (AuthServer server = new AuthServer(database)) {
            String user = server.id("/auth/users", "{'username':'alice'}");
            String role = server.id("/auth/roles", "{'code':'admin','name':'Admin','permissions_json':['*']}");
            String body = "{'user_id':'%s','role_id':'%s'}".formatted(user, role);
            String id = server.id("/auth/assignments", body);
            assertThat(code(server.post("/auth/assignments", body))).isEqualTo("409 already_assigned");
            assertThat(server.get("/auth/assignments/" + id).field("role_id")).isEqualTo(role);
            assertThat(server.get("/auth/assignments?user_id=" + user).json().path("items"))
                    .hasSize(1);
            assertThat(server.get("/auth/assignments?role_id=" + user).json().path("items"))
                    .isEmpty();
            assertThat(code(server.post("/auth/assignments", "{'user_id':'who','role_id':'admin'}")))
                    .isEqualTo("404 not_found");
            assertThat(code(server.post("/auth/assignments", "{'user_id':'alice','role_id':'what'}")))
                    .isEqualTo("404 not_found");
            assertThat(server.post("/auth/assignments", body, "x-workspace-id", "other")
                            .status())
                    .isEqualTo(404);
            assertThat(code(server.post("/auth/roles", "{'code':'admin','name':'A','permissions_json':[]}")))
                    .isEqualTo("409 code_taken");
        }
    }

    @OnBothDatabases
    void whatIsWrongIsNamedAndChangesNothing(Database database) {
        try (AuthServer server = new AuthServer(database)) {
            for (String body : List.of(
                    "{}",
                    "{'username':''}",
                    "{'username':'%s'}".formatted("x".repeat(201)),
                    "{'username':' a'}",
                    "{'username':'a\\u0000b'}",
                    "{'username':'01890a5d-ac96-774b-bcce-b302099a8057'}",
                    "{'username':'a','email':'nobody'}",
                    "{'username':'a','password':'short'}",
                    "{'username':'a','password':12345678}")) {
                assertThat(code(server.post("/auth/users", body))).as(body).isEqualTo("422 invalid");
            }
            for (String body : List.of(
                    "{'code':'a','name':'A'}",
                    "{'code':'a b','name':'A','permissions_json':[]}",
                    "{'code':'a','name':'A','permissions_json':{}}",
                    "{'code':'a','name':'A','permissions_json':[1]}",
                    "{'code':'a','name':'A','permissions_json':['agent']}",
                    "{'code':'a','name':'A','permissions_json':'agent:read agent'}")) {
                assertThat(code(server.post("/auth/roles", body))).as(body).isEqualTo("422 invalid");
            }
            Answer check = server.post("/auth/permissions/check", "{'user_id':'a','permission':'agent'}");
            assertThat(check.json().at("/errors/0/path").asString()).isEqualTo("permission");
            long rows = database.read(sql -> sql.one(
                            "SELECT (SELECT count(*) FROM auth_user) + (SELECT count(*) FROM auth_role)"
                                    + " + (SELECT count(*) FROM event) AS n",
                            row -> row.number("n"))
                    .orElseThrow());
            assertThat(rows).isZero();
        }
    }

    @OnBothDatabases
    void everyChangeLeavesAnEventWithoutSecrets(Database database) {
        try (AuthServer server = new AuthServer(database)) {
            String user = server.id("/auth/users", "{'username':'alice','password':'correct horse'}");
            server.send("PATCH", "/auth/users/" + user, "{'password':'battery staple'}");
            String role = server.id("/auth/roles", "{'code':'admin','name':'Admin','permissions_json':['*']}");
            server.send("PATCH", "/auth/roles/" + role, "{'name':'Boss'}");
            String assignment = server.id("/auth/assignments", "{'user_id':'alice','role_id':'admin'}");
            server.send("DELETE", "/auth/assignments/" + assignment, null);
            server.send("DELETE", "/auth/roles/" + role, null);
            server.send("DELETE", "/auth/users/" + user, null);
            List<String> types = database.read(
                    sql -> sql.list("SELECT type, payload FROM event ORDER BY id", row -> row.text("type")));
            assertThat(types)
                    .containsExactlyInAnyOrder(
                            "auth_user.created",
                            "auth_user.changed",
                            "auth_role.created",
                            "auth_role.changed",
                            "auth_assignment.created",
                            "auth_assignment.deleted",
                            "auth_role.deleted",
                            "auth_user.deleted");
            List<String> payloads =
                    database.read(sql -> sql.list("SELECT payload FROM event", row -> row.text("payload")));
            assertThat(String.join("", payloads))
                    .contains("alice")
                    .doesNotContain("argon2")
                    .doesNotContain("correct horse")
                    .doesNotContain("battery staple");
        }
    }

    static String code(Answer answer) {
        return answer.status() + " " + answer.field("code");
    }
}
