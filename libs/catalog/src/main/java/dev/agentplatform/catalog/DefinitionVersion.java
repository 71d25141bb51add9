package dev.agentplatform.catalog;

import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * One version of a definition. Times in UTC milliseconds.
 *
 * @param versionNo counts up from 1 within its definition
 * @param body never changes; JSON null in lists, which leave it out
 * @param publishedTime 0 when it was never published
 */
public record DefinitionVersion(
        UUID id,
        String workspaceId,
        UUID definitionId,
        int versionNo,
        VersionStatus status,
        JsonNode body,
        long createdTime,
        long publishedTime) {

    /** What never changes, and may therefore be kept. */
    public VersionBody fixed() {
        return new VersionBody(id, workspaceId, definitionId, versionNo, body);
    }
}
