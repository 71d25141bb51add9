package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import tools.jackson.databind.JsonNode;

/** Chapter 6: versions of agents, their runs, what they call, and what people decide. The mock is the model. */
class AgentApiTest {
    private static final String PLAIN = "'system_prompt':'Be kind.','model_config':{'model':'mock'}";
    private static final String REACT = "'system_prompt':'Act.','model_config':{'model':'mock','react_enabled':true%s}";
    private static final String LOOKUP = "{'id':{'type':'string'}}";

    /** A tool that echoes its request. */
    private static String lookup(Api api, ToolServer server) {
        return Tooling.tool(api, "lookup", "http", LOOKUP, "{'url':'%s'}".formatted(server.url("/it")));
    }

    /** The text of a message in which the mock is told to say something that is JSON. */
    private static String says(String json) {
        return Tooling.quoted("mock: {\"content\":" + Tooling.quoted(json.replace('\'', '"')) + "}")
                .replace("'", "\\u0027");
    }

    @OnEveryServer
    void aVersionShowsWhatItStores(Api api) {
        String agent = Programs.made(api, "agent", "sales_agent");
        Answer version = Programs.version(
                        api,
                        "agent",
                        agent,
                        "'role':'sales','goal':'Sell','system_prompt':'Be"
                                + " kind.','tool_refs':[{'tool_id':'t','required':true,"
                                + "'selection_keywords':['price'],'config_json':{'auto_invoke':true}}],"
                                + "'skill_refs':[{'code':'s'}]")
                .expect(201);
        assertThat(version.text("role")).isEqualTo("sales");
        assertThat(version.at("tool_refs_json.0.selection_keywords.0").asString())
                .isEqualTo("price");
        assertThat(version.at("skill_refs_json.0.code").asString()).isEqualTo("s");
        Programs.version(api, "agent", agent, "'model_config':{'temperature':9}")
                .expect(422);
        Programs.version(api, "agent", agent, "'role':''").expect(422);
        Programs.version(api, "agent", agent, "'role':'x','tool_refs':[{}]").expect(422);
        assertThat(api.get("/agents/" + agent).expect(200).text("published_version_id"))
                .isEqualTo(version.id());
    }

    @OnEveryServer
    void aRunAnswersWithTheModel(Api api) {
        String agent = Programs.published(api, "agent", "plain", PLAIN);
        Answer run = Programs.run(api, "agent", agent, "'input_text':'Hi'");
        assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
        assertThat(run.text("output_text")).isEqualTo("Mock answer to: Hi");
        assertThat(run.at("usage.total_tokens").asInt()).isPositive();
        assertThat(run.at("usage.model_calls").asInt()).isEqualTo(1);
        assertThat(run.at("selected_tool_refs").isArray()).isTrue();
        assertThat(run.text("finish_reason")).isEqualTo("finished");
        assertThat(api.get("/agents/runs?agent_id=" + agent).expect(200).each("id"))
                .containsExactly(run.id());
        assertThat(api.get("/agents/runs/" + run.id() + "/events").expect(200).text())
                .contains("step.started", "model:1", "run.completed");
        api.post("/agents/runs", "{'agent_id':'%s'}".formatted(agent)).expect(422);
        api.post("/agents/runs", "{'agent_id':'nobody','input_text':'x'}").expect(404);
        api.untilItems("/models/usage?run_id=" + run.id(), 1);
    }

