package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.engine.Driving;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.RunViews;
import dev.agentplatform.engine.StepRecord;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Dialect;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Agents, teams and skills go on from every prefix of their own history, and end the same: as runs of the real engine
 * that were interrupted when only these steps were recorded. The provider answers the same to the same, and counts.
 */
class ProgramReplayTest {
    private static ApiServer server;
    private static CountingProvider provider;

    @BeforeAll
    static void start() throws Exception {
        provider = new CountingProvider();
        server = new ApiServer(Dialect.SQLITE);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        provider.close();
    }

    private static RunRecord run(Api api, String kind, String id) {
        String run = Programs.run(api, kind, id, "'input_text':'Go','input_json':{'id':'7','text':'Go'}").id();
        RunRecord ended = server.platform()
                .engine()
                .find(api.workspace(), UUID.fromString(run))
                .orElseThrow();
        assertThat(ended.status().word()).as("%s", ended.error()).isEqualTo("completed");
        return ended;
    }

    private static List<StepRecord> steps(RunRecord run) {
        return new RunViews(server.platform().engine()).steps(run, 0, 1_000);
    }

    private static List<String> keys(RunRecord run) {
        return steps(run).stream().map(step -> step.key() + ":" + step.status()).toList();
    }

    /** From every prefix; what is recorded is not paid for again. */
    private static void replays(RunRecord run) throws Exception {
        List<StepRecord> history = steps(run);
        int calls = (int) history.stream().filter(ProgramReplayTest::pays).count();
        for (int known = 0; known <= history.size(); known++) {
            List<StepRecord> recorded = history.subList(0, known);
            int before = provider.count();
            RunRecord again = goesOn(run, recorded);
            assertThat(again.status()).as("from %s: %s", known, again.error()).isEqualTo(run.status());
            assertThat(again.output().json()).as("from %s", known).isEqualTo(run.output().json());
            assertThat(keys(again)).as("from %s", known).containsExactlyInAnyOrderElementsOf(keys(run));
            int paid = (int) recorded.stream().filter(ProgramReplayTest::pays).count();
            assertThat(provider.count() - before).as("calls from %s", known).isEqualTo(calls - paid);
        }
    }

    /** One call of a model: as a step of an agent, or in the turn of a member. */
    private static boolean pays(StepRecord step) {
        return step.type().equals("model") || step.key().startsWith("turn:");
    }

    /** A run of the same, which was interrupted when only these steps were recorded. */
    private static RunRecord goesOn(RunRecord of, List<StepRecord> known) throws Exception {
        UUID id = server.platform().ids().nextRun();
        RunOptions byHand = new RunOptions(0, false, Json.nothing(), 0, 0, null);
        server.platform()
                .engine()
                .submit(new Submission(
                        id,
                        of.workspaceId(),
                        of.kind(),
                        of.definitionId(),
                        of.versionId(),
                        null,
                        of.input(),
                        of.metadata(),
                        byHand,
                        null));
        int next = known.stream().mapToInt(StepRecord::no).max().orElse(0) + 1;
        server.platform().database().transact(sql -> {
            for (StepRecord step : known) {
                sql.update(
                        "INSERT INTO step (run_id, no, workspace_id, key, type, iteration, attempt, status,"
                                + " finished_time, error_code, error, output) VALUES (?, ?, ?, ?, ?, 1, 1, ?, ?, ?, ?, ?)",
                        id,
                        step.no(),
                        of.workspaceId(),
                        step.key(),
                        step.type(),
                        step.status(),
                        step.finishedTime(),
                        step.errorCode(),
                        step.errorMessage(),
                        stored(step));
            }
            return sql.update("UPDATE task SET state = ? WHERE ref = ?", "{\"n\":%d,\"o\":[]}".formatted(next), id);
        });
        new Driving(server.platform().engine())
                .drive(of.workspaceId(), id, "replay", Driving.UNLIMITED);
        server.platform().engine().awaitEnd(of.workspaceId(), id, 20_000);
        return server.platform().engine().find(of.workspaceId(), id).orElseThrow();
    }

    private static String stored(StepRecord step) {
        JsonNode json = step.output().json();
        return Json.isNothing(json)
                ? null
                : Json.write(Json.object().set("j", json));
    }

    @Test
    void anAgentThatSelectsActsRepairsAndRemembers() throws Exception {
        Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
        try (ToolServer tool = ToolServer.echo()) {
            provider.says(
                    "acts",
                    "{'tool':'lookup','arguments':{'id':'1'}}",
                    "{'action':'tool','tool_code':'greet','input_json':{'text':'x'}}",
                    "no JSON",
                    "{'age':7}");
            provider.registerAt(api, "acts");
            Tooling.tool(api, "lookup", "http", "{'id':{'type':'string'}}", "{'url':'%s'}".formatted(tool.url("/it")));
            Programs.published(
                    api,
                    "skill",
                    "greet",
                    "'runtime_type':'template','parameter_schema_json':{'text':{'type':'string'}},"
                            + "'implementation_json':{'template':'Hello $text'}");
            String agent = Programs.published(
                    api,
                    "agent",
                    "acts",
                    "'system_prompt':'x','model_config':{'model':'acts','react_enabled':true,'react_max_steps':6},"
                            + "'memory_policy':{'enabled':true,'memory_scope':'workspace','write_enabled':true},"
                            + "'tool_refs':[{'code':'lookup','config_json':{'auto_invoke':true}}],"
                            + "'skill_refs':[{'code':'greet','config_json':{'auto_invoke':false}}],"
                            + "'output_schema_json':{'type':'object','properties':{'age':{'type':'integer'}},'required':['age']}");
            RunRecord run = run(api, "agent", agent);
            assertThat(steps(run).size()).as("%s", keys(run)).isGreaterThan(6);
            // What the first run remembered would be told to those after it.
            api.get("/memories?scope_type=workspace&limit=200")
                    .each("id")
                    .forEach(memory -> api.delete("/memories/" + memory).expect(204));
            replaysForgetting(api, run);
        }
    }

