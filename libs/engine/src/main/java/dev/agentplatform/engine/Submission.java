package dev.agentplatform.engine;

import dev.agentplatform.kernel.Json;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * A request for a run.
 *
 * @param id of the run to be (see {@code Ids.nextRun}); submitting it twice makes one run
 * @param kind which {@link RunKind} executes it
 * @param versionId definition version it is pinned to; null where the kind needs none
 * @param metadata kept and shown, not used
 */
public record Submission(
        UUID id,
        String workspaceId,
        String kind,
        UUID definitionId,
        UUID versionId,
        UUID sessionId,
        JsonNode input,
        JsonNode metadata,
        RunOptions options,
        RunRecord.Parent parent) {

    public static Submission of(UUID id, String workspaceId, String kind, UUID versionId, JsonNode input) {
        return new Submission(
                id, workspaceId, kind, null, versionId, null, input, Json.nothing(), RunOptions.USUAL, null);
    }
}
