package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a tool is used in one scope. Times in UTC milliseconds.
 *
 * @param versionId null when the latest published version counts
 * @param config what this use adds to the tool's own configuration
 * @param credentialId may be null
 */
record Binding(
        UUID id,
        String workspaceId,
        UUID toolId,
        UUID versionId,
        ToolScope scope,
        JsonNode config,
        UUID credentialId,
        long createdTime,
        long updatedTime) {

    /** What a record of a call shows of it. */
    ObjectNode shown() {
        return Json.object()
                .put("id", id.toString())
                .put("scope_type", scope.type())
                .put("scope_id", scope.id())
                .put("credential_id", credentialId == null ? null : credentialId.toString());
    }
}
