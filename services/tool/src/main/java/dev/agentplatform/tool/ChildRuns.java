package dev.agentplatform.tool;

import dev.agentplatform.engine.Submission;
import java.util.UUID;

/** Tells which run a workflow tool is inside of a run. The app knows workflows, this room does not. */
@FunctionalInterface
public interface ChildRuns {
    /**
     * @param runId of the run to be
     * @throws dev.agentplatform.kernel.Problem 404 or 409 {@code no_published_version}
     */
    Submission of(UUID runId, ToolCall call);
}
