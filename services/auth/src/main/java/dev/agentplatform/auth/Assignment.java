package dev.agentplatform.auth;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** That a user has a role. */
public record Assignment(UUID id, String workspaceId, UUID userId, UUID roleId, long createdTime) {

    ObjectNode json() {
        return Json.object()
                .put("workspace_id", workspaceId)
                .put("tenant_id", workspaceId)
                .put("id", id.toString())
                .put("user_id", userId.toString())
                .put("role_id", roleId.toString())
                .put("created_time", Times.format(createdTime));
    }
}
