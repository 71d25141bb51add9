package dev.agentplatform.app;

import dev.agentplatform.agent.AgentMemory;
import dev.agentplatform.agent.AgentModule;
import dev.agentplatform.agent.AgentParts;
import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.code.CodeRunner;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.events.Follower;
import dev.agentplatform.human.StepQuestions;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.ModelModule;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.service.ProgramRuns;
import dev.agentplatform.service.RunInput;
import dev.agentplatform.skill.SkillModule;
import dev.agentplatform.store.Database;
import dev.agentplatform.team.Agents;
import dev.agentplatform.team.TeamModule;
import dev.agentplatform.team.modes.Member;
import dev.agentplatform.tool.ToolModule;
import dev.agentplatform.web.Routes;
import dev.agentplatform.workflow.compile.WorkflowKind;
import dev.agentplatform.workflow.nodes.ProgramNode;
import dev.agentplatform.workflow.nodes.WorkflowTargets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The rooms of agents, teams and skills, and what each sees of the others and of the rooms below. */
final class AgentWiring {
    private final Rooms rooms;
    private final SkillModule skill;
    private final AgentModule agent;
    private final TeamModule team;
    private final ProgramStarts agents;
    private final ProgramStarts teams;
    private final ProgramStarts skills;

    /** What stands below. @param userOf the user of a session of a workspace; null when it has none */
    record Rooms(
            Catalog catalog,
            OutboundClient outbound,
            CodeRunner code,
            ToolModule tool,
            ModelModule model,
            AgentMemory memory,
            WorkflowTools workflowTools,
            WorkflowTargets workflows,
            StepQuestions questions,
            BiFunction<String, UUID, String> userOf,
            Ids ids,
            boolean autoStart) {}

    /** What the routes need beside; made after the engine. */
    record Running(
            Engine engine, Follower follower, Database database, Clock clock, BiPredicate<String, UUID> sessions) {}

    AgentWiring(Rooms rooms) {
        this.rooms = rooms;
        skill = new SkillModule(rooms.catalog(), rooms.outbound(), rooms.code(), this::childOfSkill);
        skills = new ProgramStarts(skill.definitions(), rooms.ids());
        AgentParts parts = new AgentParts(
                rooms.model().models(),
                rooms.memory(),
                Map.of(
                        "tool",
                        new ToolCapabilities(rooms.tool().calls(), rooms.workflowTools(), rooms.ids()),
                        "skill",
                        new SkillCapabilities(skill, skills)),
                rooms.questions(),
                rooms.userOf(),
                rooms.model()::mockOnly);
        agent = new AgentModule(rooms.catalog(), parts, rooms.autoStart());
        agents = new ProgramStarts(agent.definitions(), rooms.ids());
        team = new TeamModule(rooms.catalog(), new Members(), rooms.autoStart());
        teams = new ProgramStarts(team.definitions(), rooms.ids());
    }

    /** Turns of teams are runs of agents. */
    private final class Members implements Agents {
        @Override
        public Submission turn(RunRecord run, Member member, String text) {
            ObjectNode metadata = Json.object()
                    .put("team_id", run.definitionId().toString())
                    .put("team_run_id", run.id().toString())
                    .put("member_key", member.key());
            if (run.metadata().has("app_id"))
                metadata.set("app_id", run.metadata().get("app_id"));
            return agents.submission(
                    agents.resolve(run.workspaceId(), member.agent(), member.version()),
                    run.sessionId(),
                    new RunInput(text, Json.nothing()),
                    metadata);
        }

        @Override
        public boolean harmless(String workspaceId, Member member) {
            try {
                return agent.harmless(agents.resolve(workspaceId, member.agent(), member.version()));
            } catch (Problem notThere) {
                return true;
            }
        }
    }

    private Submission childOfSkill(
            String kind, String workspaceId, String idOrCode, UUID versionId, UUID sessionId, JsonNode input) {
        String version = versionId == null ? null : versionId.toString();
        if (kind.equals("agent")) {
            String text = input.path("text").asString("");
            return agents.submission(workspaceId, idOrCode, version, sessionId, new RunInput(text, input));
        }
        WorkflowTargets.Version found = rooms.workflows().resolve(workspaceId, idOrCode, version);
        return new Submission(
                rooms.ids().nextRun(),
                workspaceId,
                WorkflowKind.NAME,
                found.workflowId(),
                found.versionId(),
                sessionId,
                input,
                Json.nothing(),
                RunOptions.USUAL,
                null);
    }

    List<RunKind> kinds() {
        return List.of(agent.runKind(), team.runKind(), skill.runKind());
    }

    /** The node types of workflows that run an agent, a team or a skill. */
    List<NodeType> nodes() {
        return List.of(node("agent", agents), node("team", teams), node("skill", skills));
    }

    private static NodeType node(String kind, ProgramStarts starts) {
        return new ProgramNode(
                kind,
                (run, idOrCode, version, input) ->
                        starts.submission(run.workspaceId(), idOrCode, version, run.sessionId(), input));
    }

    /** In the order of the API document. */
    List<Routes> routes(Running running) {
        return List.of(
                agent.routes(running.engine(), running.follower(), agentRuns(running)),
                team.routes(running.engine(), running.follower(), teamRuns(running)),
                skill.routes(
                        running.engine(),
                        running.follower(),
                        skillRuns(running),
                        running.database(),
                        running.clock(),
                        rooms.ids()));
    }

    List<ProgramJobs> jobs(Running running) {
        return List.of(
                new ProgramJobs("agent", agentRuns(running)),
                new ProgramJobs("team", teamRuns(running)),
                new ProgramJobs("skill", skillRuns(running)));
    }

    private ProgramRuns agentRuns(Running running) {
        return agent.runs(running.engine(), rooms.ids(), running.sessions());
    }

    private ProgramRuns teamRuns(Running running) {
        return team.runs(running.engine(), rooms.ids(), running.sessions());
    }

    private ProgramRuns skillRuns(Running running) {
        return skill.runs(running.engine(), rooms.ids(), running.sessions());
    }
}
