package dev.agentplatform.events;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row of the outbox.
 *
 * @param seq order within the aggregate
 * @param time UTC milliseconds
 * @param payload JSON text, null for none
 */
public record Event(
        UUID id,
        String workspaceId,
        String type,
        String source,
        String aggregateType,
        String aggregateId,
        long seq,
        long time,
        String payload) {

    /** What is sent in order: type and id of the aggregate. */
    public String aggregate() {
        return aggregateType + "/" + aggregateId;
    }

    public JsonNode payloadJson() {
        return Json.parseOrNull(payload);
    }

    /** As clients and subscribers see it. */
    public ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", workspaceId);
        json.put("tenant_id", workspaceId);
        json.put("event_type", type);
        json.put("source_service", source);
        json.put("aggregate_type", aggregateType);
        json.put("aggregate_id", aggregateId);
        json.put("seq", seq);
        json.set("payload_json", payloadJson());
        json.put("event_time", Times.format(time));
        return json;
    }
}
