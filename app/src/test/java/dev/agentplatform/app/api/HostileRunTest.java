package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

/** Workflows that are valid and mean harm: their runs end, soon, with a reason, and harm nobody else. */
class HostileRunTest {

    @OnEveryServer
    void conditionsThatWantToRunForEverEnd(Api api) {
        long began = System.nanoTime();
        String a = "a".repeat(50_000);
        for (String expression : List.of(
                "1 / 0 == 1",
                "input.n % 0 == 1",
                "input.big * input.big * input.big > 0",
                "matches(input.a, \\\"(a+)+$\\\")",
                "input.a contains input.a",
                "input.none.none.none == 1",
                "input.a < 5",
                "-input.a == 1")) {
            Answer run = api.run("""
                {'nodes':[{'id':'if','type':'if-else','config':{'expression':'%s'}},
                  {'id':'yes','type':'answer','config':{'template':'yes'}},
                  {'id':'no','type':'answer','config':{'template':'no'}}],
                 'edges':[{'source':'if','target':'yes','condition':'true'},
                  {'source':'if','target':'no','condition':'false'}]}\
                """.formatted(expression), "{'n':5,'big':1e308,'a':'%sX'}".formatted(a));
            assertThat(run.text("status")).as(expression).isIn("completed", "failed");
            if (run.text("status").equals("failed"))
                assertThat(run.text("error_code")).as(expression).isNotBlank();
            assertThat(run.text()).as(expression).doesNotContain("Exception", ".java");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }

    @OnEveryServer
    void textThatDoublesItselfHasALimit(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'s','type':'assigner','config':{'assignments':{'x':'{{ input.seed }}'}}},
              {'id':'grow','type':'assigner','config':{'allow_loop':true,'max_iterations':60,
                'assignments':{'x':'{{ state.x }}{{ state.x }}{{ state.x }}{{ state.x }}'}}},
              {'id':'if','type':'if-else','config':{'expression':'true','allow_loop':true}}],
             'edges':[{'source':'s','target':'grow'},{'source':'grow','target':'if'},
              {'source':'if','target':'grow','condition':'true'}]}\
            """, "{'seed':'0123456789abcdef'}");
        assertThat(run.text("status")).isEqualTo("failed");
        assertThat(run.text("error_code")).isEqualTo("state_too_large");
        assertThat(run.text("failed_node_id")).isEqualTo("grow");
    }

    @OnEveryServer
    void aWorkflowThatRunsItselfEnds(Api api) {
        String self = api.workflow("self");
        String version = api.version(
                self,
                "{'nodes':[{'id':'w','type':'workflow','config':{'workflow_code':'self'}}],'edges':[]}",
                "published");
        Answer run = api.runVersion(version, "{}");
        assertThat(run.text("status")).isEqualTo("failed");
        assertThat(run.text("error_code")).isNotBlank();
    }

    @OnEveryServer
    void aListBeyondItsLimitFailsItsLoop(Api api) {
        Answer run = api.run("""
            {'nodes':[{'id':'l','type':'loop','config':{'items':'{{ input.items }}','max_items':3,
              'node':{'type':'answer','config':{'template':'x'}}}}],'edges':[]}\
            """, "{'items':[1,2,3,4]}");
        assertThat(run.text("status")).isEqualTo("failed");
        assertThat(run.text("error_code")).isEqualTo("too_many_items");
        assertThat(api.get("/runtime/runs?parent_run_id=" + run.id())
                        .expect(200)
                        .each("id"))
                .isEmpty();
    }

    @OnEveryServer
    void addressesOfTheHouseAreNotCalled(Api api) {
        for (String url : List.of(
                "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "http://10.0.0.1/", "gopher://x/")) {
            Answer run = api.run(
                    "{'nodes':[{'id':'h','type':'http-request','config':{'url':'%s'}}],'edges':[]}".formatted(url),
                    "{}");
            assertThat(run.text("status")).as(url).isEqualTo("failed");
            assertThat(run.text("error_code")).as(url).isNotBlank();
        }
    }
}
