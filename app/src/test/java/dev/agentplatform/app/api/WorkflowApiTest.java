package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.agentplatform.kernel.Json;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/** Chapter 4: apps, workflows, versions, publishing, validation, comparison, exchange. */
class WorkflowApiTest {
    private static final String ONE = "{'nodes':[{'id':'a','type':'answer','config':{'template':'one'}}],'edges':[]}";
    private static final String TWO = "{'nodes':[{'id':'a','type':'answer','config':{'template':'two'}},"
            + "{'id':'b','type':'end'}],'edges':[{'source':'a','target':'b'}]}";
    private static final String FAULTY = "{'nodes':[{'id':'a','type':'answer','config':{}}],'edges':[]}";
    private static final String UNKNOWN = "{'nodes':[{'id':'a','type':'telepathy'}],'edges':[]}";

    @OnEveryServer
    void aWorkflowRunsNoMoreOftenAtOnceThanItsLimit(Api api) throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        HttpServer slow = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        slow.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        slow.createContext("/", exchange -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            LockSupport.parkNanos(20_000_000);
            now.decrementAndGet();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        slow.start();
        try {
            String workflow = api.workflow("limited");
            String version = api.version(
                    workflow,
                    "{'nodes':[{'id':'a','type':'http-request','config':{'url':'http://127.0.0.1:%d/'}}],'edges':[]}"
                            .formatted(slow.getAddress().getPort()),
                    "published");
            assertThat(api.get("/workflows/" + workflow).expect(200).text("max_concurrent_runs"))
                    .isNull();
            Answer changed = api.patch("/workflows/" + workflow, "{'max_concurrent_runs':2}")
                    .expect(200);
            assertThat(changed.at("max_concurrent_runs").asInt()).isEqualTo(2);
            List<String> runs = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                runs.add(api.post("/runtime/runs", "{'workflow_version_id':'%s'}".formatted(version))
                        .expect(202)
                        .id());
            }
            for (String run : runs) assertThat(api.ended(run).text("status")).isEqualTo("completed");
            assertThat(most.get()).isBetween(1, 2);
            api.patch("/workflows/" + workflow, "{'max_concurrent_runs':-1}").expect(422);
            api.patch("/workflows/" + workflow, "{'max_concurrent_runs':0}").expect(200);
            assertThat(api.get("/workflows/" + workflow).expect(200).text("max_concurrent_runs"))
                    .isNull();
        } finally {
            slow.stop(0);
        }
    }

    @OnEveryServer
    void anAppHasVersions(Api api) {
        Answer app = api.post("/workflows/apps", "{'code':'sales','name':'Sales','description':'d'}")
                .expect(201);
        api.post("/workflows/apps", "{'code':'sales','name':'Again'}").expect(409);
        assertThat(api.get("/workflows/apps/" + app.id()).expect(200).json()).isEqualTo(app.json());
        assertThat(api.get("/workflows/apps").expect(200).each("code")).containsExactly("sales");
        for (int no = 1; no <= 2; no++) {
            Answer version = api.post(
                            "/workflows/apps/versions", "{'app_id':'%s','config':{'a':1}}".formatted(app.id()))
                    .expect(201);
            assertThat(version.at("version_no").asInt()).isEqualTo(no);
            assertThat(version.text("status")).isEqualTo("draft");
        }
    }

    @OnEveryServer
    void aWorkflowIsCreatedListedChangedAndDeleted(Api api) {
        Answer workflow = api.post("/workflows", "{'app_id':'app-1','code':'wf_1','name':'Workflow 1'}")
                .expect(201);
        String path = "/workflows/" + workflow.id();
        api.post("/workflows", "{'code':'wf_1','name':'Again'}").expect(409);
        assertThat(api.get(path).expect(200).json()).isEqualTo(workflow.json());
        assertThat(api.patch(path, "{'name':'Renamed'}").expect(200).text("name"))
                .isEqualTo("Renamed");
        assertThat(api.get("/workflows?app_id=app-1").expect(200).each("name")).containsExactly("Renamed");
        assertThat(api.get("/workflows?app_id=other").expect(200).each("name")).isEmpty();
        api.delete(path).expect(204);
        api.get(path).expect(404, "not_found");
        // The code is free again.
        api.post("/workflows", "{'code':'wf_1','name':'Again'}").expect(201);
    }

    @OnEveryServer
    void versionsCountUpAndNeverChange(Api api) {
        String workflow = api.workflow("counted");
        String first = api.version(workflow, ONE, "draft");
        String second = api.version(workflow, TWO, "published");
        Answer shown = api.get("/workflows/versions/" + second).expect(200);
        assertThat(shown.at("version_no").asInt()).isEqualTo(2);
        assertThat(shown.text("status")).isEqualTo("published");
        assertThat(shown.at("dsl_json.nodes").size()).isEqualTo(2);
        assertThat(api.get("/workflows/versions/" + first).expect(200).text("status"))
                .isEqualTo("draft");
        assertThat(api.get("/workflows/" + workflow + "/versions").expect(200).each("id"))
                .containsExactly(second, first);
        api.delete("/workflows/" + workflow).expect(409);
    }

    @OnEveryServer
    void aStatusLeftOutMeansDraft(Api api) {
        Answer version = api.post(
                        "/workflows/versions",
                        "{'workflow_id':'%s','dsl_json':{'nodes':[],'edges':[]}}".formatted(api.workflow("empty")))
                .expect(201);
        assertThat(version.text("status")).isEqualTo("draft");
        api.post("/workflows/versions/" + version.id() + "/publish").expect(422);
        assertThat(api.get("/workflows/versions/" + version.id()).expect(200).text("status"))
                .isEqualTo("draft");
    }

    @OnEveryServer
    void aRunTakesTheLatestPublishedVersion(Api api) {
        String workflow = api.workflow("latest");
        String start = "{'workflow_id':'%s'}".formatted(workflow);
        api.post("/runtime/runs", start).expect(409, "no_published_version");
        String draft = api.version(workflow, ONE, "draft");
        api.post("/runtime/runs", start).expect(409, "no_published_version");
        assertThat(api.post("/workflows/versions/" + draft + "/publish")
                        .expect(200)
                        .text("status"))
                .isEqualTo("published");
        assertThat(api.post("/runtime/runs?wait_seconds=20", start).expect(200).text("output_text"))
                .isEqualTo("one");
        String newer = api.version(workflow, TWO, "published");
        assertThat(api.post("/runtime/runs?wait_seconds=20", start).expect(200).text("workflow_version_id"))
                .isEqualTo(newer);
        api.post("/workflows/versions/" + newer + "/archive").expect(200);
        assertThat(api.post("/runtime/runs?wait_seconds=20", start).expect(200).text("workflow_version_id"))
                .isEqualTo(draft);
    }

    @OnEveryServer
    void faultsAreToldWithTheirPlaceAndADraftMayHaveThem(Api api) {
        String workflow = api.workflow("faulty");
        String body = "{'workflow_id':'%s','dsl_json':%s,'status':'%s'}";
        Answer refused = api.post("/workflows/versions", body.formatted(workflow, FAULTY, "published"))
                .expect(422);
        assertThat(refused.text("errors.0.path")).isEqualTo("dsl_json.nodes.0.config.template");
        // An unknown type is refused even in a draft.
        Answer unknown = api.post("/workflows/versions", body.formatted(workflow, UNKNOWN, "draft"))
                .expect(422);
        assertThat(unknown.text("errors.0.path")).isEqualTo("dsl_json.nodes.0.type");
        String draft = api.version(workflow, FAULTY, "draft");
        // A run may name a draft; its faults are then those of the run.
        api.post("/runtime/runs", "{'workflow_version_id':'%s'}".formatted(draft))
                .expect(422);
    }

    @OnEveryServer
    void validationTellsEveryProblemAtOnce(Api api) {
        Answer found = api.post("/workflows/validate", """
            {'dsl_json':{'nodes':[
              {'id':'a','type':'telepathy'},
              {'id':'b','type':'answer','config':{}},
              {'id':'c','type':'answer','config':{'template':'{{ 1 + }}'}},
              {'id':'d','type':'if-else','config':{'expression':'1 +'}},
              {'id':'e','type':'start'},{'id':'f','type':'end'},
              {'id':'x','type':'join'},{'id':'y','type':'join'}],
             'edges':[{'source':'a','target':'nowhere'},{'source':'e','target':'f'},{'source':'f','target':'e'},
              {'source':'x','target':'y'},{'source':'y','target':'x'}]}}
            """).expect(200);
        assertThat(found.at("valid").asBoolean(true)).isFalse();
        List<String> codes = new ArrayList<>();
        for (JsonNode problem : found.at("problems")) {
            codes.add(problem.path("code").asString());
            boolean placed =
                    problem.path("node").isString() || problem.path("edge").isString();
            assertThat(placed).as("%s", problem).isTrue();
        }
        assertThat(codes)
                .contains(
                        "unknown_type",
                        "missing_config",
                        "bad_template",
                        "bad_expression",
                        "dangling_edge",
                        "cycle",
                        "unreachable_node");
        Answer none = api.post("/workflows/validate", "{'dsl_json':{'nodes':[],'edges':[]}}")
                .expect(200);
        assertThat(none.text("problems.0.code")).isEqualTo("no_start");
        assertThat(api.post("/workflows/validate", "{'dsl_json':" + ONE + "}")
                        .expect(200)
                        .at("valid")
                        .asBoolean(false))
                .isTrue();
    }

    @OnEveryServer
    void twoVersionsAreCompared(Api api) {
        String workflow = api.workflow("compared");
        String one = api.version(workflow, ONE, "draft");
        String two = api.version(workflow, TWO, "draft");
        Answer diff = api.get("/workflows/versions/" + one + "/diff/" + two).expect(200);
        assertThat(diff.at("same").asBoolean(true)).isFalse();
        assertThat(diff.at("nodes_added").size()).isEqualTo(1);
        assertThat(diff.at("nodes_changed").size()).isEqualTo(1);
        assertThat(diff.at("edges_added").size()).isEqualTo(1);
        assertThat(api.get("/workflows/versions/" + one + "/diff/" + one)
                        .expect(200)
                        .at("same")
                        .asBoolean(false))
                .isTrue();
    }

    @OnEveryServer
    void anExportedWorkflowIsImportedElsewhere(Api api) {
        String workflow = api.workflow("moved");
        api.version(workflow, TWO, "published");
        Answer json = api.get("/workflows/" + workflow + "/export?format=json").expect(200);
        Answer yaml = api.get("/workflows/" + workflow + "/export").expect(200);
        assertThat(yaml.headers().firstValue("content-type").orElse("")).startsWith("application/yaml");

        Api other = api.elsewhere();
        Answer imported =
                other.post("/workflows/import", Json.write(json.json())).expect(201);
        assertThat(imported.text("workflow.code")).isEqualTo("moved");
        assertThat(imported.at("version.dsl_json"))
                .isEqualTo(
                        json.at("workflow.dsl_json").isMissingNode()
                                ? Json.parse(TWO.replace('\'', '"'))
                                : json.at("workflow.dsl_json"));
        String document = Json.write(Json.object().put("document", yaml.text()));
        other.post("/workflows/import", document).expect(200);
        assertThat(other.get("/workflows/" + imported.text("workflow.id") + "/versions")
                        .expect(200)
                        .each("id"))
                .hasSize(1);
    }
}
