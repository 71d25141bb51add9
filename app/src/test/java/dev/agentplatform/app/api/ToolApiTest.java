package dev.agentplatform.app.api;

import static dev.agentplatform.app.api.Tooling.binding;
import static dev.agentplatform.app.api.Tooling.credential;
import static dev.agentplatform.app.api.Tooling.invoke;
import static dev.agentplatform.app.api.Tooling.node;
import static dev.agentplatform.app.api.Tooling.run;
import static dev.agentplatform.app.api.Tooling.tool;
import static dev.agentplatform.app.api.Tooling.version;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** Tools over HTTP: kept, bound, called by hand and by a node. */
class ToolApiTest {

    @OnEveryServer
    void toolsAreKeptWithVersions(Api api) {
        String tool = tool(api, "search", "http");
        api.post("/tools", "{'code':'search','name':'x','tool_type':'http'}").expect(409, "code_taken");
        Answer first = version(api, tool, "{'q':{'type':'string'}}", "{'method':'GET','path':'/s'}")
                .expect(201);
        assertThat(first.text("status")).isEqualTo("published");
        assertThat(first.at("input_schema_json.q.type").asString()).isEqualTo("string");
        Answer draft = api.post(
                        "/tools/versions",
                        "{'tool_id':'%s','invoke_config_json':{'path':'/t'},'status':'draft'}".formatted(tool))
                .expect(201);
        assertThat(draft.at("version_no").asInt()).isEqualTo(2);
        Answer shown = api.get("/tools/" + tool).expect(200);
        assertThat(shown.text("tool_type")).isEqualTo("http");
        assertThat(shown.text("published_version_id")).isEqualTo(first.id());
        api.post("/tools/versions/" + draft.id() + "/publish").expect(200);
        assertThat(api.get("/tools/" + tool).text("published_version_id")).isEqualTo(draft.id());
        api.post("/tools/versions/" + draft.id() + "/archive").expect(200);
        assertThat(api.get("/tools/" + tool + "/versions").expect(200).each("status"))
                .containsExactly("archived", "published");
        api.patch("/tools/" + tool, "{'name':'New','description':'Finds things'}")
                .expect(200);
        assertThat(api.get("/tools?tool_type=http&code=search").expect(200).each("name"))
                .containsExactly("New");
        assertThat(api.get("/tools?tool_type=code").expect(200).each("name")).isEmpty();
        api.delete("/tools/" + tool).expect(409, "has_versions");
        String other = tool(api, "other", "mcp");
        version(api, other, "{}", "{}").expect(422, "tool_type_not_available");
        api.post("/tools/" + other + "/invoke").expect(409, "no_published_version");
        api.delete("/tools/" + other).expect(204);
        api.get("/tools/" + other).expect(404);
    }

