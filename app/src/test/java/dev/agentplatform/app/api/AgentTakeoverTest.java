package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Dialect;
import org.junit.jupiter.api.Test;

/** A run of an agent whose process goes away is finished by another one, which pays for no model call twice. */
class AgentTakeoverTest {
    @Test
    void anotherProcessGoesOnBehindTheLastRecordedStep() throws Exception {
        try (ApiServer first = new ApiServer(Dialect.POSTGRESQL);
                ApiServer second = first.beside();
                ToolServer tool = ToolServer.echo()) {
            Api api = first.workspace(Api.Spelling.WORKSPACE_HEADER);
            Api there = new Api(second, Api.Spelling.WORKSPACE_HEADER, api.workspace());
            Tooling.tool(api, "lookup", "http", "{}", "{'url':'%s'}".formatted(tool.url("/it")));
            String agent = Programs.published(
                    api,
                    "agent",
                    "asks",
                    "'system_prompt':'x','model_config':{'model':'mock','react_enabled':true},"
                            + "'tool_refs':[{'code':'lookup','requires_approval':true}]");
            String team = Programs.published(
                    api,
                    "team",
                    "t",
                    "'coordination_mode':'sequential','member_refs':[{'member_key':'a','agent_id':'%s'}]"
                            .formatted(agent));
            String run = api.post(
                            "/teams/runs",
                            "{'team_id':'%s','auto_start':true,'input_text':'Use lookup'}".formatted(team))
                    .expect(202)
                    .id();
            String member = api.untilItems("/agents/runs?status=waiting&parent_run_id=" + run, 1)
                    .text("items.0.id");
            // The first model call is recorded; the process that made it takes no part any more.
            first.platform().process().stop();
            String task = there.get("/human/tasks?run_id=" + member).text("items.0.id");
            there.post("/human/tasks/" + task + "/complete", "{'status':'approved'}")
                    .expect(200);
            Answer done = there.get("/teams/runs/" + run + "?wait_seconds=20").expect(200);
            assertThat(done.text("status")).as(done.text()).isEqualTo("completed");
            assertThat(done.at("turns").size()).isEqualTo(1);
            assertThat(tool.requests).hasSize(1);
            assertThat(there.get("/agents/runs/" + member)
                            .at("usage.model_calls")
                            .asInt())
                    .isEqualTo(2);
            // Both processes tell of every call that they made.
            there.untilItems("/models/usage?run_id=" + member, 2);
        }
    }
}
