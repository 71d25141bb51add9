package dev.agentplatform.agent;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Submission;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** A room whose definitions agents can call: tools, skills, knowledge. */
public interface CapabilitySource {
    /** As in {@link Capability#source}. */
    String name();

    /**
     * What is there under an id or code for a run of an agent.
     *
     * @throws dev.agentplatform.kernel.Problem 404, or 409 when it has no published version
     */
    Capability find(RunRecord run, String idOrCode);

    /**
     * Calls it; the answer is {@code {output_text, output_json}} and whatever the source tells beside.
     *
     * @throws dev.agentplatform.kernel.Problem with a code when it failed
     */
    JsonNode invoke(Use use) throws Exception;

    /** The run that the call is, for a capability with {@link Capability#isRun}. */
    Submission childRun(Use use);

    /**
     * One call.
     *
     * @param run of the agent
     * @param idempotencyKey the same when the call is repeated after a crash
     */
    record Use(RunRecord run, Capability capability, JsonNode input, String idempotencyKey, Duration timeLimit) {}
}
