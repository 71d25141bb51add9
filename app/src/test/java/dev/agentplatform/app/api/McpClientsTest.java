package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Dialect;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The official MCP packages for Node and Python, unmodified, against {@code /mcp} of a server that asks for a key: list,
 * call, progress, errors, cancellation, the end of a session.
 */
class McpClientsTest {
    /** More than a page of the list. */
    private static final int FILLERS = 60;

    private static ApiServer server;
    private static String key;
    private static Api api;

    @BeforeAll
    static void start() throws Exception {
        server = new ApiServer(Dialect.SQLITE, false, Map.of("AGENT_PLATFORM_AUTH_REQUIRED", "true"));
        key = new EveryRoute(server)
                .json(201, "POST", "/gateway/api-keys", "{'name':'first'}")
                .path("api_key")
                .asString();
        api = new Api(server, Api.Spelling.WORKSPACE_HEADER, "public", "x-api-key", key);
        McpThings.publish(api);
        for (int i = 0; i < FILLERS; i++)
            McpThings.workflow(api, "filler_" + i, McpThings.node("answer", "{'template':'x'}"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void node() throws Exception {
        Clients.node("mcp-node", "client.mjs", environment());
        Answer runs = api.get("/runtime/runs?workflow_id=" + McpThings.id(api, "workflow", "waits"))
                .expect(200);
        assertThat(runs.each("id")).hasSize(1);
        api.until(runs.each("id").getFirst(), "cancelled");
    }

    @Test
    void python() throws Exception {
        Clients.python("mcp-python", "client.py", environment());
    }

    @Test
    void aKeySeesAndCallsWhatItMayStart() {
        EveryRoute every = new EveryRoute(server);
        String list = "{'jsonrpc':'2.0','id':1,'method':'tools/list'}";
        String greet = "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'skill_greet',"
                + "'arguments':{'who':'Ada'}}}";
        String[] none = {"x-api-key", AuthenticationApiTest.key(every, key, "skill:write mcp:read")};
        every.json(403, "POST", "/mcp", list, none);
        String[] door = {"x-api-key", AuthenticationApiTest.key(every, key, "mcp:write agent:write")};
        assertThat(every.json(200, "POST", "/mcp", list, door).findValuesAsString("name"))
                .containsExactly("agent_greeter");
        assertThat(every.json(200, "POST", "/mcp", greet, door)
                        .at("/error/code")
                        .asInt())
                .isEqualTo(-32602);
        String[] skills = {"x-api-key", AuthenticationApiTest.key(every, key, "mcp:write skill:write")};
        assertThat(every.json(200, "POST", "/mcp", greet, skills)
                        .at("/result/content/0/text")
                        .asString())
                .isEqualTo("Good day, Ada");
    }

    private static Map<String, String> environment() {
        return Map.of("BASE_URL", "http://127.0.0.1:" + server.port(), "API_KEY", key);
    }
}
