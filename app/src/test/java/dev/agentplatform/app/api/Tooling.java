package dev.agentplatform.app.api;

import dev.agentplatform.kernel.Json;
import tools.jackson.databind.JsonNode;

/** What tests of tools begin with. JSON may be written with single quotes. */
final class Tooling {
    private Tooling() {}

    static String tool(Api api, String code, String type) {
        return api.post("/tools", "{'code':'%s','name':'Tool %s','tool_type':'%s'}".formatted(code, code, type))
                .expect(201)
                .id();
    }

    /** A tool with a published version; gives the id of the tool. */
    static String tool(Api api, String code, String type, String inputSchema, String invokeConfig) {
        String tool = tool(api, code, type);
        version(api, tool, inputSchema, invokeConfig).expect(201);
        return tool;
    }

    static Answer version(Api api, String tool, String inputSchema, String invokeConfig) {
        return api.post(
                "/tools/versions",
                "{'tool_id':'%s','input_schema_json':%s,'invoke_config_json':%s}"
                        .formatted(tool, inputSchema, invokeConfig));
    }

    static String credential(Api api, String type, String secret) {
        return api.post(
                        "/tools/credentials",
                        "{'name':'Key','credential_type':'%s','secret_json':%s}".formatted(type, secret))
                .expect(201)
                .id();
    }

    /** For the whole workspace; {@code credential} may be null. */
    static String binding(Api api, String tool, String config, String credential) {
        String with = credential == null ? "" : ",'credential_id':'" + credential + "'";
        return api.post("/tools/bindings", "{'tool_id':'%s','config_json':%s%s}".formatted(tool, config, with))
                .expect(201)
                .id();
    }

    static Answer invoke(Api api, String tool, String input) {
        return api.post("/tools/" + tool + "/invoke", "{'input_json':%s}".formatted(input))
                .expect(200);
    }

    /** A workflow of one tool node; gives the run, which has ended. */
    static Answer run(Api api, String config, String input) {
        return api.run("{'nodes':[{'id':'t','type':'tool','config':%s}],'edges':[]}".formatted(config), input);
    }

    /** The node run of {@link #run}. */
    static JsonNode node(Api api, Answer run) {
        return api.nodeRuns(run.id()).item("node_id", "t");
    }

    static String quoted(String text) {
        return Json.write(Json.text(text));
    }
}
