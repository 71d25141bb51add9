package dev.agentplatform.skill;

import dev.agentplatform.engine.Submission;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Makes runs of workflows and agents for skills that are one; bound by wiring. */
@FunctionalInterface
public interface ChildRuns {
    /**
     * @param kind {@code workflow} or {@code agent}
     * @throws dev.agentplatform.kernel.Problem 404, 409 or 422 when there is nothing to run
     */
    Submission of(String kind, String workspaceId, String idOrCode, UUID versionId, UUID sessionId, JsonNode input);
}