    @OnEveryServer
    void aRequestIsPutTogetherInOrder(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            String tool = tool(api, "get", "http", "{'id':{'type':'string'},'q':{'type':'string'},'rest':{}}", """
                {'base_url':'http://nowhere.invalid','path':'/items/{id}','headers':{'X-A':'tool','X-B':'tool','X-C':'tool'},
                 'query':{'q':'{{input.q}}','from':'tool','b':'tool'}}\
                """);
            String binding = api.post("/tools/bindings", """
                {'tool_id':'%s','scope_type':'workspace','config_json':{'base_url':'%s','headers':{'x-b':'binding',
                 'x-c':'binding'},'query':{'from':'binding','b':'binding'}}}\
                """.formatted(tool, server.url("/v1/")))
                    .expect(201)
                    .id();
            Answer answer = api.post("/tools/" + tool + "/invoke", """
                {'input_json':{'id':'a/b c','q':'x&y','rest':[1,2]},
                 'config_json':{'headers':{'X-C':'call'},'query':{'b':'call'}}}\
                """).expect(200);
            assertThat(answer.text("status")).as(answer.text()).isEqualTo("completed");
            ToolServer.Received received = server.requests.getFirst();
            assertThat(received.line())
                    .isEqualTo("GET /v1/items/a%2Fb%20c?q=x%26y&from=binding&b=call&rest=1&rest=2 HTTP/1.1");
            assertThat(received.header("x-a")).isEqualTo("tool");
            assertThat(received.header("x-b")).isEqualTo("binding");
            assertThat(received.header("x-c")).isEqualTo("call");
            assertThat(received.header("x-request-id"))
                    .isEqualTo(answer.headers().firstValue("x-request-id").orElseThrow());
            assertThat(answer.text("output_json.binding.id")).isEqualTo(binding);
            assertThat(answer.text("output_json.tool.code")).isEqualTo("get");
            assertThat(answer.text("output_json.request.url")).contains("/v1/items/a%2Fb%20c");
            assertThat(answer.at("output_json.status_code").asInt()).isEqualTo(200);
            assertThat(answer.at("duration_ms").isIntegralNumber()).isTrue();
            api.post("/tools/" + tool + "/invoke", "{'input_json':{'q':'x'}}").expect(422, "invalid");
            api.post("/tools/" + tool + "/invoke", "{'input_json':{'id':'..'}}").expect(422, "invalid");
            Answer wrong = api.post("/tools/" + tool + "/invoke", "{'input_json':{'id':7}}")
                    .expect(422, "invalid");
            assertThat(wrong.at("errors").get(0).path("path").asString()).isEqualTo("input_json.id");
        }
    }

    @OnEveryServer
    void whatIsNamedNowhereGoesIntoTheBody(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            String tool = tool(
                    api,
                    "make",
                    "http",
                    "{}",
                    "{'method':'POST','url':'%s','body':{'fixed':1}}".formatted(server.url("/make")));
            invoke(api, tool, "{'name':'x','n':{'deep':true}}");
            assertThat(server.requests.getFirst().body())
                    .isEqualTo("{\"name\":\"x\",\"n\":{\"deep\":true},\"fixed\":1}");
            assertThat(server.requests.getFirst().header("content-type")).isEqualTo("application/json");
        }
    }

    @OnEveryServer
    void theMostSpecificBindingIsTaken(Api api) {
        String tool = tool(api, "time", "builtin", "{}", "{'builtin':'current_time'}");
        String workspace = binding(api, tool, "{}", null);
        String agent = api.post(
                        "/tools/bindings", "{'tool_id':'%s','scope_type':'agent','scope_id':'a1'}".formatted(tool))
                .expect(201)
                .id();
        String user = api.post(
                        "/tools/bindings", "{'tool_id':'%s','scope_type':'user','scope_id':'u1'}".formatted(tool))
                .expect(201)
                .id();
        assertThat(bindingTaken(api, tool, "{}")).isEqualTo(workspace);
        assertThat(bindingTaken(api, tool, "{'agent':'a1'}")).isEqualTo(agent);
        assertThat(bindingTaken(api, tool, "{'agent':'a1','user':'u1'}")).isEqualTo(user);
        assertThat(bindingTaken(api, tool, "{'agent':'a2'}")).isEqualTo(workspace);
        String newer = binding(api, tool, "{}", null);
        assertThat(bindingTaken(api, tool, "{}")).isEqualTo(newer);
        assertThat(api.get("/tools/bindings?scope_type=agent&tool_id=" + tool)
                        .expect(200)
                        .each("id"))
                .containsExactly(agent);
        api.patch("/tools/bindings/" + agent, "{'scope_id':'a2'}").expect(200);
        assertThat(bindingTaken(api, tool, "{'agent':'a2'}")).isEqualTo(agent);
        api.delete("/tools/bindings/" + agent).expect(204);
        api.get("/tools/bindings/" + agent).expect(404);
        Answer named = api.post(
                        "/tools/" + tool + "/invoke",
                        "{'tool_binding_id':'%s','scope_json':{'user':'u1'}}".formatted(workspace))
                .expect(200);
        assertThat(named.text("output_json.binding.id")).isEqualTo(workspace);
    }

    private static String bindingTaken(Api api, String tool, String scope) {
        return api.post("/tools/" + tool + "/invoke", "{'scope_json':%s}".formatted(scope))
                .expect(200)
                .text("output_json.binding.id");
    }

    @OnEveryServer
    void credentialsGoAlongAndAreNeverShown(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            String tool = tool(api, "secret", "http", "{}", "{'url':'%s'}".formatted(server.url("/x?a=1")));
            List<String> checks = List.of(
                    "api_key|{'api_key':'k3y-value'}|x-api-key|k3y-value",
                    "api_key|{'key':'k3y-value','name':'X-Own','prefix':'Key '}|x-own|Key k3y-value",
                    "bearer|{'token':'t0ken-value'}|authorization|Bearer t0ken-value",
                    "basic|{'username':'ann','password':'pa55word'}|authorization|Basic YW5uOnBhNTV3b3Jk",
                    "custom|{'X-One':'cust0m-value'}|x-one|cust0m-value");
            for (String check : checks) {
                String[] parts = check.split("\\|");
                String credential = credential(api, parts[0], parts[1]);
                String binding = binding(api, tool, "{}", credential);
                Answer answer = invoke(api, tool, "{}");
                assertThat(server.requests.getLast().header(parts[2])).as(check).isEqualTo(parts[3]);
                assertThat(answer.text("status")).isEqualTo("completed");
                assertThat(answer.text()).contains("****").doesNotContain(parts[3].replaceFirst("^\\w+ ", ""));
                assertThat(answer.text("output_json.binding.credential_id")).isEqualTo(credential);
                api.delete("/tools/credentials/" + credential).expect(409, "credential_in_use");
                api.patch("/tools/bindings/" + binding, "{'credential_id':null}")
                        .expect(200);
                api.delete("/tools/credentials/" + credential).expect(204);
            }
            String inQuery = credential(api, "api_key", "{'api_key':'k3y-value','in':'query','name':'token'}");
            binding(api, tool, "{}", inQuery);
            Answer answer = invoke(api, tool, "{}");
            assertThat(server.requests.getLast().target()).isEqualTo("/x?a=1&token=k3y-value");
            assertThat(answer.text("output_json.request.url")).endsWith("/x?a=1&token=****");
            Answer shown = api.get("/tools/credentials/" + inQuery).expect(200);
            assertThat(shown.at("secret_fields").toString()).isEqualTo("[\"api_key\",\"in\",\"name\"]");
            assertThat(shown.text()).doesNotContain("k3y-value");
            Answer rotated = api.post(
                            "/tools/credentials/" + inQuery + "/rotate", "{'secret_json':{'api_key':'other-value'}}")
                    .expect(200);
            assertThat(rotated.text()).doesNotContain("other-value");
            invoke(api, tool, "{}");
            assertThat(server.requests.getLast().header("x-api-key")).isEqualTo("other-value");
        }
    }

    @OnEveryServer
    void clientCredentialsFetchOneTokenAndAnotherAfter401(Api api) throws Exception {
        AtomicInteger tokens = new AtomicInteger();
        List<String> taken = new CopyOnWriteArrayList<>();
        try (ToolServer issuer = new ToolServer((request, out) -> ToolServer.write(
                        out,
                        200,
                        "application/json",
                        "{\"access_token\":\"issued-" + tokens.incrementAndGet() + "\",\"expires_in\":3600}"));
                ToolServer server = new ToolServer((request, out) -> {
                    taken.add(request.header("authorization"));
                    // The second token is the first that is good for the third call on.
                    boolean good =
                            taken.size() < 3 || request.header("authorization").endsWith("-2");
                    ToolServer.write(out, good ? 200 : 401, "text/plain", "got " + request.header("authorization"));
                })) {
            String tool = tool(api, "o", "http", "{}", "{'url':'%s'}".formatted(server.url("/")));
            binding(api, tool, "{}", credential(api, "oauth2", """
                {'token_url':'%s','client_id':'me','client_secret':'cl1ent-secret','scope':'read'}\
                """.formatted(issuer.url("/token"))));
            for (int i = 0; i < 3; i++) {
                Answer answer = invoke(api, tool, "{}");
                assertThat(answer.text("status")).as(answer.text()).isEqualTo("completed");
                assertThat(answer.text("output_text")).isEqualTo("got Bearer ****");
            }
            assertThat(taken)
                    .containsExactly("Bearer issued-1", "Bearer issued-1", "Bearer issued-1", "Bearer issued-2");
            assertThat(issuer.requests).hasSize(2);
            assertThat(issuer.requests.getFirst().body()).isEqualTo("grant_type=client_credentials&scope=read");
            assertThat(issuer.requests.getFirst().header("authorization")).startsWith("Basic ");
        }
    }

    @OnEveryServer
    void builtinToolsCompute(Api api) {
        assertThat(api.get("/tools/builtins").expect(200).each("name"))
                .containsExactly("current_time", "calculator", "json_query", "text", "random_uuid");
        String calculator = tool(api, "calc", "builtin", "{}", "{'builtin':'calculator'}");
        Answer sum = invoke(api, calculator, "{'expression':'(a + 2) * 3','variables':{'a':4}}");
        assertThat(sum.at("output_json.result").asInt()).isEqualTo(18);
        assertThat(sum.text("output_text")).isEqualTo("18");
        api.post("/tools/" + calculator + "/invoke", "{'input_json':{'expression':'1 +'}}")
                .expect(422, "invalid");
        api.post("/tools/" + calculator + "/invoke", "{'input_json':{}}").expect(422, "invalid");
        String query = tool(api, "q", "builtin", "{}", "{'builtin':'json_query'}");
        assertThat(invoke(api, query, "{'data':{'items':[{'n':1},{'n':2}]},'expression':'data.items.1.n'}")
                        .at("output_json.result")
                        .asInt())
                .isEqualTo(2);
        version(api, tool(api, "none", "builtin"), "{}", "{'builtin':'none'}").expect(422, "invalid");
    }

    @OnEveryServer
    void theNodeCallsItsTool(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            String tool = tool(api, "n", "http", "{}", "{'method':'POST','path':'/do'}");
            String binding = binding(
                    api,
                    tool,
                    "{'base_url':'%s'}".formatted(server.url("")),
                    credential(api, "bearer", "{'token':'n0de-token'}"));
            Answer run = run(
                    api,
                    "{'tool_binding_id':'%s','input_json':{'who':'{{input.who}}'},'query':{'x':'{{input.who}}'}}"
                            .formatted(binding),
                    "{'who':'ann & {name}'}");
            assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
            JsonNode node = node(api, run);
            ToolServer.Received received = server.requests.getFirst();
            assertThat(received.target()).isEqualTo("/do?x=ann%20%26%20%7Bname%7D");
            assertThat(received.body()).isEqualTo("{\"who\":\"ann & {name}\"}");
            assertThat(received.header("idempotency-key"))
                    .isEqualTo(node.path("id").asString());
            assertThat(received.header("authorization")).isEqualTo("Bearer n0de-token");
            JsonNode output = node.path("output_json");
            assertThat(output.path("binding").path("id").asString()).isEqualTo(binding);
            assertThat(output.path("tool").path("code").asString()).isEqualTo("n");
            assertThat(output.path("body").path("headers").path("authorization").asString())
                    .isEqualTo("Bearer ****");
            assertThat(run.text() + node).doesNotContain("n0de-token");
            Answer failed = run(api, "{'tool_code':'n','path':'/fail'}", "{}");
            assertThat(failed.text("error_code")).isEqualTo("http_500");
            Answer accepted = run(api, "{'tool_code':'n','path':'/fail','accept_status':'5xx'}", "{}");
            assertThat(accepted.text("status")).isEqualTo("completed");
            assertThat(run(api, "{'tool_code':'missing'}", "{}").text("error_code"))
                    .isEqualTo("not_found");
        }
    }

    @OnEveryServer
    void aWorkflowIsATool(Api api) {
        String workflow = api.workflow("inner");
        api.version(workflow, """
            {'nodes':[{'id':'w','type':'wait','config':{'seconds':'{{input.seconds}}'}},
              {'id':'a','type':'answer','config':{'template':'hello {{input.who}}'}}],
             'edges':[{'source':'w','target':'a'}]}\
            """, "published");
        String tool = tool(api, "wf", "workflow", "{'who':{'type':'string'}}", "{'workflow_code':'inner'}");
        Answer answer = invoke(api, tool, "{'who':'ann','seconds':0}");
        assertThat(answer.text("status")).as(answer.text()).isEqualTo("completed");
        assertThat(answer.text("output_text")).isEqualTo("hello ann");
        Answer late = api.post(
                        "/tools/" + tool + "/invoke",
                        "{'input_json':{'who':'x','seconds':3600},'timeout_seconds':0.05}")
                .expect(200);
        assertThat(late.text("status")).isEqualTo("running");
        String slow = late.text("output_json.run_id");
        api.post("/runtime/runs/" + slow + "/cancel").expect(202);
        Answer run = run(api, "{'tool_id':'%s','input_json':{'who':'bob','seconds':0.01}}".formatted(tool), "{}");
        assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
        JsonNode node = node(api, run);
        assertThat(node.path("output_text").asString()).isEqualTo("hello bob");
        Answer child = api.get("/runtime/runs/"
                        + node.path("output_json").path("run_id").asString())
                .expect(200);
        assertThat(child.text("parent_run_id")).isEqualTo(run.id());
    }

    @OnEveryServer
    void codeIsATool(Api api) {
        String tool = tool(
                api,
                "double",
                "code",
                "{'n':{'type':'integer'}}",
                "{'language':'python','code':'result = {\\\"twice\\\": payload[\\\"n\\\"] * 2}'}");
        Answer health = api.get("/ready");
        Answer answer = invoke(api, tool, "{'n':21}");
        if (answer.text("status").equals("failed")) {
            // A host without isolation refuses, and says so.
            assertThat(answer.text("error.code")).as(health.text()).isEqualTo("sandbox_unavailable");
            return;
        }
        assertThat(answer.at("output_json.result.twice").asInt())
                .as(answer.text())
                .isEqualTo(42);
        Answer run = run(api, "{'tool_code':'double','input_json':{'n':'{{input.n}}'}}", "{'n':4}");
        assertThat(node(api, run)
                        .path("output_json")
                        .path("result")
                        .path("twice")
                        .asInt())
                .isEqualTo(8);
        version(api, tool, "{}", "{'code':'x','language':'cobol'}").expect(422, "invalid");
        version(api, tool, "{}", "{}").expect(422, "invalid");
    }

    @OnEveryServer
    void nothingOfAnotherWorkspaceIsFound(Api api) {
        String tool = tool(api, "mine", "http", "{}", "{'url':'http://127.0.0.1:1/'}");
        String version = api.get("/tools/" + tool + "/versions").text("items.0.id");
        String credential = credential(api, "bearer", "{'token':'abcdefgh'}");
        String binding = binding(api, tool, "{}", credential);
        Api other = api.elsewhere();
        String theirs = tool(other, "theirs", "http", "{}", "{}");
        for (String path : List.of(
                "/tools/" + tool,
                "/tools/" + tool + "/versions",
                "/tools/versions/" + version,
                "/tools/bindings/" + binding,
                "/tools/credentials/" + credential)) {
            other.get(path).expect(404, "not_found");
        }
        for (String path :
                List.of("/tools/" + tool, "/tools/bindings/" + binding, "/tools/credentials/" + credential)) {
            other.patch(path, "{'name':'x'}").expect(404, "not_found");
            other.delete(path).expect(404, "not_found");
        }
        for (String path : List.of(
                "/tools/" + tool + "/invoke",
                "/tools/versions/" + version + "/publish",
                "/tools/versions/" + version + "/archive")) {
            other.post(path).expect(404, "not_found");
        }
        other.post("/tools/credentials/" + credential + "/rotate", "{'secret_json':{'token':'abcdefgh'}}")
                .expect(404);
        other.post("/tools/versions", "{'tool_id':'%s'}".formatted(tool)).expect(404);
        other.post("/tools/bindings", "{'tool_id':'%s'}".formatted(tool)).expect(404);
        other.post("/tools/bindings", "{'tool_version_id':'%s'}".formatted(version))
                .expect(404);
        other.post("/tools/bindings", "{'tool_id':'%s','credential_id':'%s'}".formatted(theirs, credential))
                .expect(404);
        other.post("/tools/" + theirs + "/invoke", "{'tool_binding_id':'%s'}".formatted(binding))
                .expect(404);
        other.post("/tools/" + theirs + "/invoke", "{'tool_version_id':'%s'}".formatted(version))
                .expect(404);
        assertThat(other.get("/tools/bindings").expect(200).each("id")).isEmpty();
        assertThat(other.get("/tools/credentials").expect(200).each("id")).isEmpty();
        assertThat(run(other, "{'tool_binding_id':'%s'}".formatted(binding), "{}")
                        .text("error_code"))
                .isEqualTo("not_found");
        api.get("/tools/bindings/" + binding).expect(200);
    }
}
