package dev.agentplatform.scheduler;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.queue.ActorTable.Actor;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row of {@code scheduled_job}. Times in UTC milliseconds, 0 when there is none.
 *
 * @param status {@code active, paused, completed} or {@code failed}
 * @param misfire {@code fire_once} or {@code skip}
 * @param subscriptionId of a job on events, null for others and while it is paused
 */
record Job(
        UUID id,
        String workspaceId,
        String name,
        String type,
        String status,
        Schedule schedule,
        JsonNode payload,
        String misfire,
        int maxAttempts,
        UUID subscriptionId,
        long nextTime,
        long lastTime,
        long createdTime,
        long updatedTime) {
    static final String TASK_KIND = "schedule";
    /** Above every priority of runs; see the dispatcher's services. */
    static final int PRIORITY = 1_002;

    static final String ACTIVE = "active";
    static final String PAUSED = "paused";
    static final String COMPLETED = "completed";
    static final String FAILED = "failed";

    Actor actor() {
        return new Actor(id, TASK_KIND, workspaceId, PRIORITY);
    }

    boolean skipsMisfires() {
        return misfire.equals("skip");
    }

    Job with(String newStatus, UUID newSubscription, long newNextTime, long now) {
        return new Job(
                id,
                workspaceId,
                name,
                type,
                newStatus,
                schedule,
                payload,
                misfire,
                maxAttempts,
                newSubscription,
                newNextTime,
                lastTime,
                createdTime,
                now);
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", workspaceId);
        json.put("tenant_id", workspaceId);
        json.put("name", name);
        json.put("job_type", type);
        json.put("status", status);
        json.setAll(schedule.json());
        json.set("payload_json", payload);
        json.put("misfire", misfire);
        json.put("max_attempts", maxAttempts);
        json.put("next_fire_time", Times.formatOrNull(nextTime));
        json.put("last_fire_time", Times.formatOrNull(lastTime));
        json.put("created_time", Times.format(createdTime));
        json.put("updated_time", Times.format(updatedTime));
        return json;
    }
}
