package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Dialect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Chapter 7: all modes of teams, over members whose models are scripted, and how teams end. */
class TeamApiTest {
    private static final String MEMBERS =
            "'member_refs':[{'member_key':'lead','agent_id':'%1$s_lead','role':'supervisor'},"
                    + "{'member_key':'ann','agent_id':'%1$s_ann'},{'member_key':'bob','agent_id':'%1$s_bob'}]";

    /** What each member of a team says, turn after turn; its agents have models of their own. */
    private record Script(ObjectNode json) {
        Script() {
            this(Json.object());
            json.putArray("rules");
        }

        Script says(String model, String... replies) {
            ObjectNode rule = ((ArrayNode) json.get("rules")).addObject().put("model", model);
            ArrayNode list = rule.putArray("replies");
            for (String reply : replies) list.addObject().put("content", reply.replace('\'', '"'));
            return this;
        }
    }

    private static Script script() {
        return new Script()
                .says("sequential_lead", "plan")
                .says("sequential_ann", "draft")
                .says("sequential_bob", "final")
                .says("parallel_lead", "both")
                .says("parallel_ann", "one")
                .says("parallel_bob", "two")
                .says(
                        "supervisor_lead",
                        "{'assign':[{'member':'ann','task':'dig'},{'member':'bob','task':'look'}]}",
                        "{'assign':[{'member':'ann','task':'dig deeper'}]}",
                        "{'finish':'We know.'}")
                .says("supervisor_ann", "dug", "dug deeper")
                .says("supervisor_bob", "looked")
                .says("round_robin_lead", "hm")
                .says("round_robin_ann", "idea", "better")
                .says("round_robin_bob", "no", "Good. TERMINATE")
                .says("router_lead", "{'member':'bob'}")
                .says("router_ann", "not me")
                .says("router_bob", "routed")
                .says("handoff_lead", "{'handoff':'ann','message':'yours'}")
                .says("handoff_ann", "{'handoff':'bob','message':'yours now'}")
                .says("handoff_bob", "done")
                .says("debate_lead", "ann is right")
                .says("debate_ann", "yes", "still yes")
                .says("debate_bob", "no", "maybe")
                .says(
                        "planner_lead",
                        "{'tasks':[{'id':'a','member':'ann','task':'x'},{'id':'b','member':'bob','task':'y','depends_on':['a']}]}",
                        "summed up")
                .says("planner_ann", "x done")
                .says("planner_bob", "y done");
    }

    private static String team(Api api, String mode, String config) {
        for (String member : new String[] {"lead", "ann", "bob"}) {
            String code = mode + "_" + member;
            Programs.published(
                    api, "agent", code, "'system_prompt':'x','model_config':{'model':'mock/%s'}".formatted(code));
        }
        String body =
                "'coordination_mode':'%s','objective':'Find out',%s%s".formatted(mode, MEMBERS.formatted(mode), config);
        return Programs.published(api, "team", "team_" + mode, body);
    }

