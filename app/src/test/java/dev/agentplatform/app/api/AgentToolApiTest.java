package dev.agentplatform.app.api;

import static dev.agentplatform.app.api.Tooling.invoke;
import static dev.agentplatform.app.api.Tooling.run;
import static dev.agentplatform.app.api.Tooling.tool;
import static dev.agentplatform.app.api.Tooling.version;
import static org.assertj.core.api.Assertions.assertThat;

/** Tools that are agents. */
class AgentToolApiTest {
    @OnEveryServer
    void anAgentIsATool(Api api) {
        String agent = Programs.published(
                api, "agent", "helper", "'system_prompt':'Be kind.','model_config':{'model':'mock'}");
        String tool = tool(api, "asks", "agent", "{'input_text':{'type':'string'}}", "{'agent_code':'helper'}");
        version(api, tool, "{}", "{}").expect(422, "invalid");
        Answer done = invoke(api, tool, "{'input_text':'Hi'}");
        assertThat(done.text("status")).as(done.text()).isEqualTo("completed");
        assertThat(done.text("output_json.result.output_text")).isEqualTo("Mock answer to: Hi");
        String run = done.text("output_json.run_id");
        assertThat(api.get("/agents/runs/" + run).expect(200).text("agent_id")).isEqualTo(agent);

        Answer inWorkflow = run(api, "{'tool_code':'asks','input_json':{'input_text':'{{input.q}}'}}", "{'q':'Why'}");
        assertThat(inWorkflow.text("status")).as(inWorkflow.text()).isEqualTo("completed");
        assertThat(api.get("/agents/runs?parent_run_id=" + inWorkflow.id())
                        .expect(200)
                        .each("output_text"))
                .containsExactly("Mock answer to: Why");
    }
}
