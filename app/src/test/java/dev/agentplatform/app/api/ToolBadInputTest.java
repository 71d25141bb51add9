package dev.agentplatform.app.api;

import static dev.agentplatform.app.api.WrongRequests.get;
import static dev.agentplatform.app.api.WrongRequests.post;
import static dev.agentplatform.app.api.WrongRequests.types;
import static dev.agentplatform.app.api.WrongRequests.wrong;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.api.WrongRequests.Wrong;
import dev.agentplatform.store.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Every wrong request about tools is answered with a problem that names what is wrong, and changes nothing. */
class ToolBadInputTest {
    private static final List<String> NO_TEXT = List.of("1", "true", "{}", "[]");
    private static final List<String> NO_ID = List.of("1", "'no-id'", "{}");
    private static final List<String> NO_OBJECT = List.of("1", "'text'", "[]");
    private static final String UNKNOWN = "01a21092-4bbd-76b6-98c3-258156000000";

    /** Things that exist, for requests that are wrong in one respect only. */
    private record Things(
            String tool, String builtin, String mcp, String archived, String binding, String credential) {}

    @OnEveryServer
    void everyWrongRequestIsAnsweredAndChangesNothing(Api api) {
        String tool = Tooling.tool(api, "known", "http", "{'q':{'type':'string'}}", "{'url':'http://127.0.0.1:1/{q}'}");
        String archived = Tooling.version(api, tool, "{}", "{'url':'http://x/'}")
                .expect(201)
                .id();
        api.post("/tools/versions/" + archived + "/archive").expect(200);
        String credential = Tooling.credential(api, "bearer", "{'token':'abcdefgh'}");
        Things things = new Things(
                tool,
                Tooling.tool(api, "calc", "builtin", "{}", "{'builtin':'calculator'}"),
                Tooling.tool(api, "mcp", "mcp"),
                archived,
                Tooling.binding(api, tool, "{}", credential),
                credential);
        List<Wrong> all = new ArrayList<>();
        definitions(all, things);
        versions(all, things);
        bindings(all, things);
        credentials(all, things);
        calls(all, things);
        imports(all);
        assertThat(all).hasSizeGreaterThanOrEqualTo(120);
        Database database = api.server().platform().database();
        Map<String, Long> before = BadInputTest.rows(database);
        List<String> faults = new ArrayList<>();
        for (Wrong wrong : all) faults.addAll(BadInputTest.faults(wrong, BadInputTest.send(api, wrong)));
        assertThat(faults).isEmpty();
        assertThat(BadInputTest.rows(database)).isEqualTo(before);
    }

    private static void definitions(List<Wrong> all, Things things) {
        types(
                all,
                "POST",
                "/tools",
                "{'code':'new','name':'New','tool_type':'http'}",
                Map.of(
                        "code", List.of("1", "{}", "''", "'" + "x".repeat(129) + "'"),
                        "name", List.of("1", "[]", "''", "'" + "x".repeat(201) + "'"),
                        "tool_type", List.of("1", "'soap'", "'HTTP'", "{}"),
                        "description", NO_TEXT));
        all.add(post("/tools", "{}", 422, "tool_type"));
        all.add(post("/tools", "{'code':'known','name':'x','tool_type':'http'}", 409, null));
        types(
                all,
                "PATCH",
                "/tools/" + things.tool(),
                "{}",
                Map.of("name", List.of("1", "''"), "description", NO_TEXT));
        all.add(get("/tools/" + UNKNOWN, 404, null));
        all.add(get("/tools/no-id", 404, null));
        all.add(get("/tools?tool_type=soap", 400, "tool_type"));
        all.add(get("/tools?limit=0", 400, "limit"));
        all.add(get("/tools?cursor=x", 400, "cursor"));
        all.add(get("/tools?sort=name", 400, "sort"));
        all.add(wrong("DELETE", "/tools/" + things.tool(), null, 409, null));
        all.add(wrong("DELETE", "/tools/" + UNKNOWN, null, 404, null));
        all.add(wrong("PUT", "/tools/" + things.tool(), "{}", 405, null));
    }

