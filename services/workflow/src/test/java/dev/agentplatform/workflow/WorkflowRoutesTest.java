package dev.agentplatform.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestServer;
import dev.agentplatform.testkit.TestServer.Answer;
import dev.agentplatform.workflow.dsl.NodeTypes;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;

class WorkflowRoutesTest {
    private static final String UNKNOWN = "01890000-0000-7000-8000-000000000000";
    private static final String EMPTY = "{\"nodes\":[],\"edges\":[]}";
    private static final String VALID = """
        {"nodes":[{"id":"a","type":"start"},{"id":"b","type":"answer","config":{"template":"hello"}}],
         "edges":[{"source":"a","target":"b"}]}\
        """;
    private static final String OTHER = """
        {"nodes":[{"id":"a","type":"start"},{"id":"b","type":"answer","config":{"template":"good bye"}}],
         "edges":[{"source":"a","target":"b"}]}\
        """;
    private static final String DANGLING = """
        {"nodes":[{"id":"a","type":"start"}],"edges":[{"source":"a","target":"nowhere"}]}\
        """;

    private TestServer server;

    @BeforeEach
    void start(Database database) {
        Clock clock = Clock.systemUTC();
        Ids ids = new Ids(clock);
        Catalog catalog = new Catalog(database, clock, ids);
        server = new TestServer(
                new WorkflowModule(database, clock, ids, catalog, NodeTypes.standard(), new QueueLimits(database))
                        .routes());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @OnBothDatabases
    void theFirstGenerationsScriptsRun(Database database) {
        Answer app = server.post(
                "/workflows/apps", "{\"tenant_id\":\"t1\",\"code\":\"sales_assistant\",\"name\":\"Sales Assistant\"}");
        assertThat(app.status()).isEqualTo(201);
        assertThat(app.field("workspace_id")).isEqualTo("t1");
        assertThat(app.field("tenant_id")).isEqualTo("t1");
        Answer workflow = server.post("/workflows", """
            {"tenant_id":"t1","app_id":"%s","code":"wf_1","name":"Workflow 1"}\
            """.formatted(app.field("id")));
        assertThat(workflow.status()).isEqualTo(201);
        Answer version = server.post("/workflows/versions", """
            {"tenant_id":"t1","workflow_id":"%s","dsl_json":%s}\
            """.formatted(workflow.field("id"), EMPTY));
        assertThat(version.status()).isEqualTo(201);
        assertThat(version.field("status")).isEqualTo("draft");
        assertThat(version.json().get("version_no").intValue()).isEqualTo(1);
        assertThat(version.json().get("dsl_json")).isEqualTo(Json.parse(EMPTY));
        assertThat(server.get("/gateway/workflows/" + workflow.field("id") + "?tenant_id=t1")
                        .status())
                .isEqualTo(200);
    }

    @OnBothDatabases
    void anInvalidVersionIsRefusedWithEveryFault(Database database) {
        String workflow = workflow("wf");
        Answer refused = save(workflow, DANGLING, "published");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().path("errors").path(0).path("path").asString())
                .startsWith("dsl_json.edges.0");
        Answer draft = save(workflow, DANGLING, "draft");
        assertThat(draft.status()).isEqualTo(201);
        Answer publish = server.post("/workflows/versions/" + draft.field("id") + "/publish", "{}");
        assertThat(publish.status()).isEqualTo(422);
        assertThat(publish.json().path("errors")).isEqualTo(refused.json().path("errors"));
        assertThat(server.get("/workflows/versions/" + draft.field("id")).field("status"))
                .isEqualTo("draft");
    }

    @OnBothDatabases
    void aDraftMustBeReadable(Database database) {
        String workflow = workflow("wf");
        assertThat(save(workflow, "[]", "draft").status()).isEqualTo(422);
        assertThat(save(workflow, "{\"edges\":[]}", "draft").status()).isEqualTo(422);
        assertThat(save(workflow, "{\"nodes\":{},\"edges\":[]}", "draft").status())
                .isEqualTo(422);
        String unknownType = "{\"nodes\":[{\"id\":\"a\",\"type\":\"no-such-type\"}],\"edges\":[]}";
        assertThat(save(workflow, unknownType, "draft").status()).isEqualTo(422);
        String large = "{\"nodes\":[],\"edges\":[],\"text\":\"" + "x".repeat(2 * 1024 * 1024) + "\"}";
        assertThat(save(workflow, large, "draft").status()).isEqualTo(422);
        assertThat(save(UNKNOWN, VALID, "draft").status()).isEqualTo(404);
    }

