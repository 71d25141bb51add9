package dev.agentplatform.memory;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One remembered text.
 *
 * @param importance 0 to 100
 * @param metadata JSON null for none
 * @param embedder who made the vector that is stored beside it
 * @param expiresTime UTC milliseconds; 0 for never
 */
public record Memory(
        UUID id,
        Scope scope,
        String type,
        String text,
        int importance,
        JsonNode metadata,
        String embedder,
        long expiresTime,
        long createdTime,
        long updatedTime) {

    boolean expired(long now) {
        return expiresTime != 0 && expiresTime <= now;
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", scope.workspaceId());
        json.put("tenant_id", scope.workspaceId());
        json.put("scope_type", scope.type());
        json.put("scope_id", scope.id());
        json.put("memory_type", type);
        json.put("content_text", text);
        json.put("importance_score", importance);
        json.set("metadata_json", metadata);
        json.put("embedder", embedder);
        json.put("expires_time", Times.formatOrNull(expiresTime));
        json.put("created_time", Times.format(createdTime));
        json.put("updated_time", Times.format(updatedTime));
        return json;
    }
}
