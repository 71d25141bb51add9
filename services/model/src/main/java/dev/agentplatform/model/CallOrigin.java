package dev.agentplatform.model;

import java.util.UUID;

/**
 * On whose behalf a model is called. All but the workspace may be null.
 *
 * @param idempotencyKey goes to the provider as {@code Idempotency-Key}, so that a repeated step is recognised
 */
public record CallOrigin(
        String workspaceId,
        String userId,
        UUID apiKeyId,
        UUID runId,
        UUID stepId,
        UUID definitionId,
        String idempotencyKey) {

    /** A call that no run makes. */
    public static CallOrigin of(String workspaceId) {
        return new CallOrigin(workspaceId, null, null, null, null, null, null);
    }
}
