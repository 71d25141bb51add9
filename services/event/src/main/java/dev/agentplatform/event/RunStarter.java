package dev.agentplatform.event;

import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** Starts runs of one kind for triggers; the app gives one for each kind that it has. */
public interface RunStarter {
    /** What its bodies name it by: {@code workflow} for {@code workflow_id} and {@code workflow_version_id}. */
    String kind();

    /**
     * Starts a run as the kind's own POST would; starting one id twice makes one run.
     *
     * @param body as of that POST
     * @throws dev.agentplatform.kernel.Problem when it cannot be started
     */
    void start(String workspaceId, ObjectNode body, UUID runId);
}
