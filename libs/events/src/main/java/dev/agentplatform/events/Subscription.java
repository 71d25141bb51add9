package dev.agentplatform.events;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who wants to hear of which events.
 *
 * @param kind of the target; names the {@link Sender}
 * @param types exact types, prefixes ({@code run.*}) or {@code *}
 * @param filter expression over the event that must hold, null for none
 * @param target where to, without secrets
 * @param secret sealed, null for none
 * @param maxAttempts after so many failures an event is dead
 * @param retryDelayMs before the second attempt; doubled each time
 */
public record Subscription(
        UUID id,
        String workspaceId,
        String name,
        String kind,
        Status status,
        List<String> types,
        String filter,
        ObjectNode target,
        String secret,
        int maxAttempts,
        long retryDelayMs,
        long createdTime,
        long updatedTime) {
    /** Its events wait until somebody fetches them. */
    public static final String CLAIM = "claim";

    /** Its events become firings of a schedule. */
    public static final String JOB = "job";

    /** A paused one still gathers events. */
    public enum Status {
        ACTIVE,
        PAUSED;

        public String word() {
            return this == ACTIVE ? "active" : "paused";
        }

        public static Status of(String word) {
            return word.equals("paused") ? PAUSED : ACTIVE;
        }
    }

    public boolean active() {
        return status == Status.ACTIVE;
    }

    /** Whether this room's clients made it; the others belong to a schedule or to claim-pending. */
    public boolean ofClient() {
        return !kind.equals(CLAIM) && !kind.equals(JOB);
    }

    /** The context under which {@link #secret} is sealed. */
    public static String sealContext(String workspaceId, UUID id) {
        return workspaceId + "/subscription/" + id;
    }

    public ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", workspaceId);
        json.put("tenant_id", workspaceId);
        json.put("name", name);
        json.put("status", status.word());
        json.set("event_types", Json.tree(types));
        json.put("filter", filter);
        ObjectNode shown = target.deepCopy();
        shown.put("type", kind);
        if (secret != null) shown.put("secret", "****");
        json.set("target", shown);
        json.put("max_attempts", maxAttempts);
        json.put("retry_delay_seconds", retryDelayMs / 1_000.0);
        json.put("created_time", Times.format(createdTime));
        json.put("updated_time", Times.format(updatedTime));
        return json;
    }
}
