package dev.agentplatform.scheduler;

import dev.agentplatform.kernel.Json;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a job's task knows: enough to fire without reading anything.
 *
 * @param due the time it is due next, 0 for none; kept here since the task's own time moves
 * @param wakes calls that were answered
 * @param pending firings may wait in the table
 * @param held the firing that a caller does, null for none
 * @param heldUntil when that caller has lost it
 */
record JobState(Job job, long due, long wakes, boolean pending, UUID held, long heldUntil) {

    static JobState of(Job job, long due) {
        return new JobState(job, due, 0, true, null, 0);
    }

    JobState next(long newDue, boolean newPending, long newWakes) {
        return new JobState(job, newDue, newWakes, newPending, null, 0);
    }

    JobState held(UUID firing, long until) {
        return new JobState(job, due, wakes, pending, firing, until);
    }

    String write() {
        ObjectNode json = Json.object();
        json.put("due", due);
        json.put("wakes", wakes);
        json.put("pending", pending);
        if (held != null) json.put("held", held.toString()).put("held_until", heldUntil);
        json.put("workspace_id", job.workspaceId());
        json.put("id", job.id().toString());
        json.put("type", job.type());
        json.set("schedule", job.schedule().json());
        json.set("payload", job.payload());
        json.put("misfire", job.misfire());
        json.put("max_attempts", job.maxAttempts());
        return Json.write(json);
    }

    /** The job in it has no name and no times: what firing needs, no more. */
    static JobState read(String text) {
        JsonNode json = Json.parse(text);
        Job job = new Job(
                UUID.fromString(json.get("id").asString()),
                json.get("workspace_id").asString(),
                "",
                json.get("type").asString(),
                Job.ACTIVE,
                Schedule.read(json.get("schedule")),
                json.path("payload"),
                json.get("misfire").asString(),
                json.get("max_attempts").asInt(),
                null,
                0,
                0,
                0,
                0);
        UUID held = json.has("held") ? UUID.fromString(json.get("held").asString()) : null;
        return new JobState(
                job,
                json.path("due").asLong(),
                json.path("wakes").asLong(),
                json.path("pending").asBoolean(),
                held,
                json.path("held_until").asLong());
    }
}
