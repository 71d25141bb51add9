package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import java.util.List;

/** Chapter 11: code that is sent, and the node that runs it. */
class CodeApiTest {
    private static final String PYTHON = "{'language':'python','code':'%s','input_json':{'a':20,'b':22}}";
    private static final String JAVASCRIPT = "{'language':'javascript','code':'%s','input_json':{'a':20,'b':22}}";

    @OnEveryServer
    void codeSeesThePayloadAndGivesAResult(Api api) {
        String python = PYTHON.formatted("print(payload)\\nresult = payload[chr(97)] + payload[chr(98)]");
        Answer answer = api.post("/code/execute", python).expect(200);
        assertThat(answer.text("status")).isEqualTo("completed");
        assertThat(answer.at("result_json").asInt()).isEqualTo(42);
        assertThat(answer.text("output_text")).contains("20").contains("22").endsWith("\n");
        assertThat(answer.at("output_truncated").asBoolean(true)).isFalse();
        assertThat(answer.at("duration_ms").isIntegralNumber()).isTrue();
        assertThat(answer.at("error_code").isNull()).isTrue();
        assertThat(answer.text("workspace_id")).isEqualTo(api.workspace());
        assertThat(answer.text("tenant_id")).isEqualTo(api.workspace());

        String javascript = JAVASCRIPT.formatted("console.log(payload.a); result = {sum: payload.a + payload.b}");
        Answer other = api.post("/code/execute", javascript).expect(200);
        assertThat(other.at("result_json.sum").asInt()).isEqualTo(42);
        assertThat(other.text("output_text")).isEqualTo("20\n");
    }

    @OnEveryServer
    void faultsOfTheCodeComeBackWithTheirLine(Api api) {
        for (String body : List.of(
                PYTHON.formatted("x = 1\\nraise ValueError(123)"),
                JAVASCRIPT.formatted("const x = 1;\\nthrow new RangeError(123)"))) {
            Answer answer = api.post("/code/execute", body).expect(200);
            assertThat(answer.text("status")).isEqualTo("failed");
            assertThat(answer.text("error_code")).isEqualTo("code_error");
            assertThat(answer.text("error_message")).startsWith("line 2: ").endsWith("Error: 123");
            assertThat(answer.at("error_line").asInt()).isEqualTo(2);
            assertThat(answer.at("result_json").isNull()).isTrue();
        }
    }

    @OnEveryServer
    void timeIsLimited(Api api) {
        Answer answer = api.post(
                        "/code/execute",
                        "{'language':'python','code':'print(1)\\nwhile True: pass','timeout_seconds':1}")
                .expect(200);
        assertThat(answer.text("status")).isEqualTo("timed_out");
        assertThat(answer.text("error_code")).isEqualTo("code_timeout");
        assertThat(answer.text("output_text")).isEqualTo("1\n");
        assertThat(answer.at("duration_ms").asLong()).isGreaterThanOrEqualTo(1_000);
    }

    @OnEveryServer
    void wrongRequestsNameTheField(Api api) {
        refused(api, "{'code':'result=1'}", "language");
        refused(api, "{'language':'cobol','code':'result=1'}", "language");
        refused(api, "{'language':7,'code':'result=1'}", "language");
        refused(api, "{'language':'python'}", "code");
        refused(api, "{'language':'python','code':' '}", "code");
        refused(api, "{'language':'python','code':[]}", "code");
        refused(api, "{'language':'python','code':'%s'}".formatted("#".repeat(262_145)), "code");
        for (String timeout : List.of("0", "-1", "31", "1.5", "'1'", "99999999999")) {
            refused(
                    api,
                    "{'language':'python','code':'result=1','timeout_seconds':%s}".formatted(timeout),
                    "timeout_seconds");
        }
    }

    private static void refused(Api api, String body, String field) {
        Answer answer = api.post("/code/execute", body).expect(422, "invalid");
        assertThat(answer.at("errors.0.path").asString("")).isEqualTo(field);
    }

    @OnEveryServer
    void readinessTellsOfTheIsolation(Api api) {
        // A call waits until it is known what the host offers.
        api.post("/code/execute", PYTHON.formatted("result = 1")).expect(200);
        Answer ready = api.get("/ready").expect(200);
        assertThat(ready.json().path("checks").valueStream())
                .filteredOn(check -> check.path("name").asString("").equals("code-runner"))
                .singleElement()
                .satisfies(
                        check -> assertThat(check.path("status").asString("")).isEqualTo("ok"));
    }

    // ---- the node

    @OnEveryServer
    void aNodeRunsCodeOnItsInput(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'start','type':'start'},
              {'id':'sum','type':'code','config':{'language':'python',
                'code':'print(payload)\\nresult = {str(1): sum(payload), str(2): len(str(dict())) + 0 }',
                'input_json':'{{input.numbers}}'}},
              {'id':'end','type':'end','config':{'output':{
                'sum':'{{nodes.sum.output.result_json.1}}','printed':'{{nodes.sum.text}}'}}}],
             'edges':[{'source':'start','target':'sum'},{'source':'sum','target':'end'}]}\
            """, "{'numbers':[1,2,39]}");
        assertThat(run.text("status")).isEqualTo("completed");
        assertThat(run.at("output_json.sum").asInt()).isEqualTo(42);
        assertThat(run.at("output_json.printed").asString("")).isEqualTo("[1, 2, 39]\n");
    }

    @OnEveryServer
    void codeIsNoTemplateAndItsInputIs(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'js','type':'code','config':{'language':'javascript',
                'code':'result = `{{input.name}} ${payload.greeting}`',
                'input_json':{'greeting':'Hello {{input.name}}'}}}],'edges':[]}\
            """, "{'name':'Ada'}");
        Answer nodes = api.nodeRuns(run.id());
        assertThat(nodes.at("items.0.output_json.result_json").asString("")).isEqualTo("{{input.name}} Hello Ada");
    }

    @OnEveryServer
    void aNodeFailsWithTheFaultOfItsCode(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'bad','type':'code','config':{'language':'python',
                'code':'print(7)\\nresult = 1 / 0','retry_policy':{'max_attempts':2,'retry_delay_seconds':0}}}],
             'edges':[]}\
            """, "{}");
        assertThat(run.text("status")).isEqualTo("failed");
        Answer nodes = api.nodeRuns(run.id());
        assertThat(nodes.each("error_code")).containsExactly("code_error", "code_error");
        assertThat(nodes.at("items.0.error_message").asString(""))
                .isEqualTo("line 2: ZeroDivisionError: division by zero");
        assertThat(nodes.at("items.0.output_json.output_text").asString("")).isEqualTo("7\n");
    }

    @OnEveryServer
    void theTimeLimitOfANodeEndsItsCode(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'slow','type':'code','config':{'language':'javascript','timeout_seconds':1,
                'code':'while (true) {}'}}],'edges':[]}\
            """, "{}");
        assertThat(run.text("status")).isEqualTo("failed");
        assertThat(api.nodeRuns(run.id()).each("error_code")).containsExactly("timeout");
    }

    @OnEveryServer
    void secretsThatCodePrintsAreMasked(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'js','type':'code','config':{'language':'javascript',
                'code':'console.log(payload); result = payload.length','input_json':'{{secrets.API_TOKEN}}'}}],
             'edges':[]}\
            """, "{}");
        Answer nodes = api.nodeRuns(run.id());
        assertThat(nodes.at("items.0.output_json.result_json").asInt()).isEqualTo("the-secret-value".length());
        assertThat(Json.write(nodes.json())).doesNotContain("the-secret-value");
        assertThat(Json.write(run.json())).doesNotContain("the-secret-value");
    }
}
