package dev.agentplatform.app;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.runtime.Runs;
import dev.agentplatform.runtime.StartRun;
import dev.agentplatform.scheduler.JobTarget;
import dev.agentplatform.session.Sessions;
import dev.agentplatform.web.Binder;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** Jobs of type {@code runtime}: their payload is the body of {@code POST /runtime/runs}. */
record RuntimeJobs(Runs runs) implements JobTarget {
    @Override
    public String jobType() {
        return "runtime";
    }

    @Override
    public String runField() {
        return "workflow_run_id";
    }

    @Override
    public void check(ObjectNode body) {
        StartRun asked = Binder.bind(body, StartRun.class);
        if (asked.workflowId() == null && asked.workflowVersionId() == null) {
            throw Problem.invalid("payload_json.workflow_id", "is required, or workflow_run_id");
        }
    }

    @Override
    public void start(String workspaceId, ObjectNode body, UUID runId, Engine.Alongside alongside) {
        StartRun asked = Binder.bind(body, StartRun.class);
        UUID session = asked.sessionId();
        runs.start(workspaceId, asked, runId, sql -> {
            // Sessions before tasks, as everywhere.
            if (session != null) Sessions.lock(sql, workspaceId, session);
            alongside.write(sql);
        });
    }
}
