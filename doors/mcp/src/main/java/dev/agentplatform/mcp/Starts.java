package dev.agentplatform.mcp;

import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** Starts runs of every kind that is offered. The app hands it in: this door knows no rooms. */
@FunctionalInterface
public interface Starts {
    /**
     * Starting one id twice makes one run.
     *
     * @param kind {@code agent}, {@code team}, {@code workflow} or {@code skill}
     * @param body as of the kind's own POST
     * @throws dev.agentplatform.kernel.Problem when it cannot be started
     */
    void start(String kind, String workspaceId, ObjectNode body, UUID runId);
}
