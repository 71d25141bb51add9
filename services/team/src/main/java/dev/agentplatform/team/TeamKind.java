package dev.agentplatform.team;

import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.engine.Executable;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.service.DefinitionKind;
import dev.agentplatform.service.Definitions;
import dev.agentplatform.service.RunInput;
import dev.agentplatform.service.RunnableKind;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Teams as the engine runs them and as the API shows them. */
final class TeamKind implements RunKind, RunnableKind {
    static final DefinitionKind KIND = new DefinitionKind("team", "/teams", true, VersionStatus.DRAFT, new TeamRules());

    private static final List<String> SHOWN = List.of("summary", "ended_by", "turns", "usage");

    private final Definitions definitions;
    private final Agents agents;
    private final boolean autoStart;

    TeamKind(Definitions definitions, Agents agents, boolean autoStart) {
        this.definitions = definitions;
        this.agents = agents;
        this.autoStart = autoStart;
    }

    @Override
    public String name() {
        return KIND.name();
    }

    @Override
    public Executable load(RunRecord run) {
        return new TeamProgram(run, team(run), agents);
    }

    private Team team(RunRecord run) {
        return Team.of(definitions.version(run.workspaceId(), run.versionId()).body());
    }

    @Override
    public DefinitionKind definitions() {
        return KIND;
    }

    @Override
    public boolean autoStart() {
        return autoStart;
    }

    @Override
    public void checkInput(VersionBody version, RunInput input) {
        if (input.text().isBlank() && Json.isNothing(input.json())) {
            throw Problem.invalid("input_text", "is required, or input_json");
        }
    }

    @Override
    public boolean harmless(RunRecord run) {
        return team(run).members().stream().allMatch(member -> agents.harmless(run.workspaceId(), member));
    }

    @Override
    public void show(RunRecord run, ObjectNode shown) {
        JsonNode result = run.output().json();
        for (String field : SHOWN) if (result.has(field)) shown.set(field, result.get(field));
    }
}
