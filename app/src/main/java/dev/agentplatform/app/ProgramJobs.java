package dev.agentplatform.app;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.event.RunStarter;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.scheduler.JobTarget;
import dev.agentplatform.service.ProgramRuns;
import dev.agentplatform.session.Sessions;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** Jobs and triggers that start runs of one kind of program: their payload is the body of its POST. */
record ProgramJobs(String kind, ProgramRuns runs) implements JobTarget, RunStarter {
    @Override
    public String jobType() {
        return kind;
    }

    @Override
    public String runField() {
        return kind + "_run_id";
    }

    @Override
    public void check(ObjectNode body) {
        runs.check(body);
    }

    @Override
    public void start(String workspaceId, ObjectNode body, UUID runId, Engine.Alongside alongside) {
        Optional<UUID> session = Ids.parse(body.path("session_id").asString(null));
        runs.start(workspaceId, body, Optional.of(runId), sql -> {
            // Sessions before tasks, as everywhere.
            if (session.isPresent()) Sessions.lock(sql, workspaceId, session.get());
            alongside.write(sql);
        });
    }

    @Override
    public void start(String workspaceId, ObjectNode body, UUID runId) {
        runs.start(workspaceId, body, Optional.of(runId), null);
    }
}
