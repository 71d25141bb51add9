package dev.agentplatform.agent;

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

/** Agents as the engine runs them and as the API shows them. */
public final class AgentKind implements RunKind, RunnableKind {
    public static final String NAME = "agent";

    /** What a finished run shows of its result beside the output. */
    private static final List<String> SHOWN =
            List.of("selected_tool_refs", "selected_skill_refs", "messages", "finish_reason", "usage");

    private final DefinitionKind kind;
    private final Definitions definitions;
    private final AgentParts parts;
    private final boolean autoStart;

    /** @param remembers whether this server has memories */
    static DefinitionKind kind(boolean remembers) {
        return new DefinitionKind(NAME, "/agents", true, VersionStatus.DRAFT, new AgentRules(remembers));
    }

    AgentKind(Definitions definitions, AgentParts parts, boolean autoStart) {
        this.kind = definitions.kind();
        this.definitions = definitions;
        this.parts = parts;
        this.autoStart = autoStart;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Executable load(RunRecord run) {
        return new AgentProgram(run, agent(run), parts);
    }

    private Agent agent(RunRecord run) {
        return Agent.of(definitions.version(run.workspaceId(), run.versionId()).body());
    }

    @Override
    public DefinitionKind definitions() {
        return kind;
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
        return harmless(run.workspaceId(), agent(run));
    }

    /** Only the built-in mock model, and nothing to call. */
    boolean harmless(String workspaceId, Agent agent) {
        return agent.tools().isEmpty()
                && agent.skills().isEmpty()
                && parts.mockOnly().test(workspaceId, agent.model().name());
    }

    @Override
    public void show(RunRecord run, ObjectNode shown) {
        JsonNode result = run.output().json();
        for (String field : SHOWN) if (result.has(field)) shown.set(field, result.get(field));
    }
}
