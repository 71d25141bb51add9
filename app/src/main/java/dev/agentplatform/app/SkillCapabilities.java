package dev.agentplatform.app;

import dev.agentplatform.agent.Capability;
import dev.agentplatform.agent.CapabilitySource;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.service.RunInput;
import dev.agentplatform.skill.SkillModule;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Skills as agents call them. One that runs a workflow or an agent is a child run. */
record SkillCapabilities(SkillModule skills, ProgramStarts starts) implements CapabilitySource {
    @Override
    public String name() {
        return "skill";
    }

    @Override
    public Capability find(RunRecord run, String idOrCode) {
        SkillModule.Described skill = skills.describe(run.workspaceId(), idOrCode);
        return new Capability(
                name(),
                Capability.nameOf(skill.code()),
                skill.skillId().toString(),
                skill.versionId().toString(),
                skill.description(),
                skill.parameters(),
                skill.isRun(),
                false);
    }

    @Override
    public JsonNode invoke(Use use) throws InterruptedException {
        UUID version = UUID.fromString(use.capability().versionId());
        return skills.call(use.run().workspaceId(), version, use.input(), use.idempotencyKey());
    }

    @Override
    public Submission childRun(Use use) {
        return starts.submission(
                use.run().workspaceId(),
                use.capability().definitionId(),
                use.capability().versionId(),
                use.run().sessionId(),
                new RunInput("", use.input()));
    }
}
