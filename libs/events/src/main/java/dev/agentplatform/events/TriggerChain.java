package dev.agentplatform.events;

import dev.agentplatform.kernel.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who triggered whom. Runs that an event started say so in their metadata, and their own events carry it on: so a
 * trigger does not feed itself, and a chain of triggers comes to an end.
 */
public final class TriggerChain {
    public static final int DEPTH_MAX = 8;

    private TriggerChain() {}

    /** Whether the event is of a run that this subscription has started. */
    public static boolean feedsItself(Subscription subscription, Event event) {
        return cause(event)
                .path("subscription_id")
                .asString("")
                .equals(subscription.id().toString());
    }

    public static boolean tooLong(Event event) {
        return cause(event).path("depth").asInt(0) >= DEPTH_MAX;
    }

    /** The {@code metadata_json} of a run that this event starts. */
    public static ObjectNode metadata(Subscription subscription, Event event) {
        ObjectNode cause = Json.object();
        cause.put("subscription_id", subscription.id().toString());
        cause.put("event_id", event.id().toString());
        cause.put("depth", cause(event).path("depth").asInt(0) + 1);
        ObjectNode metadata = Json.object();
        metadata.set("trigger", cause);
        return metadata;
    }

    private static JsonNode cause(Event event) {
        return event.payloadJson().path("metadata_json").path("metadata").path("trigger");
    }
}
