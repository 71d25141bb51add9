package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Published agents, teams, workflows and skills as models of {@code /v1}. */
class DefinitionModelsApiTest {
    private static final String PLAIN = "'system_prompt':'Be kind.','model_config':{'model':'mock'}";

    private static String chat(String model, String... more) {
        String fields = more.length == 0 ? "" : "," + more[0];
        return "{'model':'%s','messages':[{'role':'user','content':'Hi'}]%s}".formatted(model, fields);
    }

    private static Answer ask(Api api, String json, String... headers) {
        return ModelApiTest.ask(api, "/v1/chat/completions", json, headers);
    }

    /** The text of a stream, put together from its deltas. */
    private static String text(List<JsonNode> chunks, String field) {
        return chunks.stream()
                .map(chunk -> chunk.at("/choices/0/delta/" + field).asString(""))
                .collect(Collectors.joining());
    }

    @OnEveryServer
    void aChatIsADurableRunOfTheAgent(Api api) {
        Programs.published(api, "agent", "kind", PLAIN);
        for (String path : new String[] {"/v1/chat/completions", "/models/chat/completions"}) {
            Answer answer = ModelApiTest.ask(api, path, chat("agent:kind")).expect(200);
            assertThat(answer.text("object")).isEqualTo("chat.completion");
            assertThat(answer.text("model")).isEqualTo("agent:kind");
            assertThat(answer.text("choices.0.message.content")).isEqualTo("Mock answer to: Hi");
            assertThat(answer.text("choices.0.finish_reason")).isEqualTo("stop");
            assertThat(answer.at("usage.total_tokens").asInt()).isPositive();
            String run = answer.text("run_id");
            assertThat(answer.headers().firstValue("x-run-id")).hasValue(run);
            Answer kept = api.get("/agents/runs/" + run).expect(200);
            assertThat(kept.text("status")).isEqualTo("completed");
            assertThat(kept.at("usage.total_tokens")).isEqualTo(answer.at("usage.total_tokens"));
        }
        assertThat(api.get("/agents/runs").each("id")).hasSize(2);
        assertThat(api.elsewhere().get("/agents/runs").each("id")).isEmpty();
        ask(api.elsewhere(), chat("agent:kind")).expect(404);
    }

    @OnEveryServer
    void earlierMessagesAreHistory(Api api) throws Exception {
        try (CountingProvider provider = new CountingProvider().says("m", "Ann.", "A team says Ann.")) {
            provider.registerAt(api, "m");
            Programs.published(api, "agent", "recalls", "'system_prompt':'Recall.','model_config':{'model':'m'}");
            Programs.published(
                    api,
                    "team",
                    "group",
                    "'coordination_mode':'sequential','member_refs':[{'member_key':'a','agent_id':'recalls'}]");
            String messages =
                    "'messages':[{'role':'system','content':'Be short.'},{'role':'user','content':'I am Ann.'},"
                        + "{'role':'assistant','content':'Hello.'},{'role':'tool','content':'7','tool_call_id':'x'},{'role':'user','content':[{'type':'text','text':'Who"
                        + " '},{'type':'text','text':'am I?'}]}]";
            ask(api, "{'model':'agent:recalls',%s}".formatted(messages)).expect(200);
            JsonNode sent = provider.calls("m").getFirst().body().path("messages");
            assertThat(sent.valueStream().map(one -> one.path("role").asString()))
                    .containsExactly("system", "system", "user", "assistant", "user");
            assertThat(sent.get(4).path("content").asString()).isEqualTo("Who am I?");
            Answer team =
                    ask(api, "{'model':'team:group',%s}".formatted(messages)).expect(200);
            assertThat(team.text("choices.0.message.content")).isEqualTo("A team says Ann.");
            assertThat(provider.calls("m")
                            .getLast()
                            .body()
                            .at("/messages/1/content")
                            .asString())
                    .contains("user: I am Ann.", "Who am I?");
            assertThat(team.at("usage.total_tokens").asInt()).isEqualTo(15);
        }
    }

