package dev.agentplatform.agent;

import java.time.Duration;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** A room whose definitions agents can call: tools, skills, knowledge. */
public interface CapabilitySource {
    /** As in {@link Capability#source}. */
    String name();

    /**
     * What is there under an id or code.
     *
     * @throws dev.agentplatform.kernel.Problem 404, or 409 when it has no published version
     */
    Capability find(String workspaceId, String idOrCode);

    /**
     * Calls it; the answer is {@code {output_text, output_json}} and whatever the source tells beside.
     *
     * @throws dev.agentplatform.kernel.Problem with a code when it failed
     */
    JsonNode invoke(Use use) throws Exception;

    /**
     * One call.
     *
     * @param idempotencyKey the same when the call is repeated after a crash
     */
    record Use(
            String workspaceId,
            UUID runId,
            UUID sessionId,
            Capability capability,
            JsonNode input,
            String idempotencyKey,
            Duration timeLimit) {}
}
