package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.DefinitionText;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Definitions as documents: {@code GET /definitions/export} and {@code POST /definitions/apply}. */
class DefinitionApiTest {
    private static final String ALL = """
        kind: tool
        code: crm
        name: CRM
        description: Looks customers up.
        type: http
        bindings:
          - scope_type: agent
            scope_id: sales
            credential: crm key
            config_json:
              base_url: https://crm.example/api
          - scope_type: workspace
        spec:
          input_schema_json:
            id:
              type: string
          invoke_config_json:
            method: GET
            path: "/customers/{id}"
        ---
        kind: workflow
        code: greet
        name: Greets
        max_concurrent_runs: 3
        spec:
          nodes:
            - id: ask
              type: agent
              config:
                agent_code: sales
                input: |-
                  Two lines,
                  and "quotes": yes.
            - id: say
              type: answer
              config:
                template: "{{nodes.ask.text}}"
          edges:
            - source: ask
              target: say
        ---
        kind: skill
        code: polite
        name: Politeness
        type: text
        spec:
          runtime_type: template
          parameter_schema_json:
            name:
              type: string
          implementation_json:
            template: Dear $name
        ---
        kind: agent
        code: sales
        name: Sales
        app_id: shop
        type: assistant
        spec:
          role: sales
          system_prompt: |
            You are careful.
            You answer in one sentence.
          model_config:
            temperature: 0.2
            react_enabled: true
          memory_policy:
            enabled: true
            memory_scope: user
            read_top_k: 3
          tool_refs:
            - code: crm
              required: true
              config_json:
                auto_invoke: true
          skill_refs:
            - code: polite
              selection_keywords:
                - hello
                - "yes"
        ---
        kind: team
        code: desk
        name: Desk
        status: draft
        spec:
          coordination_mode: sequential
          member_refs:
            - member_key: one
              agent_id: sales
              role: supervisor
        """;

    @OnEveryServer
    void everyKindIsAppliedAndExportedTheSameAgain(Api api) {
        credential(api);
        Answer applied = apply(api, ALL, "").expect(200);
        assertThat(actions(applied))
                .containsExactly("crm created", "polite created", "sales created", "greet created", "desk created");
        assertThat(applied.json().path("warnings")).isEmpty();
        String exported = export(api, "");
        assertThat(exported).isEqualTo(ALL);
        assertThat(actions(apply(api, exported, "").expect(200))).allMatch(it -> it.endsWith(" unchanged"));
        Api other = api.elsewhere();
        credential(other);
        apply(other, exported, "").expect(200);
        assertThat(export(other, "")).isEqualTo(exported);
        assertThat(api.get("/agents?code=sales").expect(200).text("items.0.last_version_no"))
                .isEqualTo("1");
        assertThat(api.get("/teams?code=desk")
                        .expect(200)
                        .json()
                        .at("/items/0/published_version_id")
                        .isNull())
                .isTrue();
    }

    @OnEveryServer
    void whatIsAppliedRuns(Api api) {
        String documents = """
            kind: agent
            code: echo
            name: Echo
            spec: {role: echo}
            ---
            kind: workflow
            code: flow
            name: Flow
            spec:
              nodes: [{id: ask, type: agent, config: {agent_code: echo, input: "Hi {{input.name}}"}}]
            """;
        apply(api, documents, "").expect(200);
        String workflow = api.get("/workflows?code=flow").expect(200).text("items.0.id");
        Answer run = api.post(
                        "/runtime/runs?wait_seconds=20",
                        "{'workflow_id':'%s','input_json':{'name':'Ada'}}".formatted(workflow))
                .expect(200);
        assertThat(run.text("status")).isEqualTo("completed");
        assertThat(run.text("output_text")).contains("Hi Ada");
    }

    @OnEveryServer
    void onlyWhatDiffersGetsAVersion(Api api) {
        credential(api);
        apply(api, ALL, "").expect(200);
        String changed = ALL.replace("Dear $name", "Hello $name").replace("name: Desk", "name: The desk");
        Answer dry = apply(api, changed, "?dry_run=true").expect(200);
        assertThat(actions(dry)).contains("polite updated", "desk updated", "sales unchanged");
        JsonNode change = changesOf(dry, "polite").path(0);
        assertThat(change.path("path").asString()).isEqualTo("spec.implementation_json.template");
        assertThat(change.path("from").asString()).isEqualTo("Dear $name");
        assertThat(change.path("to").asString()).isEqualTo("Hello $name");
        assertThat(export(api, "")).isEqualTo(ALL);
        Answer applied = apply(api, changed, "").expect(200);
        assertThat(actions(applied)).isEqualTo(actions(dry));
        assertThat(api.get("/skills?code=polite").text("items.0.last_version_no"))
                .isEqualTo("2");
        assertThat(api.get("/teams?code=desk").text("items.0.last_version_no")).isEqualTo("1");
        assertThat(export(api, "")).isEqualTo(changed);
    }

