package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The protocol at {@code /mcp}, message by message. */
class McpApiTest {
    private static final String BOTH = "application/json, text/event-stream";

    private static Answer send(Api api, String method, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .header("x-workspace-id", api.workspace())
                .header("Content-Type", "application/json");
        if (headers.length > 0) request.headers(headers);
        request.method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.replace('\'', '"')));
        return api.exchange(request, method, "/mcp");
    }

    private static Answer rpc(Api api, String method, String params, String... headers) {
        return send(
                api, "POST", "{'jsonrpc':'2.0','id':1,'method':'%s','params':%s}".formatted(method, params), headers);
    }

    private static Answer call(Api api, String tool, String arguments, String... headers) {
        return rpc(api, "tools/call", "{'name':'%s','arguments':%s}".formatted(tool, arguments), headers)
                .expect(200);
    }

    private static Answer initialize(Api api, String version) {
        return rpc(
                        api,
                        "initialize",
                        "{'protocolVersion':'%s','capabilities':{},'clientInfo':{'name':'t','version':'1'}}"
                                .formatted(version))
                .expect(200);
    }

    @OnEveryServer
    void theVersionIsNegotiated(Api api) {
        for (String version : new String[] {"2025-03-26", "2025-06-18", "2025-11-25"}) {
            Answer answer = initialize(api, version);
            assertThat(answer.text("result.protocolVersion")).isEqualTo(version);
            assertThat(answer.text("result.serverInfo.name")).isEqualTo("agent-platform");
            assertThat(answer.headers().firstValue("mcp-session-id")).isPresent();
        }
        assertThat(initialize(api, "1999-01-01").text("result.protocolVersion")).isEqualTo("2025-11-25");
        rpc(api, "ping", "{}", "MCP-Protocol-Version", "1999-01-01").expect(400, "unsupported_protocol_version");
        assertThat(rpc(api, "ping", "{}", "MCP-Protocol-Version", "2025-06-18")
                        .expect(200)
                        .at("result")
                        .isObject())
                .isTrue();
    }

    @OnEveryServer
    void sessionsEndAndOthersGoOn(Api api) {
        String one = initialize(api, "2025-06-18")
                .headers()
                .firstValue("mcp-session-id")
                .orElseThrow();
        String other = initialize(api, "2025-06-18")
                .headers()
                .firstValue("mcp-session-id")
                .orElseThrow();
        rpc(api, "ping", "{}", "Mcp-Session-Id", one).expect(200);
        send(api, "DELETE", null, "Mcp-Session-Id", one).expect(204);
        rpc(api, "ping", "{}", "Mcp-Session-Id", one).expect(404, "session_not_found");
        rpc(api, "ping", "{}", "Mcp-Session-Id", other).expect(200);
        rpc(api, "ping", "{}", "Mcp-Session-Id", "mine").expect(404, "session_not_found");
        send(api, "DELETE", null).expect(400, "malformed_header");
        Answer get = send(api, "GET", null, "Accept", "text/event-stream").expect(405);
        assertThat(get.headers().firstValue("allow").orElse("")).contains("POST");
    }

    @OnEveryServer
    void whatIsPublishedIsOffered(Api api) {
        McpThings.publish(api);
        Answer list = rpc(api, "tools/list", "{}").expect(200);
        assertThat(names(list))
                .containsExactly(
                        "agent_greeter",
                        "team_pair",
                        "workflow_hello",
                        "workflow_typed",
                        "workflow_fails",
                        "workflow_waits",
                        "workflow_steps",
                        "skill_greet");
        assertThat(list.at("result.tools.0.inputSchema.required.0").asString()).isEqualTo("input_text");
        assertThat(names(rpc(api.elsewhere(), "tools/list", "{}").expect(200))).isEmpty();
        assertThat(rpc(api, "tools/list", "{'cursor':'x'}")
                        .expect(200)
                        .at("error.code")
                        .asInt())
                .isEqualTo(-32602);

        Answer hello = call(api, "workflow_hello", "{'name':'Ada'}");
        assertThat(hello.text("result.content.0.text")).isEqualTo("Hello Ada");
        assertThat(hello.at("result.isError").asBoolean()).isFalse();
        String run = hello.at("result._meta").path("agent-platform/run_id").asString();
        assertThat(api.get("/runtime/runs/" + run).expect(200).text("status")).isEqualTo("completed");
        assertThat(call(api, "workflow_typed", "{'a':4}")
                        .at("result.structuredContent.doubled")
                        .asInt())
                .isEqualTo(8);
        Answer elsewhere = call(api.elsewhere(), "workflow_hello", "{}");
        assertThat(elsewhere.at("error.code").asInt()).isEqualTo(-32602);
        assertThat(elsewhere.text("error.message")).isEqualTo("Unknown tool: workflow_hello");
        assertThat(call(api, "workflow_draft", "{}").at("error.code").asInt()).isEqualTo(-32602);
    }

    @OnEveryServer
    void aCodeThatNoClientTakesIsCalledByItsId(Api api) {
        String id = McpThings.workflow(api, "with.dots", McpThings.node("answer", "{'template':'dots'}"));
        String name = names(rpc(api, "tools/list", "{}").expect(200)).getFirst();
        assertThat(name).isEqualTo("workflow_" + id);
        assertThat(call(api, name, "{}").text("result.content.0.text")).isEqualTo("dots");
    }

    @OnEveryServer
    void whoTakesEventsGetsThem(Api api) {
        McpThings.publish(api);
        Answer plain = call(api, "workflow_hello", "{'name':'Ada'}", "Accept", BOTH);
        assertThat(plain.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        assertThat(plain.text())
                .startsWith("event: message\ndata: {")
                .contains("Hello Ada")
                .doesNotContain("progress");
        Answer told = rpc(
                        api,
                        "tools/call",
                        "{'name':'workflow_steps','arguments':{},'_meta':{'progressToken':'p'}}",
                        "Accept",
                        BOTH)
                .expect(200);
        assertThat(told.text())
                .contains("notifications/progress", "'progressToken':'p'".replace('\'', '"'), "step.completed two");
        assertThat(told.text()
                        .lines()
                        .filter(line -> line.startsWith("data: "))
                        .toList()
                        .getLast())
                .contains("\"id\":1");
    }

    @OnEveryServer
    void anIdempotencyKeyMakesOneRun(Api api) {
        McpThings.publish(api);
        for (String accept : new String[] {BOTH, "application/json"}) {
            Answer first =
                    call(api, "workflow_hello", "{'name':'A'}", "Accept", accept, "Idempotency-Key", "k" + accept);
            Answer again =
                    call(api, "workflow_hello", "{'name':'A'}", "Accept", accept, "Idempotency-Key", "k" + accept);
            assertThat(again.text()).isEqualTo(first.text());
        }
        String workflow = McpThings.id(api, "workflow", "hello");
        assertThat(api.get("/runtime/runs?workflow_id=" + workflow).expect(200).each("id"))
                .hasSize(2);
    }

    @OnEveryServer
    void aCallIsCancelledInItsSessionOnly(Api api) throws Exception {
        McpThings.publish(api);
        String session = initialize(api, "2025-06-18")
                .headers()
                .firstValue("mcp-session-id")
                .orElseThrow();
        String other = initialize(api, "2025-06-18")
                .headers()
                .firstValue("mcp-session-id")
                .orElseThrow();
        Answer[] answer = new Answer[1];
        Thread waiting = Thread.ofVirtual()
                .start(() -> answer[0] = call(api, "workflow_waits", "{}", "Mcp-Session-Id", session));
        String list = "/runtime/runs?workflow_id=" + McpThings.id(api, "workflow", "waits");
        String run = api.untilItems(list, 1).each("id").getFirst();
        api.until(run, "waiting");
        String cancel = "{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':1}}";
        send(api, "POST", cancel, "Mcp-Session-Id", other).expect(202);
        send(api, "POST", cancel).expect(202);
        assertThat(api.get("/runtime/runs/" + run).expect(200).text("status")).isEqualTo("waiting");
        send(api, "POST", cancel, "Mcp-Session-Id", session).expect(202);
        api.until(run, "cancelled");
        waiting.join();
        assertThat(answer[0].at("result.isError").asBoolean()).isTrue();
        assertThat(answer[0].text("result.content.0.text")).contains("cancelled");
    }

    @OnEveryServer
    void severalMessagesAtOnceInTheVersionThatHasThem(Api api) {
        String batch = "[{'jsonrpc':'2.0','id':1,'method':'ping'},{'jsonrpc':'2.0','method':'notifications/x'},"
                + "{'jsonrpc':'2.0','id':'b','method':'nothing'},7]";
        JsonNode answers = send(api, "POST", batch).expect(200).json();
        assertThat(answers.size()).isEqualTo(3);
        assertThat(answers.path(1).path("error").path("code").asInt()).isEqualTo(-32601);
        assertThat(answers.path(2).path("error").path("code").asInt()).isEqualTo(-32600);
        send(api, "POST", batch, "MCP-Protocol-Version", "2025-06-18").expect(400);
        send(api, "POST", "[]").expect(400);
        send(api, "POST", "[{'jsonrpc':'2.0','method':'notifications/initialized'}]")
                .expect(202);
    }

    @OnEveryServer
    void whatIsNoMessageIsRefused(Api api) {
        for (String wrong : new String[] {
            "{}",
            "{'jsonrpc':'1.0','id':1,'method':'ping'}",
            "{'jsonrpc':'2.0','id':{},'method':'ping'}",
            "{'jsonrpc':'2.0','id':null,'method':'ping'}",
            "{'jsonrpc':'2.0','id':1,'method':7}",
            "{'jsonrpc':'2.0','id':1,'method':'ping','params':[]}",
            "7"
        }) {
            Answer answer = send(api, "POST", wrong).expect(400);
            assertThat(answer.at("error.code").asInt()).as(wrong).isEqualTo(-32600);
        }
        send(api, "POST", "{'jsonrpc':").expect(400);
        for (String params :
                new String[] {"{}", "{'name':7}", "{'name':'workflow_x','arguments':[]}", "{'name':'nothing'}"}) {
            assertThat(rpc(api, "tools/call", params)
                            .expect(200)
                            .at("error.code")
                            .asInt())
                    .as(params)
                    .isEqualTo(-32602);
        }
        assertThat(rpc(api, "resources/list", "{}").expect(200).at("error.code").asInt())
                .isEqualTo(-32601);
        send(api, "POST", "{'jsonrpc':'2.0','id':3,'result':{}}").expect(202);
    }

    @OnEveryServer
    void pagesOfOthersMayNotSpeakToIt(Api api) {
        String here = "http://127.0.0.1:" + api.server().port();
        rpc(api, "ping", "{}", "Origin", here).expect(200);
        for (String foreign : new String[] {"http://evil.example", "http://localhost:1", "null"}) {
            rpc(api, "ping", "{}", "Origin", foreign).expect(403, "origin_not_allowed");
            send(api, "DELETE", null, "Origin", foreign).expect(403, "origin_not_allowed");
        }
    }

    private static List<String> names(Answer list) {
        List<String> names = new ArrayList<>();
        for (JsonNode tool : list.at("result.tools"))
            names.add(tool.path("name").asString());
        return names;
    }
}
