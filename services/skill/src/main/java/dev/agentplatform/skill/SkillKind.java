package dev.agentplatform.skill;

import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.engine.Executable;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.service.DefinitionKind;
import dev.agentplatform.service.Definitions;
import dev.agentplatform.service.RunInput;
import dev.agentplatform.service.RunnableKind;
import tools.jackson.databind.node.ObjectNode;

/** Skills as the engine runs them and as the API shows them. Their runs wait for a driver unless they say otherwise. */
final class SkillKind implements RunKind, RunnableKind {
    static final DefinitionKind KIND =
            new DefinitionKind("skill", "/skills", true, VersionStatus.DRAFT, new SkillRules());

    private final Definitions definitions;
    private final SkillWork work;
    private final ChildRuns children;

    SkillKind(Definitions definitions, SkillWork work, ChildRuns children) {
        this.definitions = definitions;
        this.work = work;
        this.children = children;
    }

    @Override
    public String name() {
        return KIND.name();
    }

    @Override
    public Executable load(RunRecord run) {
        VersionBody version = definitions.version(run.workspaceId(), run.versionId());
        return new SkillProgram(run, Skill.of(version.body()), work, children);
    }

    @Override
    public DefinitionKind definitions() {
        return KIND;
    }

    @Override
    public boolean autoStart() {
        return false;
    }

    @Override
    public void checkInput(VersionBody version, RunInput input) {
        SkillInput.check(Skill.of(version.body()), SkillInput.of(input));
    }

    @Override
    public boolean harmless(RunRecord run) {
        VersionBody version = definitions.version(run.workspaceId(), run.versionId());
        return Skill.of(version.body()).implementation() instanceof Implementation.TextTemplate;
    }

    @Override
    public void show(RunRecord run, ObjectNode shown) {}
}