    private static void versions(List<Wrong> all, Things things) {
        String good = "{'tool_id':'" + things.tool() + "'}";
        types(
                all,
                "POST",
                "/tools/versions",
                good,
                Map.of(
                        "tool_id", NO_ID,
                        "input_schema_json", NO_OBJECT,
                        "invoke_config_json", NO_OBJECT,
                        "output_schema_json", NO_OBJECT,
                        "status", List.of("1", "'archived'", "'live'")));
        all.add(post("/tools/versions", "{}", 422, "tool_id"));
        all.add(post("/tools/versions", "{'tool_id':'" + UNKNOWN + "'}", 404, null));
        all.add(version(things.tool(), "'input_schema_json':{'type':'nothing'}", 422, "input_schema_json.type"));
        all.add(version(
                things.tool(), "'input_schema_json':{'properties':{'a':{'pattern':'('}}}", 422, "input_schema_json"));
        all.add(version(things.tool(), "'output_schema_json':{'required':7}", 422, "output_schema_json.required"));
        Map.ofEntries(
                        Map.entry("url", "7"),
                        Map.entry("base_url", "[]"),
                        Map.entry("path", "{}"),
                        Map.entry("method", "'STEAL'"),
                        Map.entry("query", "'x'"),
                        Map.entry("headers", "[1]"),
                        Map.entry("parameters", "'x'"),
                        Map.entry("auth", "1"),
                        Map.entry("timeout_seconds", "-1"))
                .forEach((field, value) -> {
                    String config = "'" + field + "':" + value;
                    String path = "." + field;
                    all.add(version(
                            things.tool(), "'invoke_config_json':{" + config + "}", 422, "invoke_config_json" + path));
                    if (!field.equals("auth"))
                        all.add(post(
                                "/tools/bindings",
                                "{'tool_id':'" + things.tool() + "','config_json':{" + config + "}}",
                                422,
                                "config_json" + path));
                });
        all.add(version(things.tool(), "'invoke_config_json':{'url':'{{input.x'}", 422, "invoke_config_json.url"));
        all.add(version(things.tool(), "'invoke_config_json':{'url':'{{secrets.X}}'}", 422, "invoke_config_json"));
        all.add(version(
                things.tool(),
                "'invoke_config_json':{'body':{'a':['{{ 1 + }}']}}",
                422,
                "invoke_config_json.body.a.0"));
        all.add(version(
                things.builtin(), "'invoke_config_json':{'builtin':'none'}", 422, "invoke_config_json.builtin"));
        all.add(version(things.builtin(), "'invoke_config_json':{}", 422, "invoke_config_json.builtin"));
        all.add(version(things.mcp(), "'invoke_config_json':{}", 422, "tool_type"));
        all.add(post("/tools/versions/" + things.archived() + "/publish", "{}", 409, null));
        all.add(post("/tools/versions/" + UNKNOWN + "/publish", "{}", 404, null));
        all.add(get("/tools/versions/" + UNKNOWN, 404, null));
        all.add(get("/tools/" + UNKNOWN + "/versions", 404, null));
        all.add(get("/tools/" + things.tool() + "/versions?status=live", 400, "status"));
    }

    private static Wrong version(String tool, String fields, int status, String path) {
        return post("/tools/versions", "{'tool_id':'" + tool + "'," + fields + "}", status, path);
    }