    @OnEveryServer
    void aStreamTellsTheTextAsItComes(Api api) throws Exception {
        try (CountingProvider provider = new CountingProvider().says("m", "one two three", "one two three")) {
            provider.registerAt(api, "m");
            Programs.published(api, "agent", "speaks", "'system_prompt':'x','model_config':{'model':'m'}");
            CountingProvider.Hold hold = provider.hold("m", 1, 1);
            try (Lines lines = Lines.post(
                    api,
                    "/v1/chat/completions",
                    chat("agent:speaks", "'stream':true,'stream_options':{'include_usage':true}"))) {
                // The first word is here while the provider still holds back the others.
                JsonNode first = lines.next();
                assertThat(first.at("/choices/0/delta/content").asString()).isEqualTo("one");
                assertThat(first.at("/choices/0/delta/role").asString()).isEqualTo("assistant");
                hold.release();
                List<JsonNode> rest = lines.rest();
                assertThat("one" + text(rest, "content")).isEqualTo("one two three");
                JsonNode usage = rest.getLast();
                assertThat(usage.path("choices").isEmpty()).isTrue();
                assertThat(usage.at("/usage/total_tokens").asInt()).isEqualTo(15);
                assertThat(rest.get(rest.size() - 2)
                                .at("/choices/0/finish_reason")
                                .asString())
                        .isEqualTo("stop");
            }
        }
    }

    @OnEveryServer
    void aClientThatGoesAwayCancelsTheRun(Api api) throws Exception {
        try (CountingProvider provider = new CountingProvider().says("m", "one two three")) {
            provider.registerAt(api, "m");
            Programs.published(api, "agent", "speaks", "'system_prompt':'x','model_config':{'model':'m'}");
            provider.hold("m", 1, 1);
            try (Lines lines = Lines.post(api, "/v1/chat/completions", chat("agent:speaks", "'stream':true"))) {
                lines.next();
            }
            String run = api.untilItems("/agents/runs?status=cancelled", 1).text("items.0.id");
            assertThat(api.get("/agents/runs/" + run).text("error_code")).isEqualTo("cancelled");
        }
    }

    @OnEveryServer
    void aTeamAnswersAndItsMembersAreHeardAside(Api api) {
        Programs.published(api, "agent", "ann", PLAIN);
        Programs.published(
                api,
                "team",
                "pair",
                "'coordination_mode':'sequential','member_refs':[{'member_key':'first','agent_id':'ann'},"
                        + "{'member_key':'second','agent_id':'ann'}]");
        Answer whole = ask(api, chat("team:pair")).expect(200);
        String answer = whole.text("choices.0.message.content");
        assertThat(answer).startsWith("Mock answer to:").contains("Work so far");
        List<JsonNode> chunks =
                ModelApiTest.chunks(ask(api, chat("team:pair", "'stream':true")).expect(200));
        assertThat(text(chunks, "content")).isEqualTo(answer);
        assertThat(text(chunks, "reasoning_content"))
                .startsWith("first: Mock answer to:")
                .contains("\n\nsecond: Mock answer to:");
    }

    @OnEveryServer
    void aWorkflowGetsTheTextOrTheJsonOfTheMessage(Api api) {
        String flow = api.workflow("greets");
        api.version(
                flow,
                "{'nodes':[{'id':'a','type':'answer','config':{'template':'Hello"
                        + " {{input.text}}{{input.name}}'}}],'edges':[]}",
                "published");
        assertThat(ask(api, chat("workflow:greets")).expect(200).text("choices.0.message.content"))
                .isEqualTo("Hello Hi");
        String json = "{'model':'workflow:greets','messages':[{'role':'user','content':%s}]}"
                .formatted(Tooling.quoted("{\"name\":\"Ann\"}"));
        // Quotes of quotes: the client of tests would turn them.
        assertThat(ask(api, json).expect(200).text("choices.0.message.content")).isEqualTo("Hello Ann");
        List<JsonNode> chunks = ModelApiTest.chunks(
                ask(api, chat("workflow:greets", "'stream':true")).expect(200));
        assertThat(text(chunks, "content")).isEqualTo("Hello Hi");
    }