    @OnBothDatabases
    void versionsArePublishedAndArchived(Database database) {
        String workflow = workflow("wf");
        String one = save(workflow, VALID, "published").field("id");
        String two = save(workflow, OTHER, null).field("id");
        Answer published = server.post("/workflows/versions/" + two + "/publish", null);
        assertThat(published.status()).isEqualTo(200);
        assertThat(published.field("published_time")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(shown(workflow).path("published_version_id").asString()).isEqualTo(two);
        assertThat(shown(workflow).path("last_version_no").intValue()).isEqualTo(2);
        server.post("/workflows/versions/" + two + "/archive", null);
        assertThat(shown(workflow).path("published_version_id").asString()).isEqualTo(one);
        assertThat(server.post("/workflows/versions/" + two + "/publish", null).field("code"))
                .isEqualTo("version_archived");
        JsonNode list =
                server.get("/workflows/" + workflow + "/versions?limit=1").json();
        assertThat(list.path("items").path(0).path("id").asString()).isEqualTo(two);
        assertThat(list.path("items").path(0).has("dsl_json")).isFalse();
        JsonNode rest = server.get("/workflows/" + workflow + "/versions?limit=1&cursor="
                        + list.path("next_cursor").asString())
                .json();
        assertThat(rest.path("items").path(0).path("id").asString()).isEqualTo(one);
        assertThat(rest.path("next_cursor").isNull()).isTrue();
        assertThat(server.get("/workflows/" + workflow + "/versions?status=archived")
                        .json()
                        .path("items"))
                .hasSize(1);
        assertThat(server.get("/workflows/" + workflow + "/versions?status=lost")
                        .status())
                .isEqualTo(400);
        assertThat(server.get("/workflows/" + workflow + "/versions?cursor=eA").status())
                .isEqualTo(400);
    }

    @OnBothDatabases
    void validationTellsEveryProblemAndStoresNothing(Database database) {
        Answer valid = server.post("/workflows/validate", "{\"dsl_json\":" + VALID + "}");
        assertThat(valid.status()).isEqualTo(200);
        assertThat(valid.json().path("valid").booleanValue()).isTrue();
        Answer invalid = server.post("/workflows/validate", "{\"dsl_json\":" + DANGLING + "}");
        assertThat(invalid.status()).isEqualTo(200);
        assertThat(invalid.json().path("valid").booleanValue()).isFalse();
        assertThat(invalid.json().path("problems").path(0).path("code").asString())
                .isEqualTo("dangling_edge");
        assertThat(server.post("/workflows/validate", "{}").status()).isEqualTo(422);
    }

    @OnBothDatabases
    void workflowsAreChangedListedAndDeleted(Database database) {
        String first = workflow("one");
        String second = workflow("two");
        assertThat(server.post("/workflows", "{\"code\":\"one\",\"name\":\"Again\"}")
                        .field("code"))
                .isEqualTo("code_taken");
        Answer patched = server.send("PATCH", "/workflows/" + first, "{\"name\":\"Renamed\"}");
        assertThat(patched.field("name")).isEqualTo("Renamed");
        assertThat(patched.json().path("code").asString()).isEqualTo("one");
        assertThat(server.get("/workflows?code=two")
                        .json()
                        .path("items")
                        .path(0)
                        .path("id")
                        .asString())
                .isEqualTo(second);
        assertThat(server.get("/workflows?sort=name").status()).isEqualTo(400);
        save(first, EMPTY, null);
        assertThat(server.send("DELETE", "/workflows/" + first, null).field("code"))
                .isEqualTo("has_versions");
        assertThat(server.send("DELETE", "/workflows/" + second, null).status()).isEqualTo(204);
        assertThat(server.get("/workflows/" + second).status()).isEqualTo(404);
        assertThat(server.get("/workflows/" + first, "x-workspace-id", "elsewhere")
                        .status())
                .isEqualTo(404);
        assertThat(server.get("/workflows", "x-workspace-id", "elsewhere")
                        .json()
                        .path("items"))
                .isEmpty();
    }

    @OnBothDatabases
    void aDiffNamesWhatChanged(Database database) {
        String workflow = workflow("wf");
        String one = save(workflow, VALID, null).field("id");
        String two = save(workflow, OTHER, null).field("id");
        JsonNode diff =
                server.get("/workflows/versions/" + one + "/diff/" + two).json();
        assertThat(diff.path("nodes_changed").path(0).path("id").asString()).isEqualTo("b");
        assertThat(diff.path("nodes_changed").path(0).path("paths")).isEqualTo(Json.parse("[\"config.template\"]"));
        assertThat(diff.path("same").booleanValue()).isFalse();
        assertThat(server.get("/workflows/versions/" + one + "/diff/" + one)
                        .json()
                        .path("same")
                        .booleanValue())
                .isTrue();
        assertThat(server.get("/workflows/versions/" + one + "/diff/" + UNKNOWN).status())
                .isEqualTo(404);
    }

    @OnBothDatabases
    void aDocumentMovesToAnotherWorkspace(Database database) {
        String workflow = workflow("wf");
        assertThat(server.get("/workflows/" + workflow + "/export").field("code"))
                .isEqualTo("no_version");
        save(workflow, VALID, "published");
        Answer yaml = server.get("/workflows/" + workflow + "/export");
        assertThat(yaml.contentType()).startsWith("application/yaml");
        String body = Json.write(Json.object().put("document", yaml.text()));
        Answer imported = server.post("/workflows/import", body, "x-workspace-id", "elsewhere");
        assertThat(imported.status()).isEqualTo(201);
        assertThat(imported.json().path("workflow").path("published_version_id"))
                .isEqualTo(imported.json().path("version").path("id"));
        assertThat(imported.json().path("version").path("dsl_json")).isEqualTo(Json.parse(VALID));
        Answer again = server.post("/workflows/import", body, "x-workspace-id", "elsewhere");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().path("version")).isEqualTo(imported.json().path("version"));
        String there = imported.json().path("workflow").path("id").asString();
        assertThat(server.get("/workflows/" + there + "/export", "x-workspace-id", "elsewhere")
                        .text())
                .isEqualTo(yaml.text());
        Answer json = server.get("/workflows/" + workflow + "/export?format=json&version=1");
        assertThat(server.post("/workflows/import", json.text(), "x-workspace-id", "elsewhere")
                        .status())
                .isEqualTo(200);
        assertThat(server.get("/workflows/" + workflow + "/export?version=2").status())
                .isEqualTo(404);
        assertThat(server.get("/workflows/" + workflow + "/export?format=xml").status())
                .isEqualTo(400);
    }

