package dev.agentplatform.web;

import static dev.agentplatform.web.TestServer.code;
import static dev.agentplatform.web.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.Problem;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients see of the steps of a request, over a real socket. */
class RequestTest {
    record Start(
            @Required String workflowId, @Alias("input") tools.jackson.databind.JsonNode inputJson) {}

    private static TestServer server;

    @BeforeAll
    static void start() {
        Routes routes = new Routes("runtime", "Runs");
        routes.post("/runtime/runs", "Start").body(Start.class).handle(request -> {
            Start start = request.body(Start.class);
            return Reply.of(202, start).header("Location", "/runtime/runs/1");
        });
        routes.get("/runtime/runs", "List")
                .paged()
                .handle(request -> Reply.page(
                        new Page<>(List.of(request.limit()), request.cursor().orElse("") + "k/1"),
                        limit -> Json.object().put("limit", limit)));
        routes.get("/runtime/node-runs/{id}", "Show").handle(request -> {
            UUID id = request.id("id");
            throw Problem.notFound("node run", id);
        });
        routes.get("/runtime/named/{name}", "Show")
                .handle(request -> Reply.of(200, Json.object().put("name", request.text("name"))));
        routes.get("/runtime/named/fixed", "Show")
                .handle(request -> Reply.of(200, Json.object().put("name", "literal")));
        routes.get("/files/{path...}", "Show")
                .handle(request -> Reply.of(200, Json.object().put("name", request.text("path"))));
        routes.get("/gateway/own", "Own").handle(request -> Reply.of(200, Map.of("own", true)));
        routes.delete("/runtime/runs/{id}", "Delete").handle(request -> Reply.empty(204));
        routes.get("/where", "Workspace").handle(RequestTest::where);
        routes.post("/where", "Workspace").handle(RequestTest::where);
        routes.get("/fault", "Fails").handle(request -> {
            throw new IllegalStateException("secret-detail");
        });
        routes.post("/any", "Any JSON").anyJson().handle(request -> Reply.of(200, request.rawJson()));
        server = new TestServer(Map.of("AGENT_PLATFORM_BODY_BYTES_MAX", "1000"), routes);
    }

