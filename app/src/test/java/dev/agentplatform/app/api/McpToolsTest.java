package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Dialect;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The reference server of MCP, unmodified, as a source of tools: as a process and over HTTP. It is fetched as {@link
 * Clients} says.
 */
class McpToolsTest {
    private static String script;

    @BeforeAll
    static void install() throws Exception {
        Path packages = Clients.nodePackages("mcp-node").resolve("node_modules");
        script = packages.resolve("@modelcontextprotocol/server-everything/dist/index.js")
                .toAbsolutePath()
                .toString();
    }

    private static String server() {
        return "'command':'node','args':[%s,'stdio'],'env':{'GREETING':'hello'}"
                .formatted(Json.write(Json.text(script)));
    }

    @Test
    void aProcessAsASource() throws Exception {
        String commands = "GREETING= SECRET_WORD= node " + script + " stdio, node -e";
        try (ApiServer server = new ApiServer(Dialect.SQLITE, false, Map.of("AGENT_PLATFORM_MCP_COMMANDS", commands))) {
            Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
            String credential = Tooling.credential(api, "custom", "{'SECRET_WORD':'sesame-street'}");
            everything(api, server() + ",'credential_id':'" + credential + "'");

            // The process sees its variables, and nothing of ours; what is secret is not shown.
            String env = id(api, "get-env");
            Answer seen = Tooling.invoke(api, env, "{}");
            assertThat(seen.text("status")).as(seen.text()).isEqualTo("completed");
            assertThat(seen.text("output_text"))
                    .contains("GREETING", "hello", "SECRET_WORD", "****")
                    .doesNotContain("sesame-street", "AGENT_PLATFORM");

            List<ProcessHandle> processes = ours();
            assertThat(processes).as("one process for all calls").hasSize(1);
            server.stop();
            server.platform().close();
            assertThat(processes.getFirst().isAlive()).isFalse();
        }
    }

    /** Processes of the reference server that this one started. */
    private static List<ProcessHandle> ours() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> List.of(process.info().arguments().orElse(new String[0]))
                        .contains(script))
                .toList();
    }

    @Test
    void anHttpServerAsASource() throws Exception {
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder("node", script, "streamableHttp").redirectErrorStream(true);
        builder.environment().put("PORT", String.valueOf(port));
        Process process = builder.start();
        try (ApiServer server = new ApiServer(Dialect.SQLITE)) {
            while (!process.inputReader().readLine().contains("listening")) Thread.onSpinWait();
            Thread.ofVirtual().start(() -> process.inputReader().lines().forEach(line -> {}));
            Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
            everything(api, "'url':'http://127.0.0.1:%d/mcp'".formatted(port));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Import, again, invoke, in a workflow, by an agent, errors. @param server its fields without braces */
    private static void everything(Api api, String server) {
        String dry = "{'source':'mcp',%s,'prefix':'ev_','dry_run':true}".formatted(server);
        assertThat(api.post("/tools/import", dry).expect(200).at("created").size())
                .isGreaterThan(8);
        assertThat(api.get("/tools").expect(200).each("id")).isEmpty();
        String all = "{'source':'mcp',%s,'prefix':'ev_'}".formatted(server);
        Answer first = api.post("/tools/import", all).expect(200);
        assertThat(first.at("skipped").size()).as(first.text()).isZero();
        Answer again = api.post("/tools/import", all).expect(200);
        assertThat(again.at("created").size()).isZero();
        assertThat(again.at("updated").size()).as(again.text()).isZero();
        assertThat(again.at("unchanged").size()).isEqualTo(first.at("created").size());
        api.post("/tools/import", "{'source':'mcp',%s,'tool_names':['nobody']}".formatted(server))
                .expect(422, "invalid");

        String sum = id(api, "get-sum");
        Answer added = Tooling.invoke(api, sum, "{'a':2,'b':3}");
        assertThat(added.text("status")).as(added.text()).isEqualTo("completed");
        assertThat(added.text("output_text")).contains("5");
        assertThat(added.text("output_json.server.tool_name")).isEqualTo("get-sum");
        api.post("/tools/" + sum + "/invoke", "{'input_json':{'a':'two'}}").expect(422, "invalid");

        Answer typed = Tooling.invoke(api, id(api, "get-structured-content"), "{'location':'Chicago'}");
        assertThat(typed.at("output_json.result.temperature").isNumber())
                .as(typed.text())
                .isTrue();

        String slow = id(api, "trigger-long-running-operation");
        Answer done = Tooling.invoke(api, slow, "{'duration':0.2,'steps':2}");
        assertThat(done.text("output_text")).as(done.text()).contains("completed");
        Answer late = api.post("/tools/" + slow + "/invoke", "{'input_json':{'duration':60},'timeout_seconds':0.5}")
                .expect(200);
        assertThat(late.text("error.code")).as(late.text()).isEqualTo("timeout");

        Answer run =
                Tooling.run(api, "{'tool_code':'ev_echo','input_json':{'message':'{{input.word}}'}}", "{'word':'hey'}");
        assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
        assertThat(run.text("output_text")).contains("hey");
        assertThat(Tooling.node(api, run).at("/output_json/tool/tool_type").asString())
                .isEqualTo("mcp");

        String agent = Programs.published(
                api,
                "agent",
                "echoes",
                "'system_prompt':'x','model_config':{'model':'mock'},'tool_refs':[{'code':'ev_echo','required':true,"
                        + "'config_json':{'auto_invoke':true}}]");
        Answer asked = Programs.run(api, "agent", agent, "'input_text':'x','input_json':{'message':'by an agent'}");
        JsonNode call = api.get("/agents/runs/" + asked.id() + "/tool-invocations")
                .expect(200)
                .item("source", "tool");
        assertThat(call.path("status").asString()).as(call.toString()).isEqualTo("completed");
        assertThat(call.path("output_text").asString()).contains("by an agent");
    }

    private static String id(Api api, String remote) {
        return api.get("/tools?code=ev_" + remote).expect(200).each("id").getFirst();
    }
}
