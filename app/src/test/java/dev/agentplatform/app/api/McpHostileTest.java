package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Dialect;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** MCP servers that do what they should not: each call ends in its time, with an error that says what was wrong. */
class McpHostileTest {
    private static final String JSON = "application/json";
    private static final String SSE_HEAD =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    private static final CountDownLatch OVER = new CountDownLatch(1);

    private static ApiServer server;
    private static Api api;
    private static int tools;

    @BeforeAll
    static void start() throws Exception {
        server = new ApiServer(
                Dialect.SQLITE, false, Map.of("AGENT_PLATFORM_MCP_COMMANDS", "TOKEN= sh -c, no-such-program"));
        api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
    }

    @AfterAll
    static void stop() throws Exception {
        OVER.countDown();
        server.close();
    }

    /** What a server does to a message other than the beginning of a session. */
    private interface Answering {
        void answer(JsonNode message, OutputStream out) throws Exception;
    }

    /** Begins sessions as it should; notifications are taken. */
    private static ToolServer wellBegun(Answering answering) throws Exception {
        return new ToolServer((request, out) -> {
            JsonNode message = request.body().isEmpty() ? Json.object() : Json.parse(request.body());
            if (message.path("method").asString("").equals("initialize")) {
                ToolServer.write(out, 200, JSON, begun(message, "2025-06-18"));
            } else if (!message.has("id")) {
                ToolServer.write(out, 202, JSON, "");
            } else {
                answering.answer(message, out);
            }
        });
    }

    private static String begun(JsonNode message, String version) {
        return result(
                message,
                "{'protocolVersion':'%s','capabilities':{},'serverInfo':{'name':'x','version':'1'}}"
                        .formatted(version));
    }

