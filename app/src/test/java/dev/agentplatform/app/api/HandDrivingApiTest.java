package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Chapter 5: runs that a caller drives by hand, with executors outside. */
class HandDrivingApiTest {
    private static final String THREE = """
        {'nodes':[{'id':'a','type':'answer','config':{'template':'1'}},
          {'id':'b','type':'answer','config':{'template':'2'}},
          {'id':'c','type':'answer','config':{'template':'3 {{ nodes.b.text }}'}}],
         'edges':[{'source':'a','target':'b'},{'source':'b','target':'c'}]}\
        """;
    private static final String OUTSIDE = """
        {'nodes':[{'id':'ask','type':'llm','config':{'prompt':'?','executor':'outside'}},
          {'id':'say','type':'answer','config':{'template':'{{ nodes.ask.output.word }} {{ nodes.ask.text }}'}}],
         'edges':[{'source':'ask','target':'say'}]}\
        """;
    private static final String BY_ONE = "{'worker_key':'one'}";

    @OnEveryServer
    void nothingRunsUntilACallerDrives(Api api) {
        String run = api.byHand(api.published(THREE)).id();
        assertThat(api.get("/runtime/runs/" + run).text("status")).isEqualTo("queued");
        assertThat(api.nodeRuns(run).each("status")).containsExactly("queued");

        Answer first =
                api.post("/runtime/runs/" + run + "/execute-next", BY_ONE).expect(200);
        assertThat(first.text("node_id")).isEqualTo("a");
        assertThat(first.text("status")).isEqualTo("completed");
        assertThat(api.nodeRuns(run).each("status")).containsExactly("completed", "queued");

        String second = api.nodeRuns(run).text("items.1.id");
        assertThat(api.post("/runtime/node-runs/" + second + "/execute", BY_ONE)
                        .expect(200)
                        .text("status"))
                .isEqualTo("completed");
        Answer done = api.post("/runtime/runs/" + run + "/execute", BY_ONE).expect(200);
        assertThat(done.text("status")).isEqualTo("completed");
        assertThat(done.text("output_text")).isEqualTo("3 2");

        // What has ended stays as it is.
        assertThat(api.post("/runtime/runs/" + run + "/execute", BY_ONE)
                        .expect(200)
                        .json())
                .isEqualTo(done.json());
        api.post("/runtime/runs/" + run + "/execute-next", BY_ONE).expect(204);
        api.post("/runtime/node-runs/" + second + "/execute", BY_ONE).expect(200);
    }

    @OnEveryServer
    void executeStopsAfterMaxSteps(Api api) {
        String run = api.byHand(api.published(THREE)).id();
        Answer two = api.post("/runtime/runs/" + run + "/execute", "{'worker_key':'one','max_steps':2}")
                .expect(200);
        assertThat(two.text("status")).isNotEqualTo("completed");
        assertThat(api.nodeRuns(run).each("status")).containsExactly("completed", "completed", "queued");
        assertThat(api.post("/runtime/runs/" + run + "/execute", "{'worker_key':'one','max_steps':16}")
                        .text("status"))
                .isEqualTo("completed");
    }

    @OnEveryServer
    void aWorkerClaimsAnyQueuedNode(Api api) {
        String claim = "{'worker_key':'one','lease_seconds':300}";
        api.post("/runtime/workers/execute-next", claim).expect(204);
        String run = api.byHand(api.published(THREE)).id();
        for (String node : List.of("a", "b", "c")) {
            Answer claimed = api.post("/runtime/workers/execute-next", claim).expect(200);
            assertThat(claimed.text("node_id")).isEqualTo(node);
            assertThat(claimed.text("run_id")).isEqualTo(run);
        }
        api.post("/runtime/workers/execute-next", claim).expect(204);
        assertThat(api.get("/runtime/runs/" + run).text("status")).isEqualTo("completed");
    }

    @OnEveryServer
    void executeOnARunOfThePlatformWaitsForIt(Api api) {
        String version = api.published("{'nodes':[{'id':'w','type':'wait','config':{'seconds':0.05}}],'edges':[]}");
        String run = api.post("/runtime/runs", "{'workflow_version_id':'%s'}".formatted(version))
                .expect(202)
                .id();
        Answer driven = api.post("/runtime/runs/" + run + "/execute", BY_ONE).expect(200);
        assertThat(driven.text("status")).isIn("waiting", "completed");
        assertThat(api.ended(run).text("status")).isEqualTo("completed");
    }

    @OnEveryServer
    void anExecutorOutsideReportsAndItsSuccessorsAreQueued(Api api) {
        String run = api.byHand(api.version(api.workflow("outside"), OUTSIDE, "draft"))
                .id();
        String node = api.nodeRuns(run).text("items.0.id");
        Answer running = report(api, node, "'status':'running'").expect(200);
        assertThat(running.text("status")).isEqualTo("running");
        assertThat(running.text("worker_key")).isEqualTo("one");
        assertThat(running.text("lease_expire_time")).isNotNull();
        assertThat(api.get("/runtime/runs/" + run).text("status")).isEqualTo("running");
        report(api, node, "'status':'running'").expect(200);

        Answer done = report(api, node, "'status':'completed','output_json':{'word':'so'},'output_text':'it is'")
                .expect(200);
        assertThat(done.text("output_json.word")).isEqualTo("so");
        assertThat(api.nodeRuns(run).each("node_id")).containsExactly("ask", "say");
        // Again changes nothing; another outcome is refused.
        assertThat(report(api, node, "'status':'completed','output_text':'other'")
                        .expect(200)
                        .text("output_text"))
                .isEqualTo("it is");
        assertThat(report(api, node, "'status':'running'").expect(200).text("status"))
                .isEqualTo("completed");
        report(api, node, "'status':'failed'").expect(409);

        Answer ended = api.post("/runtime/runs/" + run + "/execute", BY_ONE).expect(200);
        assertThat(ended.text("status")).isEqualTo("completed");
        assertThat(ended.text("output_text")).isEqualTo("so it is");
    }

