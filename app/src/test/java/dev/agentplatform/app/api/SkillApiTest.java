package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

/** Chapter 8: skills of each runtime, their installations and their runs. */
class SkillApiTest {
    private static final String GREETING =
            "'runtime_type':'template','parameter_schema_json':{'name':{'type':'string'}},"
                    + "'implementation_json':{'template':'Hello $name, ${name}! $$5 $other'}";

    @OnEveryServer
    void aTemplateIsFilledWhenACallerDrives(Api api) {
        String skill = Programs.published(api, "skill", "hello_user", GREETING);
        Answer run = api.post("/skills/runs", "{'skill_id':'%s','input_json':{'name':'Lucas'}}".formatted(skill))
                .expect(202);
        assertThat(run.text("status")).isEqualTo("queued");
        assertThat(run.text("auto_start")).isEqualTo("false");
        Answer done = Programs.drive(api, "skill", run.id(), false).expect(200);
        assertThat(done.text("status")).isEqualTo("completed");
        assertThat(done.text("output_text")).isEqualTo("Hello Lucas, Lucas! $5 $other");
        assertThat(done.text("skill_id")).isEqualTo(skill);
        // Again answers with the run as it stands.
        assertThat(Programs.drive(api, "skill", run.id(), true).expect(200).text("output_text"))
                .isEqualTo("Hello Lucas, Lucas! $5 $other");
        api.post("/skills/workers/execute-next", "{'worker_key':'w'}").expect(204);
    }

    @OnEveryServer
    void theNextWaitingRunIsDriven(Api api) {
        String skill = Programs.published(api, "skill", "hello", GREETING);
        String run = Programs.byHand(api, "skill", skill, "'input_json':{'name':'A'}");
        Answer driven = api.post("/skills/workers/execute-next", "{'worker_key':'w','lease_seconds':30}")
                .expect(200);
        assertThat(driven.id()).isEqualTo(run);
        assertThat(driven.text("status")).isEqualTo("completed");
    }

    @OnEveryServer
    void versionsAreChecked(Api api) {
        String skill = Programs.made(api, "skill", "s");
        Programs.version(api, "skill", skill, "'runtime_type':'template','implementation_json':{}")
                .expect(422);
        Programs.version(api, "skill", skill, "'runtime_type':'magic','implementation_json':{}")
                .expect(422);
        Programs.version(api, "skill", skill, "'runtime_type':'mcp','implementation_json':{}")
                .expect(422);
        Programs.version(
                        api,
                        "skill",
                        skill,
                        "'runtime_type':'template','implementation_json':{'template':'x'},'output_schema_json':{'type':7}")
                .expect(422);
        assertThat(api.get("/skills/" + skill + "/versions").expect(200).each("id"))
                .isEmpty();
        api.post("/skills/runs", "{'skill_id':'%s','input_json':{}}".formatted(skill))
                .expect(409, "no_published_version");
        Answer version = Programs.version(api, "skill", skill, GREETING).expect(201);
        assertThat(version.at("parameter_schema_json.name.type").asString()).isEqualTo("string");
        assertThat(version.text("runtime_type")).isEqualTo("template");
        Answer refused = api.post("/skills/runs", "{'skill_id':'%s','input_json':{'name':5}}".formatted(skill))
                .expect(422);
        assertThat(refused.text("errors.0.path")).isEqualTo("input_json.name");
    }

    @OnEveryServer
    void anAnswerThatDoesNotFitItsSchemaFailsTheRun(Api api) {
        String skill = Programs.published(
                api,
                "skill",
                "short",
                "'runtime_type':'template','output_schema_json':{'type':'string','maxLength':3},"
                        + "'implementation_json':{'template':'$text'}");
        assertThat(Programs.run(api, "skill", skill, "'input_text':'abc'").text("output_text"))
                .isEqualTo("abc");
        Answer failed = Programs.run(api, "skill", skill, "'input_text':'abcd'");
        assertThat(failed.text("status")).isEqualTo("failed");
        assertThat(failed.text("error_code")).isEqualTo("output_invalid");
    }

