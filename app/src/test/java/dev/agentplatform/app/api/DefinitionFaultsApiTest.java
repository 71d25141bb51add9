package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Documents with faults: all of them are told at once, by document, line and field, and nothing is changed. */
class DefinitionFaultsApiTest {
    @OnEveryServer
    void aReferenceThatLeadsNowhereIsTold(Api api) {
        String team = "kind: team\ncode: t\nname: T\nspec: {coordination_mode: router,"
                + " member_refs: [{member_key: m, agent_id: nobody}]}\n";
        JsonNode warnings =
                DefinitionApiTest.apply(api, team, "").expect(200).json().path("warnings");
        assertThat(warnings.path(0).asString())
                .isEqualTo("document 1 (team t): spec.member_refs.0.agent_id names the agent 'nobody',"
                        + " which is not there yet");
    }

    @OnEveryServer
    void allFaultsOfAllDocumentsAreToldAndNothingIsChanged(Api api) {
        String wrong = """
            kind: agent
            code: good
            name: Good
            spec: {role: x}
            ---
            kind: agent
            code: bad
            name: 7
            spec:
              role: x
              system_promt: typo
              model_config:
                temperature: 9
            ---
            kind: workflow
            code: flow
            name: Flow
            spec:
              nodes:
                - {id: a, type: answr}
              edges:
                - {source: a, target: nowhere}
            ---
            kind: elephant
            code: e
            ---
            kind: tool
            code: t
            name: T
            type: http
            bindings: [{credential: none}]
            spec: {}
            ---
            kind: agent
            code: good
            name: Again
            spec: {role: x}
            """;
        Answer refused = DefinitionApiTest.apply(api, wrong, "").expect(422);
        List<String> errors = refused.json()
                .path("errors")
                .valueStream()
                .map(it -> it.path("path").asString() + " " + it.path("message").asString())
                .toList();
        assertThat(errors)
                .anyMatch(it -> it.startsWith("documents.1.name must be a text") && it.endsWith("(line 8)"))
                .anyMatch(it -> it.startsWith("documents.2.spec.nodes.0.type") && it.endsWith("(line 20)"))
                .anyMatch(it -> it.startsWith("documents.2.spec.edges.0.target") && it.endsWith("(line 22)"))
                .anyMatch(it -> it.startsWith("documents.3.kind must be one of tool, workflow, skill, agent, team"))
                .anyMatch(it -> it.startsWith("documents.4.bindings.0.credential names 'none'"))
                .anyMatch(it -> it.startsWith("documents.5.code is that of document 1 already"));
        assertThat(refused.text("detail")).startsWith("document 2 (agent bad): name: must be a text");
        String renamed = wrong.replace("name: 7", "name: Seven");
        assertThat(DefinitionApiTest.apply(api, renamed, "").expect(422).text())
                .contains("documents.1.spec.system_promt", "is not known here", "line 11");
        assertThat(DefinitionApiTest.apply(api, renamed.replace("system_promt", "system_prompt"), "")
                        .expect(422)
                        .text())
                .contains("documents.1.spec.model_config.temperature", "line 13");
        assertThat(DefinitionApiTest.export(api, "")).isEmpty();
    }

    @OnEveryServer
    void aTypeStays(Api api) {
        String tool = "kind: tool\ncode: t\nname: T\ntype: builtin\nspec: {invoke_config_json: {builtin: text}}\n";
        DefinitionApiTest.apply(api, tool, "").expect(200);
        String other = "kind: tool\ncode: t\nname: T\ntype: http\nspec: {}\n";
        assertThat(DefinitionApiTest.apply(api, other, "").expect(422).text("errors.0.path"))
                .isEqualTo("documents.0.type");
        assertThat(DefinitionApiTest.apply(api, tool.replace("builtin\n", "mcp\n"), "")
                        .expect(422)
                        .text("errors.0.path"))
                .isEqualTo("documents.0.type");
    }

    @OnEveryServer
    void hostileTextIsRefused(Api api) {
        String head = "kind: agent\ncode: a\nname: A\n";
        refuse(api, 400, "", "no document");
        refuse(api, 400, "# nothing\n---\n", "no document");
        refuse(api, 400, "a: &x [1]\nb: *x\n", "alias in line 2");
        refuse(api, 400, head + "code: b\n", "line 4");
        refuse(api, 400, "a: " + "[".repeat(10_000), "malformed");
        refuse(api, 400, "a: \u0001", "malformed");
        refuse(api, 422, "- a\n- b\n", "documents.0");
        refuse(api, 422, "text", "documents.0");
        refuse(api, 422, "{}", "documents.0.kind");
        refuse(api, 422, "kind: 7", "documents.0.kind");
        refuse(api, 422, "kind: agent", "documents.0.code");
        refuse(api, 422, head + "spec: text\n", "documents.0.spec");
        refuse(api, 422, head + "nonsense: 1\n", "documents.0.nonsense");
        refuse(api, 422, head + "status: archived\n", "documents.0.status");
        refuse(api, 422, head + "spec: {}\n", "documents.0.spec.system_prompt");
        refuse(api, 422, head + "spec: {role: [x]}\n", "documents.0.spec.role");
        refuse(api, 422, head + "spec: {role: \"a\\0b\"}\n", "U+0000");
        refuse(api, 413, "---\n" + (head + "---\n").repeat(1_001), "1000");
        String several = "{'documents':'x'}".replace('\'', '"');
        refuse(api, 422, several, "documents");
        HttpRequest.Builder wrongType = HttpRequest.newBuilder()
                .header("x-workspace-id", api.workspace())
                .header("Content-Type", "text/html")
                .POST(BodyPublishers.ofString(head));
        api.exchange(wrongType, "POST", "/definitions/apply").expect(415);
        assertThat(DefinitionApiTest.export(api, "")).isEmpty();
    }

    private static void refuse(Api api, int status, String body, String told) {
        assertThat(DefinitionApiTest.apply(api, body, "").expect(status).text())
                .as(body)
                .contains(told);
    }

    // ---- helpers
}