    private static Answer done(Api api, String mode, String answer, String endedBy, int turns) {
        Answer run = Programs.run(api, "team", team(api, mode, ""), "'input_text':'What?'");
        assertThat(run.text("status")).as(mode + " " + run.text()).isEqualTo("completed");
        assertThat(run.text("output_text")).as(mode).isEqualTo(answer);
        assertThat(run.text("ended_by")).as(mode).isEqualTo(endedBy);
        assertThat(run.at("turns").size()).as(mode + " " + run.text()).isEqualTo(turns);
        assertThat(run.text("summary")).contains(mode);
        assertThat(run.at("usage.model_calls").asInt()).isEqualTo(turns);
        Answer members = api.get("/agents/runs?parent_run_id=" + run.id()).expect(200);
        assertThat(members.each("status")).hasSize(turns).containsOnly("completed");
        return run;
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void everyModeWorks(Dialect dialect) throws Exception {
        Path file = Files.createTempFile("mock-script", ".json");
        Files.writeString(file, Json.write(script().json()));
        Map<String, String> settings = Map.of("AGENT_PLATFORM_MOCK_SCRIPT", file.toString());
        try (ApiServer server = new ApiServer(dialect, false, settings)) {
            Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
            done(api, "sequential", "final", "all_members_done", 3);
            done(api, "parallel", "both", "all_members_done", 3);
            Answer led = done(api, "supervisor", "We know.", "finished", 6);
            assertThat(led.text("turns.1.member_key")).isEqualTo("ann");
            assertThat(led.text("turns.1.input_text")).contains("dig");
            done(api, "round_robin", "Good.", "stop_word", 6);
            done(api, "router", "routed", "routed", 2);
            done(api, "handoff", "done", "answered", 3);
            done(api, "debate", "ann is right", "judged", 7);
            done(api, "planner", "summed up", "plan_done", 4);
        } finally {
            Files.delete(file);
        }
    }

    @OnEveryServer
    void turnsAreLimited(Api api) {
        String team = team(api, "debate", ",'config_json':{'max_turns':4,'rounds':50}");
        Answer run = Programs.run(api, "team", team, "'input_text':'What?'");
        assertThat(run.text("ended_by")).as(run.text()).isEqualTo("turns");
        assertThat(run.at("turns").size()).isEqualTo(4);
    }

    @OnEveryServer
    void everyModeWorksDry(Api api) {
        for (String mode : new String[] {
            "sequential", "parallel", "supervisor", "round_robin", "router", "handoff", "debate", "planner"
        }) {
            // The agents are not there: nobody asks them.
            String team = Programs.published(
                    api, "team", mode, "'coordination_mode':'%s',%s".formatted(mode, MEMBERS.formatted("none")));
            Answer run = api.post(
                            "/teams/runs?wait_seconds=20",
                            "{'team_id':'%s','input_text':'x','dry_run':true,'auto_start':true}".formatted(team))
                    .expect(200);
            assertThat(run.text("status")).as(mode + run.text()).isEqualTo("completed");
            assertThat(run.at("dry_run").asBoolean()).isTrue();
            assertThat(run.at("turns").size()).as(mode).isGreaterThan(1);
            String byHand = Programs.byHand(api, "team", team, "'input_text':'x'");
            assertThat(Programs.drive(api, "team", byHand, true).expect(200).text("status"))
                    .as(mode)
                    .isIn("completed", "failed");
            api.post("/teams/workers/execute-next", "{'worker_key':'w','dry_run':true}")
                    .expect(204);
        }
    }

    @OnEveryServer
    void aMemberThatIsNotThereFailsTheRun(Api api) {
        String team = Programs.published(
                api, "team", "lost", "'coordination_mode':'sequential'," + MEMBERS.formatted("nobody"));
        Answer run = Programs.run(api, "team", team, "'input_text':'x'");
        assertThat(run.text("status")).isEqualTo("failed");
        assertThat(run.text("error_code")).isEqualTo("not_found");
    }

    @OnEveryServer
    void versionsAreChecked(Api api) {
        String team = Programs.made(api, "team", "t");
        Programs.version(api, "team", team, "'coordination_mode':'anarchy'," + MEMBERS.formatted("x"))
                .expect(422);
        Programs.version(api, "team", team, "'coordination_mode':'router','member_refs':[]")
                .expect(422);
        String twice = "'member_refs':[{'member_key':'a','agent_id':'x'},{'member_key':'a','agent_id':'y'}]";
        Programs.version(api, "team", team, "'coordination_mode':'router'," + twice)
                .expect(422);
        Answer version = Programs.version(api, "team", team, "'coordination_mode':'router'," + MEMBERS.formatted("x"))
                .expect(201);
        assertThat(version.text("member_refs_json.0.member_key")).isEqualTo("lead");
        api.elsewhere().get("/teams/versions/" + version.id()).expect(404);
    }

    @OnEveryServer
    void cancellingATeamCancelsItsMembers(Api api) throws Exception {
        try (ToolServer server = ToolServer.echo()) {
            Tooling.tool(api, "lookup", "http", "{}", "{'url':'%s'}".formatted(server.url("/it")));
            Programs.published(
                    api,
                    "agent",
                    "asks",
                    "'system_prompt':'x','model_config':{'model':'mock','react_enabled':true},"
                            + "'tool_refs':[{'code':'lookup','requires_approval':true}]");
            String members =
                    "'member_refs':[{'member_key':'a','agent_id':'asks'},{'member_key':'b','agent_id':'asks'}]";
            String team = Programs.published(api, "team", "t", "'coordination_mode':'parallel'," + members);
            String run = api.post(
                            "/teams/runs",
                            "{'team_id':'%s','auto_start':true,'input_text':'Use lookup'}".formatted(team))
                    .expect(202)
                    .id();
            api.untilItems("/agents/runs?status=waiting&parent_run_id=" + run, 2);
            Answer cancelled =
                    api.post("/teams/runs/" + run + "/cancel?wait_seconds=20").expect(202);
            assertThat(cancelled.text("status")).isEqualTo("cancelled");
            api.untilItems("/agents/runs?status=cancelled&parent_run_id=" + run, 2);
            api.untilItems("/human/tasks?status=cancelled", 2);
        }
    }
}