    private static String result(JsonNode message, String result) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + message.path("id") + ",\"result\":" + result.replace('\'', '"') + "}";
    }

    private static String tool(String server) {
        return Tooling.tool(api, "t" + tools++, "mcp", "{}", "{'tool_name':'x',%s}".formatted(server));
    }

    private static Answer call(String server) {
        return api.post("/tools/" + tool(server) + "/invoke", "{'input_json':{},'timeout_seconds':1}")
                .expect(200);
    }

    private static void fails(Answering answering, String code, String said) throws Exception {
        try (ToolServer hostile = wellBegun(answering)) {
            fails(hostile, code, said);
        }
    }

    private static void fails(ToolServer hostile, String code, String said) {
        Answer answer = call("'url':'%s'".formatted(hostile.url("/mcp")));
        assertThat(answer.text("error.code")).as(answer.text()).isEqualTo(code);
        assertThat(answer.text("error.message")).contains(said);
        assertThat(answer.at("duration_ms").asInt()).isLessThan(6_000);
    }

    @Test
    void answersThatAreNone() throws Exception {
        fails((message, out) -> OVER.await(), "timeout", "ms");
        fails((message, out) -> {}, "protocol_error", "closed");
        fails((message, out) -> ToolServer.write(out, 200, JSON, "{'x"), "invalid_answer", "is none");
        fails((message, out) -> ToolServer.write(out, 200, JSON, "[".repeat(5_000)), "invalid_answer", "nested");
        fails((message, out) -> ToolServer.write(out, 200, "text/html", "<p>"), "invalid_answer", "text/html");
        fails((message, out) -> ToolServer.write(out, 202, JSON, ""), "invalid_answer", "status 202");
        fails((message, out) -> ToolServer.write(out, 500, "text/plain", "no"), "http_500", "500");
        fails((message, out) -> ToolServer.write(out, 401, "text/plain", "no"), "http_401", "401");
        fails(
                (message, out) -> ToolServer.write(out, 200, JSON, "{\"jsonrpc\":\"2.0\",\"id\":77,\"result\":{}}"),
                "invalid_answer",
                "our id");
        fails(
                (message, out) -> ToolServer.write(
                        out,
                        200,
                        JSON,
                        "{\"jsonrpc\":\"2.0\",\"id\":" + message.path("id")
                                + ",\"error\":{\"code\":-32000,\"message\":\"Out of order\"}}"),
                "mcp_error",
                "Out of order");
        fails((message, out) -> ToolServer.write(out, 200, JSON, result(message, "7")), "invalid_answer", "no object");
        fails((message, out) -> ToolServer.write(out, 200, JSON, result(message, "{}")), "invalid_answer", "content");
        fails(
                (message, out) -> ToolServer.write(
                        out,
                        200,
                        JSON,
                        result(message, "{'isError':true,'content':[{'type':'text','text':'It broke'}]}")),
                "tool_error",
                "It broke");
        fails(
                (message, out) -> {
                    ToolServer.head(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
                    byte[] part = new byte[64 * 1024];
                    while (true) out.write(part);
                },
                "too_large",
                "larger");
        fails(
                (message, out) -> ToolServer.head(
                        out, "HTTP/1.1 307 Go\r\nLocation: http://10.0.0.1/mcp\r\nContent-Length: 0\r\n\r\n"),
                "target_forbidden",
                "10.0.0.1");
    }

    @Test
    void streamsWithoutAnEnd() throws Exception {
        fails((message, out) -> stream(out, ": still here\n\n"), "too_large", "larger");
        fails(
                (message, out) -> stream(out, "data: {\"jsonrpc\":\"2.0\",\"method\":\"x\"}\n\n"),
                "invalid_answer",
                "10000");
        fails(
                (message, out) -> stream(out, "data: {\"jsonrpc\":\"2.0\",\"id\":77,\"result\":{}}\n\n"),
                "invalid_answer",
                "10000");
        fails((message, out) -> stream(out, "data: {\n\n"), "invalid_answer", "no JSON");
        fails((message, out) -> stream(out, "data: x"), "too_large", "larger");
        fails((message, out) -> ToolServer.head(out, SSE_HEAD), "invalid_answer", "without an answer");
        fails(
                (message, out) -> {
                    ToolServer.head(out, SSE_HEAD + ": quiet\n\n");
                    OVER.await();
                },
                "timeout",
                "ms");
    }

    private static void stream(OutputStream out, String part) throws Exception {
        ToolServer.head(out, SSE_HEAD);
        byte[] bytes = part.repeat(100).getBytes(StandardCharsets.UTF_8);
        while (true) out.write(bytes);
    }

    @Test
    void anAnswerIsTakenFromAStreamThatGoesOn() throws Exception {
        Answering answering = (message, out) -> {
            String answer = result(message, "{'content':[{'type':'text','text':'one\\ntwo é'}]}");
            String events = SSE_HEAD + "retry: 10\r\n\r\nevent: other\ndata: {\n\nid: 4\nevent: message\r\ndata: "
                    + answer.replace(",\"result\"", ",\ndata: \"result\"") + "\r\n\r\n: more\n\n";
            out.write(events.getBytes(StandardCharsets.UTF_8));
            out.flush();
            OVER.await();
        };
        try (ToolServer going = wellBegun(answering)) {
            Answer answer = call("'url':'%s'".formatted(going.url("/mcp")));
            assertThat(answer.text("status")).as(answer.text()).isEqualTo("completed");
            assertThat(answer.text("output_text")).isEqualTo("one\ntwo é");
        }
    }

    @Test
    void questionsOfTheServerAreAnswered() throws Exception {
        CountDownLatch ponged = new CountDownLatch(1);
        try (ToolServer asking = new ToolServer((request, out) -> {
            JsonNode message = Json.parse(request.body());
            String method = message.path("method").asString("");
            if (method.equals("initialize")) ToolServer.write(out, 200, JSON, begun(message, "2025-06-18"));
            else if (method.equals("tools/call")) {
                ToolServer.head(out, SSE_HEAD + "data: {\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"ping\"}\n\n");
                ponged.await();
                String answer = result(message, "{'content':[{'type':'text','text':'asked'}]}");
                ToolServer.head(out, "data: " + answer + "\n\n");
            } else {
                if (message.path("id").asString("").equals("q") && message.has("result")) ponged.countDown();
                ToolServer.write(out, 202, JSON, "");
            }
        })) {
            assertThat(call("'url':'%s'".formatted(asking.url("/mcp"))).text("output_text"))
                    .isEqualTo("asked");
        }
    }

    @Test
    void aForgottenSessionIsBegunAnew() throws Exception {
        int[] sessions = new int[1];
        try (ToolServer forgetful = new ToolServer((request, out) -> {
            JsonNode message = Json.parse(request.body());
            String method = message.path("method").asString("");
            if (method.equals("initialize")) {
                String body = begun(message, "2025-06-18");
                ToolServer.head(
                        out,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nMcp-Session-Id: s" + ++sessions[0]
                                + "\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body);
            } else if (!message.has("id")) ToolServer.write(out, 202, JSON, "");
            else if (request.header("Mcp-Session-Id").equals("s1")) ToolServer.write(out, 404, JSON, "{}");
            else {
                assertThat(request.header("MCP-Protocol-Version")).isEqualTo("2025-06-18");
                ToolServer.write(out, 200, JSON, result(message, "{'content':[]}"));
            }
        })) {
            Answer answer = call("'url':'%s'".formatted(forgetful.url("/mcp")));
            assertThat(answer.text("status")).as(answer.text()).isEqualTo("completed");
            assertThat(sessions[0]).isEqualTo(2);
        }
    }

    @Test
    void beginningsThatAreNone() throws Exception {
        try (ToolServer silent = new ToolServer((request, out) -> OVER.await());
                ToolServer old = new ToolServer((request, out) ->
                        ToolServer.write(out, 200, JSON, begun(Json.parse(request.body()), "1999-01-01")));
                ToolServer none = ToolServer.answering(404, "text/plain", "nothing here")) {
            fails(silent, "timeout", "ms");
            fails(old, "invalid_answer", "1999-01-01");
            fails(none, "http_404", "404");
        }
    }

    @Test
    void listsWithoutAnEnd() throws Exception {
        list("{'tools':[],'nextCursor':'again'}", 502, "invalid_answer");
        list("{}", 502, "invalid_answer");
        list("{'tools':[" + "{'name':'t','inputSchema':{}},".repeat(600) + "{}]}", 502, "too_large");
        int[] page = new int[1];
        try (ToolServer endless = wellBegun((message, out) ->
                ToolServer.write(out, 200, JSON, result(message, "{'tools':[],'nextCursor':'" + page[0]++ + "'}")))) {
            imported(endless, "").expect(502, "too_large");
        }
        try (ToolServer odd = wellBegun(
                (message, out) -> ToolServer.write(
                        out,
                        200,
                        JSON,
                        result(
                                message,
                                "{'tools':[7,{'name':''},{'name':'a','inputSchema':7},{'name':'b','inputSchema':{'type':'no'}},"
                                    + "{'name':'c/d'},{'name':'c_d'},{'name':'fine','inputSchema':{'type':'object'}}]}")))) {
            Answer answer = imported(odd, "").expect(200);
            assertThat(answer.at("created").size()).as(answer.text()).isEqualTo(2);
            assertThat(answer.at("skipped").size()).isEqualTo(5);
        }
    }

    private static void list(String result, int status, String code) throws Exception {
        try (ToolServer hostile =
                wellBegun((message, out) -> ToolServer.write(out, 200, JSON, result(message, result)))) {
            imported(hostile, "").expect(status, code);
        }
    }

    private static Answer imported(ToolServer from, String more) {
        return api.post(
                "/tools/import",
                "{'source':'mcp','url':'%s','prefix':'i%d_'%s}".formatted(from.url("/mcp"), tools++, more));
    }

    @Test
    void aListThatChangesShowsWhatChanged() throws Exception {
        String[] list = {"{'tools':[{'name':'a','description':'A'},{'name':'b'}]}"};
        try (ToolServer changing =
                wellBegun((message, out) -> ToolServer.write(out, 200, JSON, result(message, list[0])))) {
            String asked = "{'source':'mcp','url':'%s','prefix':'chg_'}".formatted(changing.url("/mcp"));
            assertThat(api.post("/tools/import", asked)
                            .expect(200)
                            .at("created")
                            .size())
                    .isEqualTo(2);
            list[0] =
                    "{'tools':[{'name':'a','description':'New','inputSchema':{'type':'object','required':['x']}},{'name':'c'}]}";
            Answer again = api.post("/tools/import", asked).expect(200);
            assertThat(again.text("updated.0.code")).isEqualTo("chg_a");
            assertThat(again.at("updated.0.changes").toString()).isEqualTo("[\"description\",\"input_schema_json\"]");
            assertThat(again.text("created.0.tool_name")).isEqualTo("c");
            assertThat(again.text("missing.0.tool_name")).isEqualTo("b");
            Answer third = api.post("/tools/import", asked).expect(200);
            assertThat(third.at("unchanged").size()).isEqualTo(2);
            assertThat(third.at("updated").size()).isZero();
        }
    }

    @Test
    void secretsAreNotShown() throws Exception {
        try (ToolServer echo = new ToolServer((request, out) -> {
            JsonNode message = Json.parse(request.body());
            if (message.path("method").asString("").equals("initialize"))
                ToolServer.write(out, 200, JSON, begun(message, "2025-03-26"));
            else if (!message.has("id")) ToolServer.write(out, 202, JSON, "");
            else {
                ObjectNode result = Json.object();
                result.putArray("content").addObject().put("type", "text").put("text", request.head());
                ToolServer.write(out, 200, JSON, result(message, "null").replace("null", Json.write(result)));
            }
        })) {
            String credential = Tooling.credential(api, "bearer", "{'token':'s3cret-token'}");
            Answer answer = call("'url':'%s','credential_id':'%s'".formatted(echo.url("/mcp"), credential));
            assertThat(answer.text("status")).as(answer.text()).isEqualTo("completed");
            assertThat(answer.text()).contains("Bearer ****").doesNotContain("s3cret");
            // A binding's address and credential count before those of the tool.
            String tool = tool("'url':'http://127.0.0.1:1/'");
            Tooling.binding(
                    api, tool, "{'url':'%s','headers':{'x-more':'m0re'}}".formatted(echo.url("/b")), credential);
            Answer bound = Tooling.invoke(api, tool, "{}");
            assertThat(bound.text("output_text")).contains("POST /b ", "m0re", "****");
            String unknown =
                    tool("'url':'%s','credential_id':'01890000-0000-7000-8000-000000000000'".formatted(echo.url("/")));
            api.post("/tools/" + unknown + "/invoke", "{}").expect(404, "not_found");
        }
    }

    @Test
    void processesThatDoNotSpeak() {
        process("sleep 60", "timeout", "ms");
        process("echo I am broken >&2; exit 3", "mcp_process_ended", "I am broken");
        process("yes", "invalid_answer", "no message");
        process("head -c 9000000 /dev/zero", "too_large", "larger");
        process("cat", "mcp_error", "-32601");
        process("while read line; do echo {; done", "timeout", "It said: {");
        Answer answer = call("'command':'no-such-program'");
        assertThat(answer.text("error.code")).as(answer.text()).isEqualTo("mcp_not_started");
        assertThat(left()).isEmpty();
    }

    /** Processes that this test started and that go on. */
    private static List<ProcessHandle> left() {
        long deadline = System.nanoTime() + 20_000_000_000L;
        List<ProcessHandle> left = alive();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            left.getFirst()
                    .onExit()
                    .orTimeout(1, TimeUnit.SECONDS)
                    .exceptionally(late -> null)
                    .join();
            left = alive();
        }
        return left;
    }

    private static List<ProcessHandle> alive() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.isAlive()
                        && process.info()
                                .command()
                                .map(it -> it.matches(".*/(sleep|yes|head|cat)"))
                                .orElse(false))
                .toList();
    }

    private static void process(String script, String code, String said) {
        Answer answer = call("'command':'sh','args':['-c',%s]".formatted(Json.write(Json.text(script))));
        assertThat(answer.text("error.code")).as(script + ": " + answer.text()).isEqualTo(code);
        assertThat(answer.text("error.message")).contains(said);
    }

    @Test
    void onlyWhatTheOperatorAllowsIsStarted() {
        for (String wrong : List.of(
                "'command':'bash','args':['-c','x']",
                "'command':'sh'",
                "'command':'sh','args':['-x','-c']",
                "'command':'/bin/sh','args':['-c','x']",
                "'command':'sh','args':['-c','x'],'env':{'PATH':'/tmp'}")) {
            String tool = Tooling.tool(api, "r" + tools++, "mcp");
            Answer refused = Tooling.version(api, tool, "{}", "{'tool_name':'x',%s}".formatted(wrong))
                    .expect(422, "mcp_command_not_allowed");
            assertThat(refused.text("detail")).contains("AGENT_PLATFORM_MCP_COMMANDS");
            assertThat(refused.text("errors.0.path")).startsWith("invoke_config_json.");
            api.post("/tools/import", "{'source':'mcp',%s}".formatted(wrong)).expect(422, "mcp_command_not_allowed");
        }
    }
}