    @OnEveryServer
    void usageOfAWorkflowIsTheSumOfItsNodes(Api api) throws Exception {
        try (CountingProvider provider = new CountingProvider().says("m", "thought", "said")) {
            provider.registerAt(api, "m");
            Programs.published(api, "agent", "helper", "'system_prompt':'x','model_config':{'model':'m'}");
            api.version(
                    api.workflow("both"),
                    "{'nodes':[{'id':'l','type':'llm','config':{'model':'m','prompt':'Think of {{input.text}}'}},"
                            + "{'id':'n','type':'agent','config':{'agent_code':'helper','input':'{{nodes.l.text}}'}},"
                            + "{'id':'a','type':'answer','config':{'template':'{{nodes.n.text}}'}}],"
                            + "'edges':[{'source':'l','target':'n'},{'source':'n','target':'a'}]}",
                    "published");
            Answer answer = ask(api, chat("workflow:both")).expect(200);
            assertThat(answer.text("choices.0.message.content")).isEqualTo("said");
            assertThat(answer.at("usage.prompt_tokens").asInt()).isEqualTo(20);
            assertThat(answer.at("usage.total_tokens").asInt()).isEqualTo(30);
        }
    }

    @OnEveryServer
    void aSkillGetsTheTextForTheParameterThatTakesIt(Api api) {
        Programs.published(
                api,
                "skill",
                "greet",
                "'runtime_type':'template','parameter_schema_json':{'name':{'type':'string'}},"
                        + "'implementation_json':{'template':'Hello $name'}");
        assertThat(ask(api, chat("skill:greet")).expect(200).text("choices.0.message.content"))
                .isEqualTo("Hello Hi");
    }

    @OnEveryServer
    void aRunThatWaitsForAPersonSaysSoAndGoesOn(Api api) throws Exception {
        try (ToolServer tool = ToolServer.echo()) {
            Tooling.tool(api, "lookup", "http", "{}", "{'url':'%s'}".formatted(tool.url("/it")));
            Programs.published(
                    api,
                    "agent",
                    "asks",
                    "'system_prompt':'x','model_config':{'model':'mock','react_enabled':true},"
                            + "'tool_refs':[{'code':'lookup','requires_approval':true}]");
            Programs.published(
                    api,
                    "team",
                    "careful",
                    "'coordination_mode':'sequential','member_refs':[{'member_key':'a','agent_id':'asks'}]");
            for (String model : new String[] {"agent:asks", "team:careful"}) {
                String body = "{'model':'%s','messages':[{'role':'user','content':'Use lookup'}]%s}";
                Answer answer = ask(api, body.formatted(model, "")).expect(200);
                assertThat(answer.text("choices.0.finish_reason")).isEqualTo("stop");
                String task = answer.text("human_tasks.0.id");
                assertThat(answer.text("choices.0.message.content"))
                        .contains("waits for a person", task, answer.text("run_id"));
                assertThat(answer.at("usage.total_tokens").asInt()).isNotNegative();
                String kind = model.startsWith("agent") ? "agents" : "teams";
                assertThat(api.get("/" + kind + "/runs/" + answer.text("run_id"))
                                .text("status"))
                        .isEqualTo("waiting");
                api.post("/human/tasks/" + task + "/complete", "{'status':'approved'}")
                        .expect(200);
                assertThat(api.get("/" + kind + "/runs/" + answer.text("run_id") + "?wait_seconds=20")
                                .text("status"))
                        .isEqualTo("completed");
                List<JsonNode> chunks = ModelApiTest.chunks(
                        ask(api, body.formatted(model, ",'stream':true")).expect(200));
                assertThat(text(chunks, "content")).contains("waits for a person");
                assertThat(chunks.getLast().path("human_tasks").size()).isEqualTo(1);
            }
        }
    }