    private static Reply where(Request request) {
        return Reply.of(200, Map.of("id", request.workspace().id(), "named", request.workspaceNamed()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void recordsAreBoundAndWrittenInSnakeCase() {
        var response = server.post("/runtime/runs", "{\"workflow_id\":\"w\",\"input\":{\"a\":1},\"unknown\":2}");
        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(response.body()).isEqualTo("{\"workflow_id\":\"w\",\"input_json\":{\"a\":1}}");
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(response.headers().firstValue("location")).hasValue("/runtime/runs/1");
    }

    @Test
    void aProblemHasTheFieldsOfTheContract() {
        var response = server.post("/runtime/runs", "{}", "x-request-id", "my-id.1");
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(response.headers().firstValue("x-request-id")).hasValue("my-id.1");
        assertThat(json(response)).isEqualTo(Json.parse("""
            {"type":"about:blank","title":"Unprocessable Content","status":422,
             "detail":"workflow_id: is required","code":"invalid","request_id":"my-id.1",
             "errors":[{"path":"workflow_id","message":"is required"}]}\
            """));
    }

    @Test
    void anUnexpectedFaultTellsNothing() {
        var response = server.get("/fault");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(code(response)).isEqualTo("internal");
        assertThat(response.body()).doesNotContain("secret-detail", "IllegalState");
        assertThat(json(response).path("request_id").asString())
                .isEqualTo(response.headers().firstValue("x-request-id").orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"white space", "quo\"te", "<tag>"})
    void anUnsafeRequestIdIsReplaced(String sent) {
        String used = server.get("/where", "x-request-id", sent)
                .headers()
                .firstValue("x-request-id")
                .orElseThrow();
        assertThat(Ids.parse(used)).isPresent();
    }

    @Test
    void aTooLongRequestIdIsReplaced() {
        var headers = server.get("/where", "x-request-id", "x".repeat(129)).headers();
        assertThat(headers.firstValue("x-request-id").orElseThrow()).hasSize(36);
        headers = server.get("/where", "x-request-id", "x".repeat(128)).headers();
        assertThat(headers.firstValue("x-request-id").orElseThrow()).hasSize(128);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"a":              | malformed_json
        {"a":1} x          | malformed_json
        nothing            | malformed_json
        {'a':1}            | malformed_json
        """)
    void bodiesThatAreNoJsonAre400(String body, String code) {
        var response = server.post("/runtime/runs", body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(code(response)).isEqualTo(code);
        assertThat(json(response).path("detail").asString()).contains("line 1, column ");
    }

    @Test
    void nestingHasALimit() {
        String deep = "{\"a\":" + "[".repeat(300) + "]".repeat(300) + "}";
        var response = server.post("/runtime/runs", deep);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(code(response)).isEqualTo("malformed_json");
    }

    @Test
    void theTopLevelMustBeAnObject() {
        assertThat(server.post("/runtime/runs", "[1]").statusCode()).isEqualTo(422);
        assertThat(server.post("/runtime/runs", "null").statusCode()).isEqualTo(422);
        assertThat(server.post("/any", "[1,2]").body()).isEqualTo("[1,2]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"workflow_id\":\"a\\u0000b\"}", "{\"workflow_id\":\"a\\ud800b\"}"})
    void textThatCannotBeStoredIs422(String body) {
        var response = server.post("/runtime/runs", body);
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(json(response).path("errors").path(0).path("path").asString())
                .isEqualTo("workflow_id");
    }

    @Test
    void escapedSurrogatePairsAreFine() {
        var response = server.post("/runtime/runs", "{\"workflow_id\":\"\\ud83d\\ude00\"}");
        assertThat(json(response).path("workflow_id").asString()).isEqualTo("\uD83D\uDE00");
    }

    @Test
    void invalidUtf8Is400() throws Exception {
        try (Socket socket = server.connect()) {
            String body = "{\"workflow_id\":\"\u00ff\u00fe\"}";
            String answer = TestServer.exchange(socket, """
                POST /runtime/runs HTTP/1.1\r
                Host: a\r
                Content-Type: application/json\r
                Content-Length: %d\r
                Connection: close\r
                \r
                %s\
                """.formatted(body.length(), body), "\0");
            assertThat(answer).startsWith("HTTP/1.1 400").contains("malformed_json", "UTF-8");
        }
    }

    @Test
    void otherContentTypesAre415() {
        var response = server.post("/runtime/runs", "a=1", "Content-Type", "application/x-www-form-urlencoded");
        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(code(response)).isEqualTo("unsupported_media_type");
        String json = "{\"workflow_id\":\"w\"}";
        assertThat(server.post("/runtime/runs", json, "Content-Type", "application/json; charset=utf-8")
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void unknownPathsAre404() {
        var response = server.get("/runtime/nothing");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(code(response)).isEqualTo("not_found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH", "TRACE", "PROPFIND"})
    void wrongMethodsAre405WithAllow(String method) throws Exception {
        try (Socket socket = server.connect()) {
            String answer = TestServer.exchange(
                    socket, method + " /runtime/runs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "\0");
            assertThat(answer).startsWith("HTTP/1.1 405").contains("Allow: GET, HEAD, OPTIONS, POST");
        }
    }

    @Test
    void optionsNamesTheMethods() {
        var response = server.method("OPTIONS", "/runtime/runs", null);
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.headers().firstValue("allow")).hasValue("GET, HEAD, OPTIONS, POST");
        assertThat(response.headers().firstValue("access-control-allow-origin")).isEmpty();
    }

    @Test
    void headIsGetWithoutBody() {
        var get = server.get("/where");
        var head = server.method("HEAD", "/where", null);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("content-length"))
                .isEqualTo(get.headers().firstValue("content-length"));
    }

    @Test
    void anEmptyAnswerHasNeitherBodyNorType() {
        var response = server.method("DELETE", "/runtime/runs/1", null);
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.headers().firstValue("content-type")).isEmpty();
    }

    @Test
    void theGatewayPrefixIsTheSameRoute() {
        assertThat(server.post("/gateway/runtime/runs", "{\"workflow_id\":\"w\"}")
                        .statusCode())
                .isEqualTo(202);
        assertThat(server.get("/gateway/own").statusCode()).isEqualTo(200);
        assertThat(server.get("/own").statusCode()).isEqualTo(404);
        assertThat(server.get("/gateway/nothing").statusCode()).isEqualTo(404);
        assertThat(server.get("/gateway").statusCode()).isEqualTo(404);
    }

    @Test
    void literalsWinOverParametersAndTailsTakeTheRest() {
        assertThat(json(server.get("/runtime/named/fixed")).path("name").asString())
                .isEqualTo("literal");
        assertThat(json(server.get("/runtime/named/a%20b+c")).path("name").asString())
                .isEqualTo("a b+c");
        assertThat(json(server.get("/runtime/named/x/")).path("name").asString())
                .isEqualTo("x");
        assertThat(json(server.get("/files/a/b/c.txt")).path("name").asString()).isEqualTo("a/b/c.txt");
    }

    @Test
    void whatIsNoIdIsTheSame404AsAnUnknownOne() {
        String id = TestServer.IDS.next().toString();
        var unknown = json(server.get("/runtime/node-runs/" + id));
        var malformed = json(server.get("/runtime/node-runs/abc"));
        assertThat(unknown.path("status").asInt()).isEqualTo(404);
        assertThat(unknown.path("detail").asString()).isEqualTo("There is no node run with id " + id + ".");
        assertThat(malformed.path("status").asInt()).isEqualTo(404);
        assertThat(malformed.path("detail").asString()).isEqualTo("There is no node run with id abc.");
    }

    @Test
    void pagesHaveLimitsAndOpaqueCursors() {
        var first = json(server.get("/runtime/runs"));
        assertThat(first.path("items").path(0).path("limit").asInt()).isEqualTo(50);
        String cursor = first.path("next_cursor").asString();
        assertThat(cursor).doesNotContain("/");
        var next = json(server.get("/runtime/runs?limit=200&cursor=" + cursor));
        assertThat(next.path("items").path(0).path("limit").asInt()).isEqualTo(200);
        assertThat(next.path("next_cursor").asString()).isNotEqualTo(cursor);
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=201", "limit=x", "limit=", "cursor=%25%25"})
    void wrongPageParametersAre400AndNamed(String query) {
        var response = server.get("/runtime/runs?" + query);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("errors").path(0).path("path").asString())
                .isEqualTo(query.substring(0, query.indexOf('=')));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        # headers                 | query                          | body                    | found
        -                         | -                              | -                       | public
        x-workspace-id: a         | -                              | -                       | a
        x-tenant-id: a            | -                              | -                       | a
        -                         | workspace_id=a                 | -                       | a
        -                         | tenant_id=a                    | -                       | a
        -                         | -                              | {"workspace_id":"a"}    | a
        -                         | -                              | {"tenant_id":"a"}       | a
        x-workspace-id: a         | tenant_id=a                    | {"workspace_id":"a"}    | a
        x-workspace-id: public    | -                              | -                       | public
        x-workspace-id: a         | workspace_id=b                 | -                       | 400 workspace_conflict
        x-workspace-id: a         | -                              | {"tenant_id":"b"}       | 400 workspace_conflict
        -                         | workspace_id=a&tenant_id=b     | -                       | 400 workspace_conflict
        x-workspace-id: public    | workspace_id=b                 | -                       | 400 workspace_conflict
        x-workspace-id: a/b       | -                              | -                       | 422 x-workspace-id
        -                         | tenant_id=                     | -                       | 422 tenant_id
        -                         | -                              | {"workspace_id":7}      | 422 workspace_id
        """)
    void theWorkspaceIsFoundOrRefused(String header, String query, String body, String expected) {
        String path = "/where" + (query == null ? "" : "?" + query);
        String[] headers = header == null ? new String[0] : header.split(": ");
        var response = server.post(path, body == null ? "{}" : body, headers);
        var answer = json(response);
        String found = switch (response.statusCode()) {
            case 200 -> answer.path("id").asString();
            case 422 -> "422 " + answer.path("errors").path(0).path("path").asString();
            default -> response.statusCode() + " " + answer.path("code").asString();
        };
        assertThat(found).isEqualTo(expected);
        if (response.statusCode() == 200) {
            boolean named = header != null || query != null || body != null;
            assertThat(answer.path("named").booleanValue()).isEqualTo(named);
        }
    }

    @Test
    void aDeclaredLengthBeyondTheLimitIs413BeforeTheBody() throws Exception {
        try (Socket socket = server.connect()) {
            String answer = TestServer.exchange(socket, """
                POST /runtime/runs HTTP/1.1\r
                Host: a\r
                Content-Type: application/json\r
                Expect: 100-continue\r
                Content-Length: 1001\r
                \r
                """, "\0");
            assertThat(answer).startsWith("HTTP/1.1 413").contains("\"code\":\"too_large\"", "Connection: close");
        }
    }

    @Test
    void aClientThatReadsOnlyWhenItHasSentAllGetsTheAnswerToo() throws Exception {
        byte[] body = new byte[16 << 20];
        try (Socket socket = server.connect()) {
            var out = socket.getOutputStream();
            out.write("""
                POST /runtime/runs HTTP/1.1\r
                Host: a\r
                Content-Type: application/json\r
                Content-Length: %d\r
                \r
                """.formatted(body.length).getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            assertThat(TestServer.exchange(socket, "", "\0"))
                    .startsWith("HTTP/1.1 413")
                    .contains("\"code\":\"too_large\"", "Connection: close");
        }
    }

    @Test
    void aChunkedBodyBeyondTheLimitIs413() throws Exception {
        try (Socket socket = server.connect()) {
            String answer = TestServer.exchange(socket, """
                POST /runtime/runs HTTP/1.1\r
                Host: a\r
                Content-Type: application/json\r
                Transfer-Encoding: chunked\r
                \r
                3e9\r
                %s\r
                0\r
                \r
                """.formatted("x".repeat(1001)), "\0");
            assertThat(answer).startsWith("HTTP/1.1 413").contains("\"code\":\"too_large\"");
        }
    }

    @Test
    void aChunkedBodyIsRead() throws Exception {
        try (Socket socket = server.connect()) {
            String answer = TestServer.exchange(socket, """
                POST /runtime/runs HTTP/1.1\r
                Host: a\r
                Content-Type: application/json\r
                Transfer-Encoding: chunked\r
                Connection: close\r
                \r
                9\r
                {"workflo\r
                a\r
                w_id":"w"}\r
                0\r
                \r
                """, "\0");
            assertThat(answer).startsWith("HTTP/1.1 202");
        }
    }

    @Test
    void brokenRequestsAreProblemsToo() throws Exception {
        try (Socket socket = server.connect()) {
            String answer = TestServer.exchange(socket, "GET / HTTP/9.9\r\nHost: a\r\n\r\n", "\0");
            assertThat(answer).contains("application/problem+json").doesNotContain("<html");
        }
        try (Socket socket = server.connect()) {
            String huge = "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(20_000) + "\r\n\r\n";
            String answer = TestServer.exchange(socket, huge, "\0");
            assertThat(answer).startsWith("HTTP/1.1 431").contains("application/problem+json", "x-request-id: ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/runtime/named/%zz", "/runtime/named/a%00b", "/where?workspace_id=%00"})
    void brokenUrlsAre400(String target) throws Exception {
        try (Socket socket = server.connect()) {
            String answer = TestServer.exchange(
                    socket, "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "\0");
            assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json");
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (Socket socket = server.connect()) {
            String one = "GET /runtime/named/%s HTTP/1.1\r\nHost: a\r\n%s\r\n";
            String answer = TestServer.exchange(
                    socket, one.formatted("first", "") + one.formatted("second", "Connection: close\r\n"), "\0");
            assertThat(answer.indexOf("first")).isPositive().isLessThan(answer.indexOf("second"));
        }
    }

    @Test
    void twoRoutesOfOnePathAndMethodAreRefused() {
        Routes twice = new Routes("a", "a");
        twice.get("/a/{id}", "one").handle(request -> Reply.empty(204));
        twice.get("/a/{name}", "two").handle(request -> Reply.empty(204));
        assertThatThrownBy(() -> new RouteTable(List.of(twice)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/a/{id}");
    }
}