    private static void bindings(List<Wrong> all, Things things) {
        types(
                all,
                "POST",
                "/tools/bindings",
                "{'tool_id':'" + things.tool() + "'}",
                Map.of(
                        "tool_id", NO_ID,
                        "tool_version_id", NO_ID,
                        "scope_type", List.of("1", "'galaxy'"),
                        "scope_id", List.of("1", "''", "'" + "x".repeat(201) + "'"),
                        "config_json", NO_OBJECT,
                        "credential_id", NO_ID));
        all.add(post("/tools/bindings", "{}", 422, "tool_id"));
        all.add(post("/tools/bindings", "{'tool_id':'" + things.tool() + "','scope_type':'agent'}", 422, "scope_id"));
        all.add(post("/tools/bindings", "{'tool_id':'" + UNKNOWN + "'}", 404, null));
        all.add(post(
                "/tools/bindings", "{'tool_id':'" + things.tool() + "','credential_id':'" + UNKNOWN + "'}", 404, null));
        all.add(post(
                "/tools/bindings",
                "{'tool_id':'" + things.builtin() + "','tool_version_id':'" + things.archived() + "'}",
                422,
                "tool_version_id"));
        String binding = "/tools/bindings/" + things.binding();
        types(all, "PATCH", binding, "{}", Map.of("scope_type", List.of("'galaxy'"), "config_json", NO_OBJECT));
        all.add(wrong("PATCH", binding, "{'scope_type':'agent','scope_id':''}", 422, "scope_id"));
        all.add(wrong("PATCH", binding, "{'credential_id':'" + UNKNOWN + "'}", 404, null));
        all.add(get("/tools/bindings/" + UNKNOWN, 404, null));
        all.add(get("/tools/bindings?tool_id=x", 400, "tool_id"));
        all.add(wrong("DELETE", "/tools/bindings/" + UNKNOWN, null, 404, null));
    }

    private static void credentials(List<Wrong> all, Things things) {
        types(
                all,
                "POST",
                "/tools/credentials",
                "{'name':'n','credential_type':'bearer','secret_json':{'token':'abcdefgh'}}",
                Map.of(
                        "name", List.of("1", "''", "'" + "x".repeat(201) + "'"),
                        "credential_type", List.of("1", "'magic'"),
                        "secret_json", NO_OBJECT));
        all.add(post("/tools/credentials", "{}", 422, "secret_json"));
        all.add(credential("api_key", "{}", "secret_json.api_key"));
        all.add(credential("api_key", "{'api_key':7}", "secret_json.api_key"));
        all.add(credential("api_key", "{'api_key':'abc'}", "secret_json.api_key"));
        all.add(credential("api_key", "{'api_key':'abcdefgh','in':'body'}", "secret_json.in"));
        all.add(credential("bearer", "{'token':'line\\nbreak'}", "secret_json.token"));
        all.add(credential("bearer", "{'token':'" + "x".repeat(8_001) + "'}", "secret_json.token"));
        all.add(credential("basic", "{'username':'ann'}", "secret_json.password"));
        all.add(credential("oauth2", "{'client_id':'a','client_secret':'abcdefgh'}", "secret_json.token_url"));
        all.add(credential(
                "oauth2",
                "{'token_url':'http://x','client_id':'a','client_secret':'abcdefgh','auth_style':'magic'}",
                "secret_json.auth_style"));
        all.add(credential("custom", "{}", "secret_json"));
        all.add(credential("custom", "{'headers':{'X':{}}}", "secret_json.headers.X"));
        String known = "/tools/credentials/" + things.credential();
        all.add(post(known + "/rotate", "{}", 422, "secret_json"));
        all.add(post(known + "/rotate", "{'secret_json':{'password':'abcdefgh'}}", 422, "secret_json.token"));
        all.add(post("/tools/credentials/" + UNKNOWN + "/rotate", "{'secret_json':{'token':'abcdefgh'}}", 404, null));
        all.add(wrong("PATCH", known, "{'name':''}", 422, "name"));
        all.add(wrong("DELETE", known, null, 409, null));
        all.add(get("/tools/credentials/" + UNKNOWN, 404, null));
        all.add(get("/tools/credentials?credential_type=magic", 400, "credential_type"));
    }

