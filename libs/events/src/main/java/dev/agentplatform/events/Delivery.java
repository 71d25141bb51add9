package dev.agentplatform.events;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event on its way to a subscription.
 *
 * @param status {@code pending, claimable} or {@code dead}
 * @param nextTime when it is tried next, or when the lease of its claim ends; UTC milliseconds
 * @param lastError null before a failure
 */
public record Delivery(
        UUID id, UUID subscriptionId, String status, int attempts, long nextTime, String lastError, Event event) {

    public ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", event.workspaceId());
        json.put("tenant_id", event.workspaceId());
        json.put("subscription_id", subscriptionId.toString());
        json.put("event_id", event.id().toString());
        json.put("status", status);
        json.put("attempts", attempts);
        json.put("next_attempt_time", status.equals("dead") ? null : Times.format(nextTime));
        json.put("last_error", lastError);
        json.set("event", event.json());
        return json;
    }

    /** One delivery for an event and a subscription, however often it is written; it begins with the event's time. */
    static UUID id(UUID eventId, UUID subscriptionId) {
        long mixed = subscriptionId.getMostSignificantBits() * 0x9E37_79B9_7F4A_7C15L
                ^ subscriptionId.getLeastSignificantBits() * 0xC2B2_AE3D_27D4_EB4FL;
        long low = (eventId.getLeastSignificantBits() ^ mixed) & 0x3FFF_FFFF_FFFF_FFFFL;
        return new UUID(eventId.getMostSignificantBits(), low | 0x8000_0000_0000_0000L);
    }
}
