package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** Chapter 5: what workflows do when workers of the platform drive them. */
class RunApiTest {

    @OnEveryServer
    void aRunTellsItsInputItsNodesAndItsResult(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'s','type':'start'},
              {'id':'set','type':'assigner','config':{'assignments':{'total':'{{ input.a + input.b }}'}}},
              {'id':'say','type':'answer','config':{'template':'Sum {{ state.total }} by {{ current.node_id }}'}}],
             'edges':[{'source':'s','target':'set'},{'source':'set','target':'say'}]}\
            """, "{'a':1,'b':2}");
        assertThat(run.text("status")).isEqualTo("completed");
        assertThat(run.text("output_text")).isEqualTo("Sum 3 by say");
        assertThat(run.at("input_json.a").asInt()).isEqualTo(1);
        Answer nodes = api.nodeRuns(run.id());
        assertThat(nodes.each("node_id")).containsExactly("s", "set", "say");
        assertThat(nodes.each("status")).containsOnly("completed");
        assertThat(nodes.item("node_id", "set")
                        .path("output_json")
                        .path("state_updates")
                        .path("total")
                        .asInt())
                .isEqualTo(3);
        JsonNode say = nodes.item("node_id", "say");
        for (String field : List.of(
                "node_type",
                "attempt",
                "iteration",
                "worker_key",
                "lease_expire_time",
                "input_json",
                "output_text",
                "output_json",
                "error_code",
                "error_message",
                "started_time",
                "finished_time")) {
            assertThat(say.has(field)).as(field).isTrue();
        }
        assertThat(api.get("/runtime/node-runs/" + say.path("id").asString())
                        .expect(200)
                        .json())
                .isEqualTo(say);
        assertThat(api.get("/runtime/runs/" + run.id()).expect(200).json()).isEqualTo(run.json());
    }

    @OnEveryServer
    void aTemplateKeepsTypesAndIndexesLists(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'t','type':'template-transform','config':{'template':'{{ input.list }}'}},
              {'id':'a','type':'answer','config':
                {'template':'{{ nodes.t.output.0.title }}-{{ nodes.t.output.5.title }}-{{ input.none }}'}}],
             'edges':[{'source':'t','target':'a'}]}\
            """, "{'list':[{'title':'first'}]}");
        assertThat(run.text("output_text")).isEqualTo("first--");
        assertThat(api.nodeRuns(run.id())
                        .item("node_id", "t")
                        .path("output_json")
                        .isArray())
                .isTrue();
    }

    @OnEveryServer
    void secretsAreUsedAndNeverEchoed(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'a','type':'answer','config':{'template':'token {{ secrets.API_TOKEN }}'}}],'edges':[]}\
            """, "{}");
        String seen = run.text()
                + api.nodeRuns(run.id()).text()
                + api.get("/runtime/trace-spans?run_id=" + run.id()).text()
                + api.get("/runtime/node-artifacts?run_id=" + run.id()).text()
                + api.get("/runtime/runs/" + run.id() + "/events").text();
        assertThat(seen).doesNotContain("the-secret-value");
    }

    @OnEveryServer
    void aBranchSkipsWhatItDoesNotTake(Api api) {
        String version = api.published("""
            {'nodes':[{'id':'if','type':'condition','config':{'expression':'input.n > 10 && input.word contains \\"x\\"'}},
              {'id':'yes','type':'answer','config':{'template':'yes'}},
              {'id':'no','type':'answer','config':{'template':'no'}},
              {'id':'after','type':'answer','config':{'template':'after'}},
              {'id':'end','type':'join'}],
             'edges':[{'source':'if','target':'yes','condition':'true'},{'source':'if','target':'no','condition':'false'},
              {'source':'no','target':'after'},{'source':'yes','target':'end'},{'source':'after','target':'end'}]}\
            """);
        Answer nodes =
                api.nodeRuns(api.runVersion(version, "{'n':11,'word':'axe'}").id());
        assertThat(nodes.item("node_id", "if")
                        .path("output_json")
                        .path("condition_result")
                        .asBoolean(false))
                .isTrue();
        assertThat(nodes.item("node_id", "if").path("output_json").path("route").asString())
                .isEqualTo("true");
        assertThat(status(nodes, "yes")).isEqualTo("completed");
        assertThat(status(nodes, "no")).isEqualTo("skipped");
        assertThat(status(nodes, "after")).isEqualTo("skipped");
        assertThat(status(nodes, "end")).isEqualTo("completed");

        Answer other =
                api.nodeRuns(api.runVersion(version, "{'n':11,'word':'y'}").id());
        assertThat(status(other, "yes")).isEqualTo("skipped");
        assertThat(status(other, "after")).isEqualTo("completed");
    }

    @OnEveryServer
    void namedRoutesChooseAmongMany(Api api) {
        String version = api.published("""
            {'nodes':[{'id':'if','type':'if-else','config':{'cases':[
                {'route':'big','expression':'input.n >= 100'},{'route':'small','expression':'input.n < 10'}],'else':'middle'}},
              {'id':'b','type':'answer','config':{'template':'big'}},
              {'id':'m','type':'answer','config':{'template':'middle'}},
              {'id':'s','type':'answer','config':{'template':'small'}}],
             'edges':[{'source':'if','target':'b','condition':'big'},{'source':'if','target':'m','condition':'middle'},
              {'source':'if','target':'s','condition':'small'}]}\
            """);
        assertThat(api.runVersion(version, "{'n':100}").text("output_text")).isEqualTo("big");
        assertThat(api.runVersion(version, "{'n':50}").text("output_text")).isEqualTo("middle");
        assertThat(api.runVersion(version, "{'n':5}").text("output_text")).isEqualTo("small");
    }

    @OnEveryServer
    void aJoinFiresOnceByItsPolicy(Api api) {
        for (String policy : List.of(
                "'join_policy':'all_completed'",
                "'join_policy':'any_completed'",
                "'join_policy':'all_finished'",
                "'join_policy':'n_completed','count':2")) {
            Answer run = api.run("""
                {'nodes':[{'id':'s','type':'start'},
                  {'id':'a','type':'answer','config':{'template':'a'}},
                  {'id':'b','type':'answer','config':{'template':'b'}},
                  {'id':'c','type':'wait','config':{'seconds':0.05}},
                  {'id':'j','type':'join','config':{%s}},{'id':'z','type':'answer','config':{'template':'joined'}}],
                 'edges':[{'source':'s','target':'a'},{'source':'s','target':'b'},{'source':'s','target':'c'},
                  {'source':'a','target':'j'},{'source':'b','target':'j'},{'source':'c','target':'j'},
                  {'source':'j','target':'z'}]}\
                """.formatted(policy), "{}");
            assertThat(run.text("status")).as(policy).isEqualTo("completed");
            assertThat(api.nodeRuns(run.id()).each("node_id"))
                    .as(policy)
                    .containsExactlyInAnyOrder("s", "a", "b", "c", "j", "z");
        }
    }

    @OnEveryServer
    void aNodeThatFailsIsRetriedAndEachAttemptIsRecorded(Api api) throws IOException {
        AtomicInteger calls = new AtomicInteger();
        HttpServer upstream = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        upstream.createContext("/", exchange -> {
            exchange.sendResponseHeaders(calls.incrementAndGet() % 3 == 0 ? 200 : 503, -1);
            exchange.close();
        });
        upstream.start();
        String dsl = """
            {'nodes':[{'id':'f','type':'http-request','config':{'url':'http://127.0.0.1:%d/',
              'retry_policy':{'max_attempts':%d,'retry_delay_seconds':0.02,'backoff':'exponential'}}}],'edges':[]}\
            """;
        try {
            Answer run = api.run(dsl.formatted(upstream.getAddress().getPort(), 3), "{}");
            assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
            Answer nodes = api.nodeRuns(run.id());
            assertThat(nodes.each("attempt")).containsExactly("1", "2", "3");
            assertThat(nodes.each("status")).containsExactly("failed", "failed", "completed");
            assertThat(nodes.at("items.2.output_json.status_code").asInt()).isEqualTo(200);

            Answer failed = api.run(dsl.formatted(upstream.getAddress().getPort(), 2), "{}");
            assertThat(failed.text("status")).isEqualTo("failed");
            assertThat(failed.text("failed_node_id")).isEqualTo("f");
            assertThat(failed.text("error_code")).isNotNull();
        } finally {
            upstream.stop(0);
        }
    }

    @OnEveryServer
    void whatToDoOnAnErrorIsTheNodesChoice(Api api) {
        String dsl = """
            {'nodes':[{'id':'f','type':'loop','config':{'items':'{{ input.items }}','node':
                {'type':'answer','config':{'template':'x'}},'on_error':'%s'}},
              {'id':'ok','type':'answer','config':{'template':'went on'}},
              {'id':'bad','type':'answer','config':{'template':'handled'}}],
             'edges':[{'source':'f','target':'ok'},{'source':'f','target':'bad','condition':'error'}]}\
            """;
        String alone = "{'nodes':[{'id':'f','type':'loop','config':{'items':'{{ input.items }}','node':"
                + "{'type':'answer','config':{'template':'x'}},'on_error':'%s'}},"
                + "{'id':'ok','type':'answer','config':{'template':'went on'}}],"
                + "'edges':[{'source':'f','target':'ok'}]}";
        Answer failed = api.run(alone.formatted("fail"), "{'items':'no list'}");
        assertThat(failed.text("status")).isEqualTo("failed");
        assertThat(failed.text("error_code")).isEqualTo("items_not_a_list");
        Answer routed = api.run(dsl.formatted("route"), "{'items':'no list'}");
        assertThat(routed.text("status")).isEqualTo("completed");
        assertThat(routed.text("output_text")).isEqualTo("handled");
        assertThat(status(api.nodeRuns(routed.id()), "ok")).isEqualTo("skipped");
        Answer continued = api.run(alone.formatted("continue"), "{'items':'no list'}");
        assertThat(continued.text("status")).isEqualTo("completed");
        assertThat(status(api.nodeRuns(continued.id()), "ok")).isEqualTo("completed");
    }

    @OnEveryServer
    void compensationRunsInReverseOrderOfCompletion(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'one','type':'answer','config':{'template':'1','compensation_node_id':'undo_one'}},
              {'id':'two','type':'answer','config':{'template':'2','compensation_node_id':'undo_two'}},
              {'id':'three','type':'loop','config':{'items':'{{ input.items }}','compensation_node_id':'undo_three',
                'node':{'type':'answer','config':{'template':'x'}}}},
              {'id':'undo_one','type':'answer','config':{'template':'u1'}},
              {'id':'undo_two','type':'answer','config':{'template':'u2'}},
              {'id':'undo_three','type':'answer','config':{'template':'u3'}}],
             'edges':[{'source':'one','target':'two'},{'source':'two','target':'three'}]}\
            """, "{'items':'no" + " list'}");
        assertThat(run.text("status")).isEqualTo("failed");
        assertThat(run.at("compensated").asBoolean(false)).isTrue();
        assertThat(api.nodeRuns(run.id()).each("node_id"))
                .containsExactly("one", "two", "three", "undo_three", "undo_two", "undo_one");
    }

    @OnEveryServer
    void aLoopThroughTheGraphCountsIterationsAndHasALimit(Api api) {
        String dsl = """
            {'nodes':[{'id':'s','type':'assigner','config':{'assignments':{'n':0}}},
              {'id':'inc','type':'assigner','config':{'assignments':{'n':'{{ state.n + 1 }}'},'allow_loop':true,
                'max_iterations':%d}},
              {'id':'if','type':'if-else','config':{'expression':'state.n < 3','allow_loop':true}},
              {'id':'end','type':'answer','config':{'template':'n={{ state.n }}'}}],
             'edges':[{'source':'s','target':'inc'},{'source':'inc','target':'if'},
              {'source':'if','target':'inc','condition':'true'},{'source':'if','target':'end','condition':'false'}]}\
            """;
        Answer run = api.run(dsl.formatted(10), "{}");
        assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
        assertThat(run.text("output_text")).isEqualTo("n=3");
        List<String> iterations = api.nodeRuns(run.id())
                .json()
                .path("items")
                .valueStream()
                .filter(node -> node.path("node_id").asString().equals("inc"))
                .map(node -> node.path("iteration").asString())
                .toList();
        assertThat(iterations).hasSize(3).doesNotHaveDuplicates();
        Answer limited = api.run(dsl.formatted(2), "{}");
        assertThat(limited.text("status")).isEqualTo("failed");
        assertThat(limited.text("error_code")).isEqualTo("loop_limit");
    }

    @OnEveryServer
    void aLoopNodeKeepsTheOrderOfItsItems(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'l','type':'loop','config':{'items':'{{ input.names }}','concurrency':2,
               'body':{'nodes':[{'id':'x','type':'answer','config':{'template':'{{ index }}:{{ item }}'}}],'edges':[]}}}],
             'edges':[]}\
            """, "{'names':['a','b','c']}");
        assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
        JsonNode output = api.nodeRuns(run.id()).item("node_id", "l").path("output_json");
        assertThat(output.path("count").asInt()).isEqualTo(3);
        assertThat(output.path("results").valueStream().map(JsonNode::asString).toList())
                .containsExactly("0:a", "1:b", "2:c");
        assertThat(api.get("/runtime/runs?parent_run_id=" + run.id())
                        .expect(200)
                        .each("status"))
                .containsExactly("completed", "completed", "completed");
        assertThat(api.get("/runtime/runs").expect(200).each("id")).containsExactly(run.id());
    }

    @OnEveryServer
    void aWorkflowRunsAnotherOne(Api api) {
        String inner = api.workflow("inner");
        api.version(inner, """
            {'nodes':[{'id':'a','type':'answer','config':{'template':'inner {{ input.word }}'}}],'edges':[]}\
            """, "published");
        Answer run = api.run("""
            {'nodes':[{'id':'w','type':'workflow','config':{'workflow_code':'inner','input':{'word':'{{ input.w }}'}}},
              {'id':'a','type':'answer','config':{'template':'outer {{ nodes.w.text }}'}}],
             'edges':[{'source':'w','target':'a'}]}\
            """, "{'w':'hi'}");
        assertThat(run.text("output_text")).isEqualTo("outer inner hi");
        Answer children = api.get("/runtime/runs?parent_run_id=" + run.id()).expect(200);
        assertThat(children.text("items.0.workflow_id")).isEqualTo(inner);
    }

    @OnEveryServer
    void aDelayAndAWaitAreTimersNotThreads(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'d','type':'answer','config':{'template':'x','delay_seconds':0.03}},
              {'id':'w','type':'wait','config':{'seconds':0.03}}],'edges':[{'source':'d','target':'w'}]}\
            """, "{}");
        assertThat(run.text("status")).isEqualTo("completed");
    }

    @OnEveryServer
    void aSignalWakesTheNodeThatWaitsForIt(Api api) {
        String version = api.published("""
            {'nodes':[{'id':'w','type':'wait','config':{'signal':'go'}},
              {'id':'a','type':'answer','config':{'template':'{{ nodes.w.output.payload.word }}'}}],
             'edges':[{'source':'w','target':'a'}]}\
            """);
        String run = api.post("/runtime/runs", "{'workflow_version_id':'%s'}".formatted(version))
                .expect(202)
                .id();
        api.until(run, "waiting");
        assertThat(status(api.nodeRuns(run), "w")).isEqualTo("pending");
        api.post("/runtime/runs/" + run + "/signal", "{'name':'other','payload_json':{}}")
                .expect(202);
        api.post("/runtime/runs/" + run + "/signal", "{'name':'go','payload_json':{'word':'woken'}}")
                .expect(202);
        Answer ended = api.ended(run);
        assertThat(ended.text("status")).isEqualTo("completed");
        assertThat(ended.text("output_text")).isEqualTo("woken");
        api.post("/runtime/runs/" + run + "/signal", "{'name':'go'}").expect(409);
    }

    @OnEveryServer
    void timeLimitsEndWhatTakesTooLong(Api api) {
        Answer node = api.run("""
            {'nodes':[{'id':'w','type':'wait','config':{'signal':'never','timeout_seconds':0.05}}],'edges':[]}\
            """, "{}");
        assertThat(node.text("status")).isEqualTo("failed");
        assertThat(node.text("error_code")).isEqualTo("wait_timeout");
        String version = api.published("{'nodes':[{'id':'w','type':'wait','config':{'signal':'never'}}],'edges':[]}");
        Answer whole = api.post(
                        "/runtime/runs?wait_seconds=20",
                        "{'workflow_version_id':'%s','timeout_seconds':1}".formatted(version))
                .expect(200);
        assertThat(whole.text("status")).isEqualTo("timed_out");
    }

    @OnEveryServer
    void aRunIsCancelledWithItsChildren(Api api) {
        String inner = api.workflow("sleeper");
        api.version(inner, "{'nodes':[{'id':'w','type':'wait','config':{'signal':'never'}}],'edges':[]}", "published");
        String version = api.published(
                "{'nodes':[{'id':'c','type':'workflow','config':{'workflow_code':'sleeper'}}],'edges':[]}");
        String run = api.post("/runtime/runs", "{'workflow_version_id':'%s'}".formatted(version))
                .expect(202)
                .id();
        api.until(run, "waiting");
        String child = api.get("/runtime/runs?parent_run_id=" + run).expect(200).text("items.0.id");
        Answer cancelled = api.post("/runtime/runs/" + run + "/cancel?wait_seconds=20", "{'reason':'enough'}");
        assertThat(cancelled.text("status")).as(cancelled.text()).isEqualTo("cancelled");
        assertThat(api.ended(child).text("status")).isEqualTo("cancelled");
        assertThat(status(api.nodeRuns(run), "c")).isEqualTo("cancelled");
    }

    @OnEveryServer
    void aFailedRunIsRetriedFromWhatFailed(Api api) {
        String version = api.published("""
            {'nodes':[{'id':'a','type':'answer','config':{'template':'a'}},
              {'id':'w','type':'workflow','config':{'workflow_code':'later'}}],'edges':[{'source':'a','target':'w'}]}\
            """);
        Answer run = api.runVersion(version, "{}");
        assertThat(run.text("status")).isEqualTo("failed");
        api.version(
                api.workflow("later"),
                "{'nodes':[{'id':'x','type':'answer','config':{'template':'now'}}],'edges':[]}",
                "published");
        api.post("/runtime/runs/" + run.id() + "/retry").expect(202);
        Answer ended = api.ended(run.id());
        assertThat(ended.text("status")).as(ended.text()).isEqualTo("completed");
        assertThat(api.nodeRuns(run.id()).each("node_id")).containsExactly("a", "w", "w");
        api.post("/runtime/runs/" + run.id() + "/retry").expect(409);
    }

    @OnEveryServer
    void artifactsAndSpansShowWhatTheNodesDid(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'a','type':'answer','config':{'template':'text'}},
              {'id':'t','type':'template-transform','config':{'template':'{\\"a\\":1}'}}],
             'edges':[{'source':'a','target':'t'}]}\
            """, "{}");
        Answer artifacts = api.get("/runtime/node-artifacts?run_id=" + run.id()).expect(200);
        assertThat(artifacts.item("node_id", "a").path("content_text").asString())
                .isEqualTo("text");
        assertThat(artifacts.item("node_id", "a").path("size_bytes").asInt()).isEqualTo(4);
        assertThat(artifacts.item("node_id", "t").path("content_json").path("a").asInt())
                .isEqualTo(1);
        Answer spans = api.get("/runtime/trace-spans?run_id=" + run.id()).expect(200);
        JsonNode root = spans.item("span_type", "run");
        assertThat(root.path("parent_span_id").isNull()).isTrue();
        JsonNode span = spans.item("name", "a");
        assertThat(span.path("parent_span_id").asString())
                .isEqualTo(root.path("id").asString());
        assertThat(span.path("status").asString()).isEqualTo("completed");
        assertThat(span.path("duration_ms").isIntegralNumber()).isTrue();
        assertThat(span.has("error_code") && span.has("attributes_json") && span.has("ended_time"))
                .isTrue();
    }

    @OnEveryServer
    void runsAreListedByPageAndFilter(Api api) {
        String version = api.published("{'nodes':[{'id':'a','type':'answer','config':{'template':'x'}}],'edges':[]}");
        for (int i = 0; i < 5; i++) api.runVersion(version, "{}");
        String other = api.byHand(version).id();
        assertThat(SessionApiTest.pages(api, "/runtime/runs?limit=2", "id"))
                .hasSize(6)
                .doesNotHaveDuplicates()
                .startsWith(other);
        assertThat(api.get("/runtime/runs?status=queued").expect(200).each("id"))
                .containsExactly(other);
        assertThat(api.get("/runtime/runs?status=completed&workflow_version_id=" + version)
                        .expect(200)
                        .each("id"))
                .hasSize(5);
    }

    static String status(Answer nodes, String node) {
        return nodes.item("node_id", node).path("status").asString();
    }
}
