package dev.agentplatform.gateway.keys;

import dev.agentplatform.auth.Words;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.kernel.Workspace;
import dev.agentplatform.web.Principal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * A key without its text. Times in UTC milliseconds.
 *
 * @param prefix the first characters of the text, to tell keys apart
 * @param scopes rights to which it is limited; empty when it is not
 * @param userId for whom it speaks; may be null
 * @param status {@code active}, {@code disabled} or, for good, {@code revoked}
 * @param expiresTime 0: never
 * @param lastUsedTime to the minute; 0: never
 */
public record ApiKey(
        UUID id,
        String workspaceId,
        String name,
        String prefix,
        List<String> scopes,
        String userId,
        String status,
        long expiresTime,
        long lastUsedTime,
        long createdTime,
        long updatedTime) {
    public static final String ACTIVE = "active";
    public static final String DISABLED = "disabled";
    public static final String REVOKED = "revoked";

    /** Whether it opens anything at {@code now}. */
    boolean accepted(long now) {
        return status.equals(ACTIVE) && (expiresTime == 0 || now < expiresTime);
    }

    Principal principal() {
        return new Principal(
                Optional.ofNullable(userId),
                Optional.of(id),
                Set.copyOf(scopes),
                Optional.of(new Workspace(workspaceId)),
                Optional.empty());
    }

    ApiKey with(String nextStatus, long now) {
        return new ApiKey(
                id, workspaceId, name, prefix, scopes, userId, nextStatus, expiresTime, lastUsedTime, createdTime, now);
    }

    ObjectNode json() {
        ObjectNode json = Json.object()
                .put("workspace_id", workspaceId)
                .put("tenant_id", workspaceId)
                .put("id", id.toString())
                .put("name", name)
                .put("prefix", prefix);
        json.set("scopes", scopes.isEmpty() ? Json.nothing() : Words.json(scopes));
        return json.put("user_id", userId)
                .put("status", status)
                .put("expires_time", Times.formatOrNull(expiresTime))
                .put("last_used_time", Times.formatOrNull(lastUsedTime))
                .put("created_time", Times.format(createdTime))
                .put("updated_time", Times.format(updatedTime));
    }
}
