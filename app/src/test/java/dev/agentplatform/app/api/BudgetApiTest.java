package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

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

    @OnEveryServer
    void aPausedRunFailsWhenThePersonSaysNoAndItsTaskGoesWhenItIsCancelled(Api api) {
        Budgeting.provider(api);
        Budgeting.budget(api, "'scope_type':'workspace','limit':{'cost_micros':0},'on_exceed':'pause'");
        String version = Budgeting.thinking(api, 1);
        String run = Budgeting.start(api, version, "");
        Budgeting.answer(api, Budgeting.task(api, run), "{'status':'rejected'}").expect(200);
        Answer failed = api.ended(run);
        assertThat(failed.text("status")).isEqualTo("failed");
        assertThat(failed.text("error_code")).isEqualTo("budget_exceeded");
        String other = Budgeting.start(api, version, "");
        String task = Budgeting.task(api, other);
        api.post("/runtime/runs/" + other + "/cancel").expect(202);
        assertThat(api.ended(other).text("status")).isEqualTo("cancelled");
        api.untilAnswer("/human/tasks/" + task, "status", "cancelled");
        assertThat(api.get("/models/usage").json().path("items")).isEmpty();
    }

    @OnEveryServer
    void approvingGivesAsMuchAgainAndAllWhoWaitGoOn(Api api) {
        Budgeting.provider(api);
        String budget = Budgeting.budget(api, "'scope_type':'workspace','limit':{'tokens':90},'on_exceed':'pause'");
        String version = Budgeting.thinking(api, 2);
        String first = Budgeting.start(api, version, "");
        String task = Budgeting.task(api, first);
        String second = Budgeting.start(api, Budgeting.thinking(api, 1), "");
        Budgeting.task(api, second);
        Budgeting.answer(api, task, "{'status':'approved'}").expect(200);
        assertThat(api.ended(first).text("status")).isEqualTo("completed");
        assertThat(api.ended(second).text("status")).isEqualTo("completed");
        Answer shown = api.get("/budgets/" + budget);
        assertThat(shown.text("raised_limit.tokens")).isEqualTo("180");
        assertThat(shown.at("used.tokens").asInt()).isEqualTo(90);
    }

    @OnEveryServer
    void whoWaitsGoesOnWhenTheBudgetIsChangedRaisedOrDeleted(Api api) {
        Budgeting.provider(api);
        String budget = Budgeting.budget(api, "'scope_type':'workspace','limit':{'tokens':5},'on_exceed':'pause'");
        String version = Budgeting.thinking(api, 1);
        String one = Budgeting.start(api, version, "");
        String task = Budgeting.task(api, one);
        // Not enough: it asks anew.
        api.patch("/budgets/" + budget, "{'limit':{'tokens':6}}").expect(200);
        api.untilAnswer("/human/tasks/" + task, "status", "completed");
        Budgeting.task(api, one);
        api.patch("/budgets/" + budget, "{'limit':{'tokens':100}}").expect(200);
        assertThat(api.ended(one).text("status")).isEqualTo("completed");
        api.patch("/budgets/" + budget, "{'limit':{'tokens':31}}").expect(200);
        String two = Budgeting.start(api, version, "");
        Budgeting.task(api, two);
        api.post("/budgets/" + budget + "/raise", "{'limit':{'cost_micros':9}}").expect(422);
        api.post("/budgets/" + budget + "/raise", "{'limit':{'tokens':100}}").expect(200);
        assertThat(api.ended(two).text("status")).isEqualTo("completed");
        api.post("/budgets/" + budget + "/raise", "{'limit':{'tokens':31}}").expect(200);
        String three = Budgeting.start(api, version, "");
        Budgeting.task(api, three);
        api.delete("/budgets/" + budget).expect(204);
        assertThat(api.ended(three).text("status")).isEqualTo("completed");
        api.get("/budgets/" + budget).expect(404);
    }

    @OnEveryServer
    void aRunBringsItsOwnBudgetAndItsStepsAreCountedBeforeTheyBegin(Api api) {
        Budgeting.provider(api);
        String version = Budgeting.thinking(api, 3);
        api.post(
                        "/runtime/runs",
                        "{'workflow_version_id':'%s','budget_json':{'limit':{'steps':-1}}}".formatted(version))
                .expect(422);
        String run = Budgeting.start(api, version, ",'budget_json':{'limit':{'steps':2}}");
        Answer failed = api.ended(run);
        assertThat(failed.text("status")).as(failed.text()).isEqualTo("failed");
        assertThat(failed.text("error_code")).isEqualTo("budget_exceeded");
        // The start, the first call; the second call was refused before it went out.
        assertThat(api.untilItems("/models/usage", 1).each("run_id")).containsExactly(run);
        Answer budget = api.get("/budgets?scope_type=run&scope_id=" + run).expect(200);
        assertThat(budget.text("items.0.limit.steps")).isEqualTo("2");
        assertThat(api.get("/budgets/" + budget.text("items.0.id")).text("used.steps"))
                .isEqualTo("2");
        String paused = Budgeting.start(api, version, ",'budget_json':{'limit':{'steps':1},'on_exceed':'pause'}");
        Budgeting.answer(
                        api,
                        Budgeting.task(api, paused),
                        "{'status':'approved','response_payload_json':{'limit':{'steps':10}}}")
                .expect(200);
        assertThat(api.ended(paused).text("status")).isEqualTo("completed");
    }

    @OnEveryServer
    void theTimeOfARunEndsBeforeAStepAndAPersonMayGiveMore(Api api) {
        Budgeting.provider(api);
        String version = Budgeting.thinking(api, 1);
        Answer stopped = api.ended(Budgeting.start(api, version, ",'budget_json':{'limit':{'seconds':0}}"));
        assertThat(stopped.text("error_code")).isEqualTo("budget_exceeded");
        String definition = api.get("/workflows").text("items.0.id");
        String budget = Budgeting.budget(
                api,
                "'scope_type':'definition','scope_id':'%s','limit':{'seconds':0},'period':'run','on_exceed':'pause'"
                        .formatted(definition));
        String run = Budgeting.start(api, version, "");
        String task = Budgeting.task(api, run);
        Budgeting.answer(api, task, "{'status':'approved','response_payload_json':{'limit':{'seconds':600}}}")
                .expect(200);
        assertThat(api.ended(run).text("status")).isEqualTo("completed");
        Answer shown = api.get("/budgets/" + budget + "?run_id=" + run).expect(200);
        assertThat(shown.text("raised_limit.seconds")).isEqualTo("600");
        // Another run has its own time.
        Budgeting.task(api, Budgeting.start(api, version, ""));
    }

    @OnEveryServer
    void anAgentPausesAndWhatMembersOfATeamUseCountsForTheTeam(Api api) {
        Budgeting.provider(api);
        String agent = Programs.published(
                api, "agent", "thinks", "'system_prompt':'x','model_config':{'model':'paid','max_tokens':20}");
        String team = Programs.published(
                api,
                "team",
                "t",
                "'coordination_mode':'sequential','member_refs':[{'member_key':'a','agent_id':'%1$s'},".formatted(agent)
                        + "{'member_key':'b','agent_id':'%1$s'}]".formatted(agent));
        String budget = Budgeting.budget(
                api,
                "'scope_type':'definition','scope_id':'%s','limit':{'tokens':1},'period':'run','on_exceed':'pause'"
                        .formatted(team));
        String run = api.post("/teams/runs", "{'team_id':'%s','auto_start':true,'input_text':'hello'}".formatted(team))
                .expect(202)
                .id();
        String member = api.untilItems("/agents/runs?status=waiting&parent_run_id=" + run, 1)
                .text("items.0.id");
        Answer task = api.get("/human/tasks/" + Budgeting.task(api, member));
        assertThat(task.text("request_payload_json.period_key")).isEqualTo(run);
        Budgeting.answer(api, task.id(), "{'status':'approved','response_payload_json':{'limit':{'tokens':100000}}}")
                .expect(200);
        Answer done = api.get("/teams/runs/" + run + "?wait_seconds=20").expect(200);
        assertThat(done.text("status")).as(done.text()).isEqualTo("completed");
        long used = api.get("/budgets/" + budget + "?run_id=" + run)
                .at("used.tokens")
                .asLong();
        Answer calls = api.untilItems("/models/usage", 2);
        long sum = 0;
        for (String tokens : calls.each("total_tokens")) sum += Long.parseLong(tokens);
        assertThat(used).isEqualTo(sum).isPositive();
        String refused = Programs.byHand(api, "agent", agent, "'input_text':'x','budget_json':{'limit':{'tokens':1}}");
        Programs.drive(api, "agent", refused, false).expect(200);
        assertThat(api.get("/agents/runs/" + refused + "?wait_seconds=20").text("error_code"))
                .isEqualTo("budget_exceeded");
    }

    @OnEveryServer
    void aBudgetIsMadeListedChangedAndSeenByNobodyElse(Api api) {
        String created = Budgeting.budget(
                api,
                "'scope_type':'user','scope_id':'ada','limit':{'cost_micros':5,'tokens':6},'period':'month',"
                        + "'code':'ada','assigned_to':'boss'");
        Answer shown = api.get("/budgets/" + created).expect(200);
        assertThat(shown.text("on_exceed")).isEqualTo("stop");
        assertThat(shown.text("period_start")).endsWith("-01T00:00:00.000Z");
        assertThat(shown.text("remaining.tokens")).isEqualTo("6");
        Budgeting.budget(api, "'scope_type':'workspace','limit':{'tokens':6},'period':'hour'");
        assertThat(api.get("/budgets?scope_type=user&scope_id=ada").each("id")).containsExactly(created);
        assertThat(api.get("/budgets?code=ada").each("id")).containsExactly(created);
        assertThat(api.get("/budgets").each("id")).hasSize(2);
        Answer changed = api.patch("/budgets/" + created, "{'on_exceed':'pause','assigned_to':null}")
                .expect(200);
        assertThat(changed.text("on_exceed")).isEqualTo("pause");
        assertThat(changed.text("limit.tokens")).isEqualTo("6");
        assertThat(changed.at("assigned_to").isNull()).isTrue();
        api.post("/budgets", "{'scope_type':'workspace','limit':{'tokens':1},'code':'ada'}")
                .expect(409, "duplicate_code");
        Api other = api.elsewhere();
        other.get("/budgets/" + created).expect(404);
        other.patch("/budgets/" + created, "{'on_exceed':'stop'}").expect(404);
        other.post("/budgets/" + created + "/raise", "{'limit':{'tokens':9}}").expect(404);
        other.delete("/budgets/" + created).expect(404);
        assertThat(other.get("/budgets").each("id")).isEmpty();
        assertThat(api.get("/events?aggregate_type=budget").each("event_type"))
                .contains("budget.created", "budget.updated");
    }

    @OnEveryServer
    void wrongBudgetsAreRefusedByTheNameOfTheField(Api api) {
        String ok = "'scope_type':'workspace','limit':{'tokens':1}";
        for (String[] wrong : new String[][] {
            {"{'limit':{'tokens':1}}", "scope_type"},
            {"{'scope_type':'planet','limit':{'tokens':1}}", "scope_type"},
            {"{'scope_type':'user','limit':{'tokens':1}}", "scope_id"},
            {"{'scope_type':'definition','scope_id':'x','limit':{'tokens':1}}", "scope_id"},
            {"{'scope_type':'run','scope_id':'01890000-0000-7000-8000-000000000000','limit':{'tokens':1}}", "scope_id"},
            {"{'scope_type':'workspace','scope_id':'other','limit':{'tokens':1}}", "scope_id"},
            {"{'scope_type':'workspace'}", "limit"},
            {"{'scope_type':'workspace','limit':5}", "limit"},
            {"{'scope_type':'workspace','limit':{}}", "limit"},
            {"{'scope_type':'workspace','limit':{'tokens':-1}}", "limit.tokens"},
            {"{'scope_type':'workspace','limit':{'tokens':1.5}}", "limit.tokens"},
            {"{'scope_type':'workspace','limit':{'tokens':99999999999999999999}}", "limit.tokens"},
            {"{'scope_type':'workspace','limit':{'money':1}}", "limit.money"},
            {"{'scope_type':'workspace','limit':{'seconds':1},'period':'day'}", "limit.seconds"},
            {"{" + ok + ",'period':'fortnight'}", "period"},
            {"{" + ok + ",'on_exceed':'explode'}", "on_exceed"},
            {"{" + ok + ",'code':''}", "code"},
        }) {
            Answer answer = api.post("/budgets", wrong[0]).expect(422);
            assertThat(answer.text("errors.0.path")).as(wrong[0]).isEqualTo(wrong[1]);
        }
        api.get("/budgets?scope_type=planet").expect(400);
        api.get("/budgets?scope_id=x").expect(400);
        api.get("/budgets/x").expect(404);
        assertThat(api.get("/budgets").each("id")).isEmpty();
    }

    @OnEveryServer
    void manyCallsAtOnceNeverSpendMoreThanThereIs(Api api) throws Exception {
        Budgeting.provider(api);
        String budget = Budgeting.budget(api, "'scope_type':'workspace','limit':{'cost_micros':1000}");
        List<Callable<Integer>> calls =
                Collections.nCopies(50, () -> Budgeting.chat(api, "").status());
        int made = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> call : threads.invokeAll(calls)) {
                assertThat(call.get()).isIn(200, 429);
                if (call.get() == 200) made++;
            }
        }
        Answer shown = api.get("/budgets/" + budget);
        assertThat(shown.at("used.cost_micros").asInt()).isEqualTo(50 * made).isLessThanOrEqualTo(1_000);
        assertThat(shown.at("reserved.cost_micros").asInt()).isZero();
        assertThat(made).isPositive();
        assertThat(shown.at("remaining.cost_micros").asInt()).isEqualTo(1_000 - 50 * made);
    }

    @OnEveryServer
    void aBudgetOfAUserCountsOnlyWhatThisUserUses(Api api) {
        Budgeting.provider(api);
        Budgeting.budget(api, "'scope_type':'user','scope_id':'ada','limit':{'tokens':1},'period':'day'");
        Answer ada = Budgeting.chat(api, "", "x-user-id", "ada");
        assertThat(ada.status()).isEqualTo(429);
        assertThat(ada.headers().firstValueAsLong("retry-after").orElse(0)).isBetween(1L, 86_400L);
        assertThat(Budgeting.chat(api, "", "x-user-id", "bob").status()).isEqualTo(200);
    }

    @OnEveryServer
    void onlyTheOneWhoIsAssignedMayAnswer(Api api) {
        Budgeting.provider(api);
        Budgeting.budget(api, "'scope_type':'workspace','limit':{'tokens':0},'on_exceed':'pause','assigned_to':'boss'");
        String run = Budgeting.start(api, Budgeting.thinking(api, 1), "");
        String task = Budgeting.task(api, run);
        assertThat(api.get("/human/tasks/" + task).text("assigned_to")).isEqualTo("boss");
        Budgeting.answer(api, task, "{'status':'approved'}").expect(403, "not_assigned");
        api.post("/human/tasks/" + task + "/cancel").expect(403, "not_assigned");
        api.send("POST", "/human/tasks/" + task + "/complete", "{'status':'approved'}", "x-user-id", "eve")
                .expect(403, "not_assigned");
        api.send("POST", "/human/tasks/" + task + "/complete", "{'status':'approved'}", "x-user-id", "boss")
                .expect(200);
        assertThat(api.ended(run).text("status")).isEqualTo("completed");
        // Nobody makes such a task but the platform.
        api.post("/human/tasks", "{'task_type':'budget','title':'x'}").expect(422);
    }
}
