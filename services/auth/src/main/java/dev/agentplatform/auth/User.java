package dev.agentplatform.auth;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * Somebody who may be given roles. Times in UTC milliseconds.
 *
 * @param displayName may be null, as may {@code email}
 * @param passwordHash argon2id in its usual text form; null when the user cannot sign in with a password
 * @param status {@code active} or {@code disabled}
 */
public record User(
        UUID id,
        String workspaceId,
        String username,
        String displayName,
        String email,
        String passwordHash,
        String status,
        long createdTime,
        long updatedTime) {
    public static final String ACTIVE = "active";
    public static final String DISABLED = "disabled";

    public boolean active() {
        return status.equals(ACTIVE);
    }

    ObjectNode json() {
        return Json.object()
                .put("workspace_id", workspaceId)
                .put("tenant_id", workspaceId)
                .put("id", id.toString())
                .put("username", username)
                .put("display_name", displayName)
                .put("email", email)
                .put("has_password", passwordHash != null)
                .put("status", status)
                .put("created_time", Times.format(createdTime))
                .put("updated_time", Times.format(updatedTime));
    }

    /** The hash stays inside. */
    @Override
    public String toString() {
        return json().toString();
    }
}
