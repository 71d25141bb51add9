package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Dialect;
import org.junit.jupiter.api.Test;

/** A run that waits for a raise does not depend on the process that began it; nor does what was counted. */
class BudgetTakeoverTest {
    @Test
    void anotherProcessTakesTheAnswerAndGoesOn() throws Exception {
        try (ApiServer first = new ApiServer(Dialect.POSTGRESQL);
                ApiServer second = first.beside()) {
            Api api = first.workspace(Api.Spelling.WORKSPACE_HEADER);
            Api there = new Api(second, Api.Spelling.WORKSPACE_HEADER, api.workspace());
            Budgeting.provider(api);
            String budget = Budgeting.budget(api, "'scope_type':'workspace','limit':{'tokens':70},'on_exceed':'pause'");
            String run = Budgeting.start(api, Budgeting.thinking(api, 2), "");
            String agent = Programs.published(
                    api, "agent", "a", "'system_prompt':'x','model_config':{'model':'paid','max_tokens':20}");
            String task = Budgeting.task(api, run);
            String other = api.post(
                            "/agents/runs", "{'agent_id':'%s','auto_start':true,'input_text':'hello'}".formatted(agent))
                    .expect(202)
                    .id();
            Budgeting.task(api, other);
            // The process takes no part any more.
            first.platform().process().stop();
            assertThat(there.get("/budgets/" + budget).text("used.tokens")).isEqualTo("30");
            Budgeting.answer(there, task, "{'status':'approved','response_payload_json':{'limit':{'tokens':9000}}}")
                    .expect(200);
            assertThat(there.ended(run).text("status")).isEqualTo("completed");
            Answer done = there.get("/agents/runs/" + other + "?wait_seconds=20");
            assertThat(done.text("status")).as(done.text()).isEqualTo("completed");
            // Each call was made once, whichever process made it.
            there.untilItems("/models/usage", 3);
            assertThat(there.get("/budgets/" + budget).at("reserved.tokens").asInt())
                    .isZero();
        }
    }
}
