package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Limits in money, tokens, steps and time, kept before the call or step that would break them. */
class BudgetApiTest {
    private static final String STOP_AT_100_TOKENS = "'scope_type':'workspace','limit':{'tokens':100}";

    @OnEveryServer
    void aClientOfTheGatewayIsRefusedBeforeTheCallThatWouldBreakABudget(Api api) {
        Budgeting.provider(api);
        String budget = Budgeting.budget(api, STOP_AT_100_TOKENS + ",'code':'small'");
        assertThat(Budgeting.chat(api, "").status()).isEqualTo(200);
        Answer shown = api.get("/budgets/" + budget).expect(200);
        assertThat(shown.at("used.tokens").asInt()).isEqualTo(30);
        assertThat(shown.at("used.cost_micros").asInt()).isEqualTo(50);
        assertThat(shown.at("reserved.tokens").asInt()).isZero();
        assertThat(shown.at("remaining.tokens").asInt()).isEqualTo(70);
        Answer refused = Budgeting.chat(api, ",'max_completion_tokens':60");
        assertThat(refused.status()).as(refused.text()).isEqualTo(429);
        assertThat(refused.text("error.code")).isEqualTo("budget_exceeded");
        assertThat(refused.text("error.type")).isEqualTo("insufficient_quota");
        assertThat(refused.text("error.message")).contains("small", "100 tokens", "30 are used");
        assertThat(refused.headers().firstValue("x-should-retry")).hasValue("false");
        assertThat(api.get("/budgets/" + budget).at("used.tokens").asInt()).isEqualTo(30);
        assertThat(api.untilItems("/models/usage", 1).each("status")).containsExactly("ok");
        assertThat(api.get("/events?event_type=budget.exceeded").each("aggregate_id"))
                .containsExactly(budget);
        Budgeting.chat(api, ",'max_completion_tokens':60");
        assertThat(api.get("/events?event_type=budget.exceeded").each("aggregate_id"))
                .containsExactly(budget);
    }

    @OnEveryServer
    void aRunStopsBeforeTheCallThatWouldBreakABudgetOfMoney(Api api) {
        Budgeting.provider(api);
        // Each call costs 50 and is estimated a little higher, so that two fit and the third does not.
        String budget = Budgeting.budget(api, "'scope_type':'workspace','limit':{'cost_micros':170}");
        Answer run = api.ended(Budgeting.start(api, Budgeting.thinking(api, 3), ""));
        assertThat(run.text("status")).as(run.text()).isEqualTo("failed");
        assertThat(run.text("error_code")).isEqualTo("budget_exceeded");
        assertThat(run.text("error_message")).contains("170 cost_micros");
        assertThat(api.get("/budgets/" + budget).at("used.cost_micros").asInt()).isEqualTo(100);
        assertThat(api.untilItems("/models/usage", 2).each("status")).containsOnly("ok");
    }

    @OnEveryServer
    void aRunPausesUntilAPersonRaisesTheBudgetAndGoesOnWhereItWaited(Api api) {
        Budgeting.provider(api);
        String budget = Budgeting.budget(
                api, "'scope_type':'workspace','limit':{'tokens':70},'on_exceed':'pause','code':'team'");
        String run = Budgeting.start(api, Budgeting.thinking(api, 2), "");
        api.until(run, "waiting");
        String task = Budgeting.task(api, run);
        Answer asked = api.get("/human/tasks/" + task);
        assertThat(asked.text("task_type")).isEqualTo("budget");
        assertThat(asked.text("request_payload_json.budget_id")).isEqualTo(budget);
        assertThat(asked.text("request_payload_json.limit")).isEqualTo("70");
        assertThat(asked.text("request_payload_json.used")).isEqualTo("30");
        assertThat(api.get("/budgets/" + budget).text("waiting")).isEqualTo("1");
        Budgeting.answer(api, task, "{'status':'approved','response_payload_json':{'limit':{'tokens':'x'}}}")
                .expect(422);
        Budgeting.answer(api, task, "{'status':'approved','response_payload_json':{'limit':{'tokens':200}}}")
                .expect(200);
        Answer done = api.ended(run);
        assertThat(done.text("status")).as(done.text()).isEqualTo("completed");
        Answer shown = api.get("/budgets/" + budget);
        assertThat(shown.at("used.tokens").asInt()).isEqualTo(60);
        assertThat(shown.text("raised_limit.tokens")).isEqualTo("200");
        assertThat(shown.text("waiting")).isEqualTo("0");
        List<String> steps = api.nodeRuns(run).each("status");
        assertThat(steps).containsExactly("completed", "completed", "completed");
        assertThat(api.get("/events?event_type=budget.raised").each("aggregate_id"))
                .containsExactly(budget);
    }
}