    @OnEveryServer
    void versionsCanBeNamedWhenTheyArePublished(Api api) {
        String agent = Programs.published(api, "agent", "grows", PLAIN);
        Programs.version(api, "agent", agent, "'system_prompt':'New.','model_config':{'model':'mock'}")
                .expect(201);
        String draft = api.post("/agents/versions", "{'agent_id':'%s','system_prompt':'Draft.'}".formatted(agent))
                .expect(201)
                .id();
        Answer first = ask(api, chat("agent:grows@1")).expect(200);
        Answer latest = ask(api, chat("agent:" + agent)).expect(200);
        assertThat(api.get("/agents/runs/" + first.text("run_id")).text("agent_version_id"))
                .isNotEqualTo(api.get("/agents/runs/" + latest.text("run_id")).text("agent_version_id"));
        for (String missing : new String[] {"grows@3", "grows@" + draft, "grows@9", "nobody", "grows@x"}) {
            Answer refused = ask(api, chat("agent:" + missing)).expect(404);
            assertThat(refused.text("error.code")).as(missing).isEqualTo("model_not_found");
        }
        Programs.made(api, "agent", "unpublished");
        ask(api, chat("agent:unpublished")).expect(404);
    }

    @OnEveryServer
    void whatCannotBeDoneIsRefusedByItsField(Api api) {
        Programs.published(api, "agent", "kind", PLAIN);
        for (String[] wrong : new String[][] {
            {"'messages':[{'role':'user','content':'x'},{'role':'assistant','content':'y'}]", "messages.1.role"},
            {"'messages':[{'role':'king','content':'x'}]", "messages.0.role"},
            {"'messages':[{'role':'user','content':''}]", "messages.0.content"},
            {"'messages':[{'role':'user','content':5}]", "messages.0.content"},
            {
                "'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'x'}}]}]",
                "messages.0.content.0"
            },
            {"'messages':[{'role':'user','content':'x'}],'tools':[{'type':'function'}]", "tools"},
            {"'messages':[{'role':'user','content':'x'}],'n':2", "n"},
            {"'messages':[{'role':'user','content':'x'}],'response_format':{'type':'json_object'}", "response_format"},
            {"'messages':[{'role':'user','content':'x'}],'session_id':'x'", "session_id"}
        }) {
            Answer refused =
                    ask(api, "{'model':'agent:kind',%s}".formatted(wrong[0])).expect(422);
            assertThat(refused.text("error.param")).as(wrong[0]).isEqualTo(wrong[1]);
            assertThat(refused.text("error.type")).isEqualTo("invalid_request_error");
        }
        assertThat(api.get("/agents/runs").each("id")).isEmpty();
    }

    @OnEveryServer
    void aRunThatFailsIsAnErrorThatIsNotRepeated(Api api) {
        Programs.published(api, "agent", "broken", PLAIN);
        String refused = Tooling.quoted("mock: {\"status\":400}");
        for (String stream : new String[] {"false", "true"}) {
            String body = "{'model':'agent:broken','stream':%s,'messages':[{'role':'user','content':%s}]}";
            Answer failed = ask(api, body.formatted(stream, refused)).expect(500);
            assertThat(failed.text("error.code")).isNotBlank();
            assertThat(failed.text("error.message")).contains("failed");
            assertThat(failed.headers().firstValue("x-should-retry")).hasValue("false");
        }
    }

    @OnEveryServer
    void theListNamesWhatIsPublished(Api api) {
        Programs.published(api, "agent", "kind", PLAIN);
        Programs.made(api, "agent", "unpublished");
        Answer list = ModelApiTest.look(api, "/v1/models").expect(200);
        List<String> ids = list.json()
                .path("data")
                .valueStream()
                .map(one -> one.path("id").asString())
                .toList();
        assertThat(ids).contains("agent:kind", "mock").doesNotContain("agent:unpublished");
        Answer one = ModelApiTest.look(api, "/v1/models/agent:kind").expect(200);
        assertThat(one.text("object")).isEqualTo("model");
        assertThat(one.at("created").asLong()).isPositive();
        ModelApiTest.look(api, "/v1/models/agent:unpublished").expect(404);
        ModelApiTest.look(api.elsewhere(), "/v1/models/agent:kind").expect(404);
    }

    @OnEveryServer
    void aRepeatedRequestFindsItsRun(Api api) {
        Programs.published(api, "agent", "kind", PLAIN);
        Answer first = ask(api, chat("agent:kind"), "Idempotency-Key", "once").expect(200);
        Answer again = ask(api, chat("agent:kind"), "Idempotency-Key", "once").expect(200);
        assertThat(again.text("run_id")).isEqualTo(first.text("run_id"));
        assertThat(api.get("/agents/runs").each("id")).hasSize(1);
    }
}