    @OnEveryServer
    void aRequestIsSent(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            String skill = Programs.published(
                    api,
                    "skill",
                    "lookup",
                    "'runtime_type':'http','implementation_json':{'url':'%s','query':{'q':'{{input.q}}'}}"
                            .formatted(server.url("/find")));
            Answer run = Programs.run(api, "skill", skill, "'input_json':{'q':'a b'}");
            assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
            assertThat(server.requests.getFirst().target()).isEqualTo("/find?q=a%20b");
            assertThat(server.requests.getFirst().header("idempotency-key")).isEqualTo(run.id() + ":skill");
            assertThat(run.at("output_json.line").asString()).startsWith("GET /find");
            // A dry run calls nothing.
            String dry = Programs.byHand(api, "skill", skill, "'input_json':{'q':'c'}");
            Answer answered = Programs.drive(api, "skill", dry, true).expect(200);
            assertThat(answered.text("status")).isEqualTo("completed");
            assertThat(answered.at("dry_run").asBoolean()).isTrue();
            assertThat(server.requests).hasSize(1);
            String broken = Programs.published(
                    api,
                    "skill",
                    "broken",
                    "'runtime_type':'http','implementation_json':{'url':'%s'}".formatted(server.url("/fail")));
            assertThat(Programs.run(api, "skill", broken, "'input_json':{}").text("error_code"))
                    .isEqualTo("http_500");
        }
    }

    @OnEveryServer
    void codeIsRun(Api api) {
        String skill = Programs.published(
                api,
                "skill",
                "sum",
                "'runtime_type':'code','implementation_json':{'language':'python',"
                        + "'code':'result = sum(payload.values())'}");
        Answer run = Programs.run(api, "skill", skill, "'input_json':{'x':20,'y':22}");
        assertThat(run.at("output_json").asInt()).as(run.text()).isEqualTo(42);
        assertThat(run.text("output_text")).isEqualTo("42");
    }

    @OnEveryServer
    void workflowsAndAgentsAreChildRuns(Api api) {
        String workflow = api.workflow("flow");
        api.version(
                workflow,
                "{'nodes':[{'id':'a','type':'end','config':{'output':{'said':'{{input.q}}'}}}],'edges':[]}",
                "published");
        String skill = Programs.published(
                api, "skill", "w", "'runtime_type':'workflow','implementation_json':{'workflow_id':'flow'}");
        Answer run = Programs.run(api, "skill", skill, "'input_json':{'q':'hi'}");
        assertThat(run.at("output_json.said").asString()).as(run.text()).isEqualTo("hi");
        assertThat(api.get("/runtime/runs?parent_run_id=" + run.id())
                        .expect(200)
                        .each("status"))
                .containsExactly("completed");
        Programs.published(api, "agent", "helper", "'system_prompt':'Help.','model_config':{'model':'mock'}");
        String asks = Programs.published(
                api, "skill", "a", "'runtime_type':'agent','implementation_json':{'agent_id':'helper'}");
        assertThat(Programs.run(api, "skill", asks, "'input_text':'Hi'").text("output_text"))
                .isEqualTo("Mock answer to: Hi");
    }

    @OnEveryServer
    void skillsAreInstalledInScopes(Api api) {
        String skill = Programs.published(api, "skill", "hello", GREETING);
        String install =
                "{'skill_id':'%s','install_scope':'tenant','scope_id':'t1','installed_by':'user-1'}".formatted(skill);
        Answer one = api.post("/skills/installations", install).expect(201);
        assertThat(one.text("install_scope")).isEqualTo("workspace");
        assertThat(one.text("scope_id")).isEqualTo(api.workspace());
        String path = "/skills/installations/" + one.id();
        assertThat(api.patch(path + "/status", "{'status':'disabled'}")
                        .expect(200)
                        .text("status"))
                .isEqualTo("disabled");
        assertThat(api.post("/skills/installations", install).expect(201).id()).isEqualTo(one.id());
        assertThat(api.get("/skills/installations?status=active").expect(200).each("id"))
                .containsExactly(one.id());
        api.post("/skills/installations", "{'skill_id':'hello','install_scope':'agent'}")
                .expect(422);
        api.elsewhere().get(path).expect(404);
        api.delete(path).expect(204);
        api.get(path).expect(404);
    }
}