    private static Wrong credential(String type, String secret, String path) {
        String body = "{'name':'n','credential_type':'%s','secret_json':%s}".formatted(type, secret);
        return post("/tools/credentials", body, 422, path);
    }

    private static void calls(List<Wrong> all, Things things) {
        String invoke = "/tools/" + things.tool() + "/invoke";
        types(
                all,
                "POST",
                invoke,
                "{}",
                Map.of(
                        "input_json", List.of("1", "'text'", "[]"),
                        "binding_id", NO_ID,
                        "tool_version_id", NO_ID,
                        "config_json", NO_OBJECT,
                        "scope_json", NO_OBJECT,
                        "timeout_seconds", List.of("-1", "121", "'soon'")));
        all.add(post(invoke, "{'input_json':{'q':7}}", 422, "input_json.q"));
        all.add(post(invoke, "{'input_json':{}}", 422, "input_json.q"));
        all.add(post(invoke, "{'input_json':{'q':'..'}}", 422, "input_json.q"));
        all.add(post(invoke, "{'input_json':{'q':'x'},'config_json':{'query':7}}", 422, "query"));
        all.add(post(invoke, "{'scope_json':{'galaxy':'x'}}", 422, "scope_json.galaxy"));
        all.add(post(invoke, "{'scope_json':{'agent':1}}", 422, "scope_json.agent"));
        all.add(post(invoke, "{'binding_id':'" + UNKNOWN + "'}", 404, null));
        all.add(post(
                "/tools/" + things.builtin() + "/invoke",
                "{'binding_id':'" + things.binding() + "'}",
                422,
                "tool_binding_id"));
        all.add(post(
                "/tools/" + things.builtin() + "/invoke",
                "{'input_json':{'expression':'1 +'}}",
                422,
                "input_json.expression"));
        all.add(post("/tools/" + things.builtin() + "/invoke", "{'input_json':{}}", 422, "input_json.expression"));
        all.add(post("/tools/" + things.mcp() + "/invoke", "{}", 409, null));
        all.add(post("/tools/" + UNKNOWN + "/invoke", "{}", 404, null));
    }

    private static void imports(List<Wrong> all) {
        types(
                all,
                "POST",
                "/tools/import",
                "{'document':{}}",
                Map.of(
                        "source", List.of("1", "'soap'"),
                        "base_url", List.of("1", "'ftp://x'"),
                        "prefix", List.of("1", "'" + "x".repeat(65) + "'"),
                        "operation_ids", List.of("1", "'x'"),
                        "tags", List.of("1", "'x'"),
                        "dry_run", List.of("1", "'yes'")));
        all.add(post("/tools/import", "{}", 422, "document"));
        all.add(post("/tools/import", "{'document':{},'url':'http://x/'}", 422, "document"));
        all.add(post("/tools/import", "{'source':'mcp','url':'http://x/'}", 422, "source"));
        all.add(post("/tools/import", "{'document':7}", 422, "document"));
        all.add(post("/tools/import", "{'document':'a: ['}", 400, "document"));
        all.add(post("/tools/import", "{'document':{'swagger':'2.0'}}", 422, "document.swagger"));
        all.add(post("/tools/import", "{'document':{'openapi':'3.1.0'}}", 422, "document.paths"));
        String one = "{'openapi':'3.1.0','paths':{'/a':{'get':{'operationId':'a'}}}}";
        all.add(post("/tools/import", "{'document':" + one + "}", 422, "base_url"));
        all.add(post("/tools/import", "{'document':" + one + ",'operation_ids':['b']}", 422, "operation_ids"));
        all.add(post("/tools/import", "{'document':" + one + ",'tags':['b']}", 422, "document.paths"));
        all.add(post("/tools/import", "{'url':'http://10.0.0.1/openapi.json'}", 422, "url"));
        all.add(post("/tools/import", "{'url':'file:///etc/passwd'}", 422, "url"));
    }
}
