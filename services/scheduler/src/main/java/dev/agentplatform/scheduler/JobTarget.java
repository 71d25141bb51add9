package dev.agentplatform.scheduler;

import dev.agentplatform.engine.Engine;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** Makes runs for jobs of one type; the app gives one for each kind of runs that it has. */
public interface JobTarget {
    /** For example {@code runtime} or {@code agent}. */
    String jobType();

    /** The field that names a run which waits for its start, for example {@code workflow_run_id}. */
    String runField();

    /** Looks at a body without making anything. @throws dev.agentplatform.kernel.Problem 422 that names the field */
    void check(ObjectNode body);

    /**
     * Makes a run as the kind's own POST would, and writes {@code alongside} in the same transaction.
     *
     * @throws dev.agentplatform.kernel.Problem when it cannot be made
     */
    void start(String workspaceId, ObjectNode body, UUID runId, Engine.Alongside alongside);
}
