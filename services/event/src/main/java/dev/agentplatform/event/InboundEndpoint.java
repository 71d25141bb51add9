package dev.agentplatform.event;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * An address at which another system tells us of something.
 *
 * @param key last part of its address
 * @param signature how requests are signed: {@code standard, github} or {@code hmac}
 * @param secret sealed
 */
record InboundEndpoint(
        UUID id,
        String workspaceId,
        String key,
        String name,
        String eventType,
        String sourceService,
        String signature,
        boolean active,
        String secret,
        long createdTime,
        long updatedTime) {

    static String sealContext(String workspaceId, UUID id) {
        return workspaceId + "/inbound-endpoint/" + id;
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", workspaceId);
        json.put("tenant_id", workspaceId);
        json.put("name", name);
        json.put("event_type", eventType);
        json.put("source_service", sourceService);
        json.put("signature", signature);
        json.put("status", active ? "active" : "disabled");
        json.put("path", "/events/inbound/" + key);
        json.put("secret", "****");
        json.put("created_time", Times.format(createdTime));
        json.put("updated_time", Times.format(updatedTime));
        return json;
    }
}
