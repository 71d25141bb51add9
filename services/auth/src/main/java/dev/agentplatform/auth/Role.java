package dev.agentplatform.auth;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** A named set of rights, each in the spelling in which it was given. */
public record Role(
        UUID id,
        String workspaceId,
        String code,
        String name,
        List<String> permissions,
        long createdTime,
        long updatedTime) {

    ObjectNode json() {
        ObjectNode json = Json.object()
                .put("workspace_id", workspaceId)
                .put("tenant_id", workspaceId)
                .put("id", id.toString())
                .put("code", code)
                .put("name", name);
        json.set("permissions_json", Words.json(permissions));
        return json.put("created_time", Times.format(createdTime)).put("updated_time", Times.format(updatedTime));
    }
}