    @OnEveryServer
    void publishIsSaidByTheDocumentOrTheCaller(Api api) {
        String draft = "kind: agent\ncode: a\nname: A\nstatus: draft\nspec:\n  role: x\n";
        apply(api, draft, "").expect(200);
        assertThat(published(api)).isFalse();
        assertThat(actions(apply(api, draft, "?publish=true").expect(200))).containsExactly("a updated");
        assertThat(published(api)).isTrue();
        String next = draft.replace("role: x", "role: z").replace("status: draft\n", "");
        apply(api, next, "?publish=false").expect(200);
        assertThat(export(api, "")).isEqualTo(draft.replace("role: x", "role: z"));
        assertThat(actions(apply(api, next, "").expect(200))).containsExactly("a updated");
        assertThat(export(api, "")).isEqualTo(next);
    }

    @OnEveryServer
    void idsBecomeCodes(Api api) {
        String tool = api.post("/tools", "{'code':'t','name':'T','tool_type':'builtin'}")
                .expect(201)
                .id();
        api.post("/tools/versions", "{'tool_id':'%s','invoke_config_json':{'builtin':'current_time'}}".formatted(tool))
                .expect(201);
        String agent = Programs.made(api, "agent", "a");
        String ref = "'role':'x','tool_refs':[{'tool_id':'%s'}]".formatted(tool);
        Programs.version(api, "agent", agent, ref).expect(201);
        String flow = api.workflow("w");
        String dsl = "{'nodes':[{'id':'n','type':'tool','config':{'tool_id':'%s'}},"
                + "{'id':'m','type':'agent','config':{'agent_id':'%s','input':'x'}}],'edges':[]}";
        api.version(flow, dsl.formatted(tool, agent), "published");
        String exported = export(api, "");
        assertThat(exported)
                .contains("- code: t", "tool_code: t", "agent_code: a")
                .doesNotContain(tool, agent);
        assertThat(actions(apply(api, exported, "").expect(200))).allMatch(it -> it.endsWith(" unchanged"));
        assertThat(export(api, "?kind=agent")).startsWith("kind: agent").doesNotContain("kind: tool");
        assertThat(api.get("/definitions/export?kind=agent&code=none").status()).isEqualTo(404);
        assertThat(api.get("/definitions/export?kind=elephant").status()).isEqualTo(400);
    }

    @OnEveryServer
    void aPinnedVersionIsTold(Api api) {
        String version = api.published("{'nodes':[{'id':'x','type':'start'}],'edges':[]}");
        String flow = api.workflow("outer");
        api.version(
                flow,
                "{'nodes':[{'id':'n','type':'workflow','config':{'workflow_version_id':'%s'}}],'edges':[]}"
                        .formatted(version),
                "published");
        assertThat(export(api, "?code=outer"))
                .startsWith("# workflow outer: spec.nodes.0.config.workflow_version_id names something by an id");
        assertThat(api.get("/definitions/export?code=outer&format=json")
                        .expect(200)
                        .json()
                        .path("warnings"))
                .hasSize(1);
    }

    @OnEveryServer
    void secretsAreNeverExported(Api api) {
        credential(api);
        apply(api, ALL, "").expect(200);
        assertThat(export(api, "")).contains("credential: crm key").doesNotContain("the-secret-token");
        assertThat(api.get("/definitions/export?format=json").text()).doesNotContain("the-secret-token");
    }

    @OnEveryServer
    void jsonIsTakenAsWell(Api api) {
        String one = "{'kind':'agent','code':'a','name':'A','spec':{'role':'x'}}";
        assertThat(actions(api.post("/definitions/apply", one).expect(200))).containsExactly("a created");
        String several = "{'documents':[%s,%s]}".formatted(one, one.replace("'a'", "'b'"));
        assertThat(actions(api.post("/definitions/apply", several).expect(200)))
                .containsExactly("a unchanged", "b created");
        Answer repeated = api.post("/definitions/apply", several.replace("'x'", "'y'"), "Idempotency-Key", "once")
                .expect(200);
        Answer again = api.post("/definitions/apply", several.replace("'x'", "'y'"), "Idempotency-Key", "once")
                .expect(200);
        assertThat(again.json()).isEqualTo(repeated.json());
        JsonNode exported =
                api.get("/definitions/export?format=json").expect(200).json();
        assertThat(exported.at("/documents/0/spec/role").asString()).isEqualTo("y");
        assertThat(actions(api.post("/definitions/apply", Json.write(exported)).expect(200)))
                .containsExactly("a unchanged", "b unchanged");
    }

