package dev.agentplatform.app;

import dev.agentplatform.event.RunStarter;
import dev.agentplatform.runtime.Runs;
import dev.agentplatform.runtime.StartRun;
import dev.agentplatform.web.Binder;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** Runs of workflows that events start. */
record TriggeredRuns(Runs runs) implements RunStarter {
    @Override
    public String kind() {
        return "workflow";
    }

    @Override
    public void start(String workspaceId, ObjectNode body, UUID runId) {
        runs.start(workspaceId, Binder.bind(body, StartRun.class), Optional.of(runId));
    }
}