    @OnBothDatabases
    void aBadDocumentIsRefused(Database database) {
        assertThat(server.post("/workflows/import", "{\"document\":\"a: [\"}").status())
                .isEqualTo(400);
        assertThat(server.post("/workflows/import", "{\"document\":7}").status())
                .isEqualTo(422);
        Answer fields = server.post("/workflows/import", "{\"kind\":\"agent\",\"name\":\"x\"}");
        assertThat(fields.status()).isEqualTo(422);
        assertThat(fields.json().path("errors")).hasSize(3);
        String invalid = "{\"code\":\"c\",\"name\":\"n\",\"status\":\"published\",\"dsl\":" + DANGLING + "}";
        assertThat(server.post("/workflows/import", invalid).status()).isEqualTo(422);
        assertThat(server.get("/workflows").json().path("items")).isEmpty();
    }

    @OnBothDatabases
    void appsAreNumberedPerName(Database database) {
        Answer app = server.post("/workflows/apps", "{\"code\":\"a\",\"name\":\"A\"}");
        assertThat(server.post("/workflows/apps", "{\"code\":\"a\",\"name\":\"B\"}")
                        .field("code"))
                .isEqualTo("code_taken");
        assertThat(server.get("/workflows/apps/" + app.field("id")).json()).isEqualTo(app.json());
        assertThat(server.get("/workflows/apps").json().path("items").path(0)).isEqualTo(app.json());
        String version = save(workflow("wf"), VALID, null).field("id");
        Answer first = server.post("/workflows/apps/versions", """
            {"app_id":"app-1","workflow_version_id":"%s","config_json":{"tone":"dry"}}\
            """.formatted(version));
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.field("status")).isEqualTo("draft");
        Answer second = server.post("/workflows/apps/versions", "{\"app_id\":\"app-1\",\"status\":\"published\"}");
        assertThat(second.json().path("version_no").intValue()).isEqualTo(2);
        assertThat(server.get("/workflows/apps/versions/" + first.field("id")).json())
                .isEqualTo(first.json());
        assertThat(server.get("/workflows/apps/versions?app_id=app-1&status=published")
                        .json()
                        .path("items"))
                .containsExactly(second.json());
        assertThat(server.get("/workflows/apps/versions?app_id=app-2").json().path("items"))
                .isEmpty();
        assertThat(server.post("/workflows/apps/versions", """
            {"app_id":"app-1","workflow_version_id":"%s"}\
            """.formatted(UNKNOWN))
                        .status())
                .isEqualTo(404);
    }

    private String workflow(String code) {
        Answer made = server.post("/workflows", "{\"code\":\"" + code + "\",\"name\":\"Workflow\"}");
        assertThat(made.status()).isEqualTo(201);
        return made.field("id");
    }

    private Answer save(String workflow, String dsl, String status) {
        String more = status == null ? "" : ",\"status\":\"" + status + "\"";
        return server.post(
                "/workflows/versions", "{\"workflow_id\":\"" + workflow + "\",\"dsl_json\":" + dsl + more + "}");
    }

    private JsonNode shown(String workflow) {
        return server.get("/workflows/" + workflow).json();
    }
}