    @OnEveryServer
    void anotherWorkspaceSeesNothing(Api api) {
        apply(api, "kind: agent\ncode: a\nname: A\nspec: {role: x}\n", "").expect(200);
        assertThat(export(api.elsewhere(), "")).isEmpty();
    }

    /** Whatever people write into prompts, names and templates. */
    @OnEveryServer
    void anyDefinitionComesBackTheSame(Api api) {
        for (int seed = 0; seed < 3; seed++) {
            Random random = new Random(seed);
            List<JsonNode> documents = new ArrayList<>();
            for (int i = 0; i < 12; i++) documents.add(document(random, i));
            Api here = api.elsewhere();
            apply(here, DefinitionText.writeAll(documents), "").expect(200);
            String exported = export(here, "");
            Api there = api.elsewhere();
            apply(there, exported, "").expect(200);
            assertThat(export(there, "")).as("seed " + seed).isEqualTo(exported);
            assertThat(apply(here, exported, "").expect(200).text("unchanged"))
                    .as("seed " + seed)
                    .isEqualTo("12");
            assertThat(DefinitionText.readAll(exported)).hasSize(12);
        }
    }

    private static JsonNode document(Random random, int no) {
        ObjectNode spec = Json.object();
        boolean agent = random.nextBoolean();
        ObjectNode document = Json.object()
                .put("kind", agent ? "agent" : "workflow")
                .put("code", "c" + no + text(random).replace("\n", " "))
                .put("name", "n" + text(random))
                .put("description", text(random));
        if (agent) {
            spec.put("role", "r" + text(random)).put("system_prompt", text(random) + "\n" + text(random));
            spec.putObject("model_config").put("temperature", random.nextInt(20) / 10.0);
        } else {
            ObjectNode config = Json.object();
            config.set("output", Json.object().put(text(random), text(random)).put("n", random.nextGaussian()));
            ObjectNode node = Json.object().put("id", "end").put("type", "end");
            node.set("config", config);
            spec.putArray("nodes").add(node);
            spec.putArray("edges");
        }
        document.set("spec", spec);
        return document;
    }

    private static String text(Random random) {
        List<String> tricky = List.of(
                "yes",
                "1e3",
                "0x1F",
                "~",
                "- a",
                "a: b",
                "a #b",
                "*a",
                "%a",
                "2001-01-01",
                "a\nb\n",
                "  a",
                "a  ",
                "\ta",
                "é😀",
                "---",
                "x\n\n  deeper\nend\n\n",
                "\"'",
                "null",
                "#");
        return tricky.get(random.nextInt(tricky.size()));
    }

    /** Each names what is wrong, ends quickly and changes nothing. */
    private static void credential(Api api) {
        api.post(
                        "/tools/credentials",
                        "{'name':'crm key','credential_type':'bearer','secret_json':{'token':'the-secret-token'}}")
                .expect(201);
    }

    static Answer apply(Api api, String yaml, String query) {
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .header("x-workspace-id", api.workspace())
                .header("Content-Type", "application/yaml")
                .POST(BodyPublishers.ofString(yaml));
        return api.exchange(request, "POST", "/definitions/apply" + query);
    }

    static String export(Api api, String query) {
        return api.get("/definitions/export" + query).expect(200).text();
    }

    private static boolean published(Api api) {
        return api.get("/agents?code=a")
                .expect(200)
                .json()
                .at("/items/0/published_version_id")
                .isString();
    }

    private static List<String> actions(Answer applied) {
        return applied.json()
                .path("items")
                .valueStream()
                .map(it -> it.path("code").asString() + " " + it.path("action").asString())
                .toList();
    }

    private static JsonNode changesOf(Answer applied, String code) {
        return applied.json()
                .path("items")
                .valueStream()
                .filter(it -> it.path("code").asString().equals(code))
                .findFirst()
                .orElseThrow()
                .path("changes");
    }
}