    @OnEveryServer
    void anExecutorOutsideDrivesARunOfThePlatformToo(Api api) {
        Answer started = api.post(
                        "/runtime/runs",
                        "{'workflow_version_id':'%s'}".formatted(api.version(api.workflow("mixed"), OUTSIDE, "draft")))
                .expect(202);
        String node = api.nodeRuns(started.id()).text("items.0.id");
        report(api, node, "'status':'running'").expect(200);
        report(api, node, "'status':'completed','output_json':{'word':'done'}").expect(200);
        assertThat(api.ended(started.id()).text("output_text")).isEqualTo("done ");
    }

    @OnEveryServer
    void aFailureFromOutsideFailsTheRun(Api api) {
        String run = api.byHand(api.version(api.workflow("broken"), OUTSIDE, "draft"))
                .id();
        String node = api.nodeRuns(run).text("items.0.id");
        Answer failed = report(api, node, "'status':'failed','error_code':'no_quota','error_message':'Nothing left'")
                .expect(200);
        assertThat(failed.text("error_code")).isEqualTo("no_quota");
        Answer ended = api.get("/runtime/runs/" + run).expect(200);
        assertThat(ended.text("status")).isEqualTo("failed");
        assertThat(ended.text("error_code")).isEqualTo("no_quota");
    }

    @OnEveryServer
    void whatAnotherWorkerHoldsIsRefused(Api api) {
        String run =
                api.byHand(api.version(api.workflow("held"), OUTSIDE, "draft")).id();
        String node = api.nodeRuns(run).text("items.0.id");
        report(api, node, "'status':'running'").expect(200);
        api.post("/runtime/node-runs/" + node + "/status", "{'status':'completed','worker_key':'two'}")
                .expect(409, "lease_held");
        api.post("/runtime/node-runs/" + node + "/status", "{'status':'running','worker_key':'two'}")
                .expect(409, "lease_held");
        assertThat(api.get("/runtime/node-runs/" + node).text("worker_key")).isEqualTo("one");
    }

    @OnEveryServer
    void aReportAfterTheLeaseWasLostIsRefused(Api api) {
        String run =
                api.byHand(api.version(api.workflow("lost"), OUTSIDE, "draft")).id();
        String node = api.nodeRuns(run).text("items.0.id");
        api.post("/runtime/node-runs/" + node + "/status", "{'status':'running','worker_key':'one','lease_seconds':1}")
                .expect(200);
        api.untilAnswer("/runtime/node-runs/" + node, "status", "queued");
        report(api, node, "'status':'completed'").expect(409, "lease_lost");
        api.post("/runtime/node-runs/" + node + "/status", "{'status':'running','worker_key':'two'}")
                .expect(200);
        report(api, node, "'status':'completed'").expect(409);
    }

    @OnEveryServer
    void theStatusOfARunIsSetByHand(Api api) {
        String version = api.version(api.workflow("byhand"), OUTSIDE, "draft");
        String run = api.byHand(version).id();
        String path = "/runtime/runs/" + run + "/status";
        // What the state machine does not know is refused.
        api.post(path, "{'status':'completed'}").expect(409, "illegal_status");
        api.post(path, "{'status':'waiting'}").expect(409, "illegal_status");
        assertThat(api.get("/runtime/runs/" + run).text("status")).isEqualTo("queued");
        assertThat(api.post(path, "{'status':'running'}").expect(200).text("status"))
                .isEqualTo("running");
        assertThat(api.post(path, "{'status':'completed'}").expect(200).text("status"))
                .isEqualTo("completed");
        // Reached or passed: nothing changes. Another end is refused.
        assertThat(api.post(path, "{'status':'completed'}").expect(200).text("status"))
                .isEqualTo("completed");
        assertThat(api.post(path, "{'status':'running'}").expect(200).text("status"))
                .isEqualTo("completed");
        api.post(path, "{'status':'failed'}").expect(409, "illegal_status");
        assertThat(api.get("/runtime/runs/" + run).text("status")).isEqualTo("completed");

        for (String end : List.of("failed", "cancelled")) {
            String other = api.byHand(version).id();
            api.post("/runtime/runs/" + other + "/status", "{'status':'running'}")
                    .expect(200);
            assertThat(api.post("/runtime/runs/" + other + "/status", "{'status':'" + end + "'}")
                            .expect(200)
                            .text("status"))
                    .isEqualTo(end);
        }
    }

    @OnEveryServer
    void anInitialNodeOverridesTheStart(Api api) {
        String version = api.published(THREE);
        Answer known = api.post(
                        "/runtime/runs?wait_seconds=20",
                        "{'workflow_version_id':'%s','initial_node':{'node_id':'b','node_type':'answer'}}"
                                .formatted(version))
                .expect(200);
        assertThat(api.nodeRuns(known.id()).each("node_id")).containsExactly("b", "c");
        Answer unknown = api.post(
                        "/runtime/runs?wait_seconds=20",
                        ("{'workflow_version_id':'%s','initial_node':{'node_id':'extra','node_type':'answer',"
                                        + "'config':{'template':'alone'}}}")
                                .formatted(version))
                .expect(200);
        assertThat(unknown.text("output_text")).isEqualTo("alone");
        assertThat(api.nodeRuns(unknown.id()).each("node_id")).containsExactly("extra");
    }

    private static Answer report(Api api, String node, String fields) {
        return api.post("/runtime/node-runs/" + node + "/status", "{" + fields + ",'worker_key':'one'}");
    }
}