    private static void replaysForgetting(Api api, RunRecord run) throws Exception {
        List<StepRecord> history = steps(run);
        for (int known = 0; known <= history.size(); known++) {
            RunRecord again = goesOn(run, history.subList(0, known));
            assertThat(again.output().json()).as("from %s", known).isEqualTo(run.output().json());
            assertThat(keys(again)).as("from %s", known).containsExactlyInAnyOrderElementsOf(keys(run));
            api.get("/memories?scope_type=workspace&limit=200")
                    .each("id")
                    .forEach(memory -> api.delete("/memories/" + memory).expect(204));
        }
    }

    @Test
    void anAgentOfOneToolAndTwoCalls() throws Exception {
        Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
        try (ToolServer tool = ToolServer.echo()) {
            provider.says("plain", "{'tool':'lookup','arguments':{'id':'1'}}", "Found.");
            provider.registerAt(api, "plain");
            Tooling.tool(api, "lookup", "http", "{'id':{'type':'string'}}", "{'url':'%s'}".formatted(tool.url("/it")));
            RunRecord run = run(
                    api,
                    "agent",
                    Programs.published(
                            api,
                            "agent",
                            "plain",
                            "'system_prompt':'x','model_config':{'model':'plain','react_enabled':true},"
                                    + "'tool_refs':[{'code':'lookup'}]"));
            replays(run);
        }
    }

    private static String[] script(String mode, String member) {
        return switch (mode + " " + member) {
            case "supervisor lead" -> new String[] {
                "{'assign':[{'member':'ann','task':'dig'},{'member':'bob','task':'look'}]}",
                "{'assign':[{'member':'ann','task':'dig deeper'}]}",
                "{'finish':'We know.'}"
            };
            case "round_robin bob" -> new String[] {"no", "Good. TERMINATE"};
            case "router lead" -> new String[] {"{'member':'bob'}"};
            case "handoff lead" -> new String[] {"{'handoff':'ann','message':'yours'}"};
            case "handoff ann" -> new String[] {"{'handoff':'bob','message':'yours now'}"};
            case "planner lead" -> new String[] {
                "{'tasks':[{'id':'a','member':'ann','task':'x'},{'id':'b','member':'bob','task':'y','depends_on':['a']}]}",
                "summed up"
            };
            default -> new String[] {"one of " + member, "two of " + member, "three of " + member};
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sequential",
                "parallel",
                "supervisor",
                "round_robin",
                "router",
                "handoff",
                "debate",
                "planner"
            })
    void aTeamInEveryMode(String mode) throws Exception {
        Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
        String[] members = {"lead", "ann", "bob"};
        String[] models = new String[members.length];
        StringBuilder refs = new StringBuilder();
        for (int i = 0; i < members.length; i++) {
            models[i] = mode + "-" + members[i];
            provider.says(models[i], script(mode, members[i]));
            Programs.published(
                    api, "agent", models[i], "'system_prompt':'x','model_config':{'model':'%s'}".formatted(models[i]));
            refs.append(i == 0 ? "" : ",")
                    .append("{'member_key':'%s','agent_id':'%s','role':'%s'}"
                            .formatted(members[i], models[i], i == 0 ? "supervisor" : "member"));
        }
        provider.registerAt(api, models);
        String team = Programs.published(
                api, "team", mode, "'coordination_mode':'%s','member_refs':[%s]".formatted(mode, refs));
        RunRecord run = run(api, "team", team);
        assertThat(steps(run)).hasSizeGreaterThan(1);
        replays(run);
    }

    @Test
    void skillsOfATemplateARequestAnAgentAndAWorkflow() throws Exception {
        Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
        try (ToolServer tool = ToolServer.echo()) {
            provider.says("helps", "helped");
            provider.registerAt(api, "helps");
            Programs.published(api, "agent", "helps", "'system_prompt':'x','model_config':{'model':'helps'}");
            api.version(
                    api.workflow("flow"),
                    "{'nodes':[{'id':'a','type':'answer','config':{'template':'flows {{input.text}}'}}],'edges':[]}",
                    "published");
            String[][] skills = {
                {"template", "{'template':'Hello $text'}"},
                {"http", "{'url':'%s'}".formatted(tool.url("/it"))},
                {"agent", "{'agent_id':'helps'}"},
                {"workflow", "{'workflow_id':'flow'}"}
            };
            for (String[] skill : skills) {
                String id = Programs.published(
                        api,
                        "skill",
                        skill[0],
                        "'runtime_type':'%s','implementation_json':%s".formatted(skill[0], skill[1]));
                RunRecord run = run(api, "skill", id);
                List<StepRecord> history = steps(run);
                assertThat(history).hasSize(1);
                for (int known = 0; known <= 1; known++) {
                    RunRecord again = goesOn(run, history.subList(0, known));
                    JsonNode was = run.output().json();
                    // A request answers with its own headers; what is recorded is the same to the letter.
                    if (known == 1 || !skill[0].equals("http"))
                        assertThat(again.output().json()).as(skill[0]).isEqualTo(was);
                    assertThat(keys(again)).as(skill[0]).isEqualTo(keys(run));
                }
            }
            assertThat(tool.requests).as("once for the run, once for the prefix without it").hasSize(2);
        }
    }
}