    @OnEveryServer
    void whatWasSelectedIsInvokedBeforeTheModelSpeaks(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            lookup(api, server);
            Programs.published(
                    api,
                    "skill",
                    "greet",
                    "'runtime_type':'template','parameter_schema_json':{'text':{'type':'string'}},"
                            + "'implementation_json':{'template':'Hello from $text'}");
            String agent = Programs.published(
                    api,
                    "agent",
                    "selects",
                    PLAIN + ",'tool_refs':[{'code':'lookup','selection_keywords':['price']}],"
                            + "'skill_refs':[{'code':'greet'}]");
            Answer without = Programs.run(api, "agent", agent, "'input_text':'Hi'");
            assertThat(without.at("selected_tool_refs").size()).isZero();
            assertThat(without.at("selected_skill_refs").size()).isEqualTo(1);
            assertThat(server.requests).isEmpty();
            Answer with = Programs.run(api, "agent", agent, "'input_text':'The PRICE?','input_json':{'id':'7'}");
            assertThat(with.text("status")).as(with.text()).isEqualTo("completed");
            assertThat(with.text("selected_tool_refs.0.code")).isEqualTo("lookup");
            assertThat(server.requests.getFirst().header("idempotency-key")).startsWith(with.id() + ":");
            Answer calls =
                    api.get("/agents/runs/" + with.id() + "/tool-invocations").expect(200);
            JsonNode tool = calls.item("source", "tool");
            assertThat(tool.path("status").asString()).isEqualTo("completed");
            assertThat(tool.at("/input_json/id").asString()).isEqualTo("7");
            assertThat(tool.path("finished_time").asString(null)).isNotNull();
            JsonNode skill = calls.item("source", "skill");
            assertThat(skill.path("output_text").asString()).isEqualTo("Hello from The PRICE?");
        }
    }

    @OnEveryServer
    void aDryRunCallsNothing(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            lookup(api, server);
            String agent =
                    Programs.published(api, "agent", "dry", PLAIN + ",'tool_refs':[{'code':'lookup','required':true}]");
            String run = Programs.byHand(api, "agent", agent, "'input_text':'Hi','input_json':{'id':'7'}");
            Answer dry = Programs.drive(api, "agent", run, true).expect(200);
            assertThat(dry.text("status")).as(dry.text()).isEqualTo("completed");
            assertThat(dry.at("dry_run").asBoolean()).isTrue();
            assertThat(dry.text("messages.0.role")).isEqualTo("system");
            assertThat(dry.text("selected_tool_refs.0.code")).isEqualTo("lookup");
            assertThat(server.requests).isEmpty();
            String next = Programs.byHand(api, "agent", agent, "'input_text':'Hi'");
            Answer driven = api.post("/agents/workers/execute-next", "{'worker_key':'w','dry_run':true}")
                    .expect(200);
            assertThat(driven.id()).isEqualTo(next);
            assertThat(driven.at("dry_run").asBoolean()).isTrue();
            api.post("/agents/workers/execute-next", "{'worker_key':'w'}").expect(204);
        }
    }

    @OnEveryServer
    void aRunThatHasBegunCannotBecomeDry(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            lookup(api, server);
            String agent = asking(api, "");
            String run = waiting(api, agent);
            Programs.drive(api, "agent", run, true).expect(409, "already_started");
            assertThat(api.get("/agents/runs/" + run).text("status")).isEqualTo("waiting");
            api.post("/agents/runs/" + run + "/cancel?wait_seconds=20").expect(202);
        }
    }

    @OnEveryServer
    void aModelCallsToolsInItsOwnForm(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            lookup(api, server);
            String agent =
                    Programs.published(api, "agent", "acts", REACT.formatted("") + ",'tool_refs':[{'code':'lookup'}]");
            Answer run = Programs.run(api, "agent", agent, "'input_text':'Use lookup'");
            assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
            assertThat(server.requests).hasSize(1);
            assertThat(run.text("output_text")).contains("GET /it");
            assertThat(run.at("usage.model_calls").asInt()).isEqualTo(2);
            Answer calls = api.get("/agents/runs/" + run.id() + "/tool-invocations");
            assertThat(calls.each("status")).containsExactly("completed");
            assertThat(calls.each("tool_code")).containsExactly("lookup");
        }
    }

    @OnEveryServer
    void aModelActsByJson(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            lookup(api, server);
            String agent = Programs.published(
                    api,
                    "agent",
                    "json",
                    REACT.formatted(",'tool_calling':'json'") + ",'tool_refs':[{'code':'lookup'}]");
            String action = "{'action':'tool','tool_code':'lookup','input_json':{'id':'9'}}";
            Answer run = Programs.run(api, "agent", agent, "'input_text':" + says(action));
            assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
            assertThat(server.requests).hasSize(1);
            assertThat(run.text("output_text")).startsWith("Mock answer to: Result of lookup:");
            Answer finished =
                    Programs.run(api, "agent", agent, "'input_text':" + says("{'action':'finish','answer':'Done.'}"));
            assertThat(finished.text("output_text")).isEqualTo("Done.");
            // What cannot be read is shown to the model, and counts.
            Answer broken = Programs.run(api, "agent", agent, "'input_text':" + says("{'action':'tool'"));
            assertThat(broken.text("output_text")).contains("not valid JSON");
            assertThat(broken.at("usage.model_calls").asInt()).isEqualTo(2);
            Answer unknown = Programs.run(
                    api, "agent", agent, "'input_text':" + says("{'action':'tool','tool_code':'nothing'}"));
            assertThat(unknown.text("output_text")).contains("no tool called nothing");
        }
    }

    @OnEveryServer
    void stepsAreLimited(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            lookup(api, server);
            String agent = Programs.published(
                    api,
                    "agent",
                    "limited",
                    REACT.formatted(",'react_max_steps':3") + ",'tool_refs':[{'code':'lookup'}]");
            String forever =
                    Tooling.quoted("mock: {\"tool_calls\":[{\"name\":\"lookup\",\"arguments\":{\"id\":\"1\"}}]}");
            Answer run = Programs.run(api, "agent", agent, "'input_text':" + forever);
            assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
            assertThat(run.text("finish_reason")).isEqualTo("max_steps");
            assertThat(run.at("usage.model_calls").asInt()).isEqualTo(3);
            assertThat(server.requests).hasSize(2);
        }
    }

    @OnEveryServer
    void anAnswerFitsItsSchema(Api api) {
        String schema =
                ",'output_schema_json':{'type':'object','properties':{'age':{'type':'integer'}},'required':['age']}";
        String agent = Programs.published(api, "agent", "typed", PLAIN + schema);
        Answer run = Programs.run(api, "agent", agent, "'input_text':'How old?'");
        assertThat(run.at("output_json.age").isIntegralNumber()).as(run.text()).isTrue();
        // The first answer does not fit; the correction is asked for without the script.
        Answer repaired = Programs.run(api, "agent", agent, "'input_text':'mock: old'");
        assertThat(repaired.at("output_json.age").isIntegralNumber())
                .as(repaired.text())
                .isTrue();
        assertThat(repaired.at("usage.model_calls").asInt()).isEqualTo(2);
    }

    /** An agent whose tool needs a person. */
    private static String asking(Api api, String more) {
        return Programs.published(
                api,
                "agent",
                "asks",
                REACT.formatted(more) + ",'tool_refs':[{'code':'lookup','requires_approval':true}]");
    }

    /** A run that waits for a person; gives its id. */
    private static String waiting(Api api, String agent) {
        String call = Tooling.quoted("Use lookup");
        String run = api.post(
                        "/agents/runs", "{'agent_id':'%s','auto_start':true,'input_text':%s}".formatted(agent, call))
                .expect(202)
                .id();
        api.untilAnswer("/agents/runs/" + run, "status", "waiting");
        return run;
    }

    private static String task(Api api, String run) {
        Answer tasks = api.get("/human/tasks?run_id=" + run).expect(200);
        assertThat(tasks.text("items.0.request_payload_json.name")).isEqualTo("lookup");
        return tasks.text("items.0.id");
    }

    private static Answer ended(Api api, String run) {
        return api.get("/agents/runs/" + run + "?wait_seconds=20").expect(200);
    }

    @OnEveryServer
    void aPersonAllowsACallAndMayChangeIt(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            lookup(api, server);
            String agent = asking(api, "");
            String run = waiting(api, agent);
            assertThat(server.requests).isEmpty();
            String complete = "/human/tasks/" + task(api, run) + "/complete";
            api.post(complete, "{'status':'approved','response_payload_json':{'input_json':{'id':5}}}")
                    .expect(422);
            api.post(complete, "{'status':'approved','response_payload_json':{'input_json':{'id':'edited'}}}")
                    .expect(200);
            Answer done = ended(api, run);
            assertThat(done.text("status")).as(done.text()).isEqualTo("completed");
            assertThat(server.requests).hasSize(1);
            assertThat(api.get("/agents/runs/" + run + "/tool-invocations").text("items.0.input_json.id"))
                    .isEqualTo("edited");
            String plain = waiting(api, agent);
            api.post("/human/tasks/" + task(api, plain) + "/complete", "{'status':'approved'}")
                    .expect(200);
            assertThat(ended(api, plain).text("status")).isEqualTo("completed");
            assertThat(server.requests).hasSize(2);
        }
    }

    @OnEveryServer
    void aPersonRefusesACall(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            lookup(api, server);
            String run = waiting(api, asking(api, ""));
            api.post(
                            "/human/tasks/" + task(api, run) + "/complete",
                            "{'status':'rejected','response_payload_json':{'reason':'too dear'}}")
                    .expect(200);
            Answer done = ended(api, run);
            assertThat(done.text("status")).as(done.text()).isEqualTo("completed");
            assertThat(done.text("output_text")).contains("too dear");
            assertThat(server.requests).isEmpty();
        }
    }

    @OnEveryServer
    void aCancelledRunWithdrawsItsQuestion(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            lookup(api, server);
            String run = waiting(api, asking(api, ""));
            String task = task(api, run);
            Answer cancelled =
                    api.post("/agents/runs/" + run + "/cancel?wait_seconds=20").expect(202);
            assertThat(cancelled.text("status")).isEqualTo("cancelled");
            assertThat(api.get("/human/tasks/" + task).text("status")).isEqualTo("cancelled");
            assertThat(server.requests).isEmpty();
        }
    }

    @OnEveryServer
    void workflowToolsAndSkillsAreChildRuns(Api api) {
        String workflow = api.workflow("flow");
        api.version(
                workflow,
                "{'nodes':[{'id':'a','type':'end','config':{'output':{'said':'{{input.id}}'}}}],'edges':[]}",
                "published");
        Tooling.tool(api, "lookup", "workflow", LOOKUP, "{'workflow_code':'flow'}");
        Programs.published(
                api,
                "skill",
                "deep",
                "'runtime_type':'workflow','parameter_schema_json':{'id':{'type':'string'}},"
                        + "'implementation_json':{'workflow_id':'flow'}");
        String agent = Programs.published(
                api,
                "agent",
                "nests",
                REACT.formatted(",'tool_calling':'json'")
                        + ",'tool_refs':[{'code':'lookup'}],'skill_refs':[{'code':'deep'}]");
        for (String called : new String[] {"lookup", "deep"}) {
            String action = "{'action':'tool','tool_code':'%s','input_json':{'id':'x'}}".formatted(called);
            Answer run = Programs.run(api, "agent", agent, "'input_text':" + says(action));
            assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
            assertThat(run.text("output_text")).contains("said");
            Answer calls =
                    api.get("/agents/runs/" + run.id() + "/tool-invocations").expect(200);
            assertThat(calls.text("items.0.child_run_id")).as(calls.text()).isNotNull();
            assertThat(calls.text("items.0.status")).isEqualTo("completed");
        }
        // An input that does not fit is told to the model, and starts nothing.
        String wrong = "{'action':'tool','tool_code':'lookup','input_json':{'id':5}}";
        Answer run = Programs.run(api, "agent", agent, "'input_text':" + says(wrong));
        assertThat(run.text("output_text")).contains("Error");
        assertThat(api.get("/agents/runs/" + run.id() + "/tool-invocations").each("status"))
                .contains("failed");
    }

    @OnEveryServer
    void aStreamedAnswerIsPutTogether(Api api) {
        String agent = Programs.published(
                api, "agent", "streams", "'system_prompt':'x','model_config':{'model':'mock','stream':true}");
        Answer run = Programs.run(api, "agent", agent, "'input_text':'Hi'");
        assertThat(run.text("output_text")).isEqualTo("Mock answer to: Hi");
        assertThat(run.at("usage.total_tokens").asInt()).isPositive();
    }

    @OnEveryServer
    void aNodeOfAWorkflowRunsAnAgent(Api api) {
        Programs.published(api, "agent", "helper", PLAIN);
        Answer run = api.run(
                "{'nodes':[{'id':'n','type':'agent','config':{'agent_code':'helper','input':'Hi {{input.name}}'}},"
                        + "{'id':'a','type':'answer','config':{'template':'{{nodes.n.text}}'}}],"
                        + "'edges':[{'source':'n','target':'a'}]}",
                "{'name':'Ann'}");
        assertThat(run.text("output_text")).as(run.text()).isEqualTo("Mock answer to: Hi Ann");
    }

    @OnEveryServer
    void othersSeeNothing(Api api) {
        String agent = Programs.published(api, "agent", "mine", PLAIN);
        Answer run = Programs.run(api, "agent", agent, "'input_text':'Hi'");
        Api stranger = api.elsewhere();
        for (String path : new String[] {"/agents/" + agent, "/agents/runs/" + run.id()}) {
            stranger.get(path).expect(404);
        }
        stranger.get("/agents/runs/" + run.id() + "/tool-invocations").expect(404);
        stranger.post("/agents/runs/" + run.id() + "/cancel").expect(404);
        stranger.post("/agents/runs", "{'agent_id':'%s','input_text':'x'}".formatted(agent))
                .expect(404);
        // Of another kind, too.
        api.get("/skills/runs/" + run.id()).expect(404);
    }
}
