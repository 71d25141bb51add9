package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

/** Tools made from OpenAPI documents, over HTTP. */
class ToolImportApiTest {

    @OnEveryServer
    void importedToolsCallTheirOperations(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            String document = """
                {'openapi':'3.1.0','info':{'title':'T','version':'1'},'servers':[{'url':'%s'}],'paths':{
                  '/items/{id}':{'put':{'operationId':'putItem','parameters':[
                    {'name':'id','in':'path','required':true,'schema':{'type':'string'}},
                    {'name':'dry','in':'query','schema':{'type':'boolean'}}],
                    'requestBody':{'content':{'application/json':{'schema':{'type':'object',
                      'properties':{'name':{'type':'string'}},'required':['name']}}},'required':true},
                    'security':[{'k':[]}]}}},
                 'components':{'securitySchemes':{'k':{'type':'apiKey','in':'query','name':'key'}}}}\
                """.formatted(server.url("/api"));
            Answer dry = api.post("/tools/import", "{'document':%s,'dry_run':true}".formatted(document))
                    .expect(200);
            assertThat(dry.at("created").size()).isEqualTo(1);
            assertThat(api.get("/tools").expect(200).each("id")).isEmpty();
            Answer done = api.post("/tools/import", "{'document':%s}".formatted(document))
                    .expect(200);
            String tool = done.at("created").get(0).path("tool_id").asString();
            assertThat(done.at("created")
                            .get(0)
                            .path("credential")
                            .path("credential_type")
                            .asString())
                    .isEqualTo("api_key");
            assertThat(api.post("/tools/import", "{'document':%s}".formatted(document))
                            .expect(200)
                            .at("unchanged")
                            .size())
                    .isEqualTo(1);

            Tooling.binding(api, tool, "{}", Tooling.credential(api, "api_key", "{'api_key':'k3y-value'}"));
            Answer answer = Tooling.invoke(api, tool, "{'id':'7/8','dry':true,'name':'x'}");
            assertThat(answer.text("status")).as(answer.text()).isEqualTo("completed");
            assertThat(server.requests.getFirst().line())
                    .isEqualTo("PUT /api/items/7%2F8?dry=true&key=k3y-value HTTP/1.1");
            assertThat(server.requests.getFirst().body()).isEqualTo("{\"name\":\"x\"}");
            assertThat(answer.text()).doesNotContain("k3y-value");
            Answer refused = api.post("/tools/" + tool + "/invoke", "{'input_json':{'id':'7'}}")
                    .expect(422, "invalid");
            assertThat(refused.at("errors").get(0).path("path").asString()).isEqualTo("input_json.name");
        }
    }

    @OnEveryServer
    void aDocumentIsFetchedThroughTheGuard(Api api) throws Exception {
        String yaml = "openapi: 3.0.0\nservers: [{url: /v2}]\npaths:\n  /ping:\n    get: {operationId: ping}\n";
        try (ToolServer good = ToolServer.answering(200, "application/yaml", yaml);
                ToolServer moved = new ToolServer((request, out) -> ToolServer.head(
                        out, "HTTP/1.1 302 Go\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"));
                ToolServer cut = new ToolServer((request, out) -> {});
                ToolServer missing = ToolServer.answering(404, "text/plain", "nothing")) {
            Answer done = api.post("/tools/import", "{'url':'%s'}".formatted(good.url("/docs/openapi.yaml")))
                    .expect(200);
            String version = done.at("created").get(0).path("tool_version_id").asString();
            assertThat(api.get("/tools/versions/" + version).text("invoke_config_json.base_url"))
                    .isEqualTo(good.url("/v2"));
            api.post("/tools/import", "{'url':'%s'}".formatted(moved.url("/"))).expect(422, "invalid");
            api.post("/tools/import", "{'url':'%s'}".formatted(cut.url("/"))).expect(502, "protocol_error");
            api.post("/tools/import", "{'url':'%s'}".formatted(missing.url("/")))
                    .expect(502, "document_not_fetched");
        }
    }
}
