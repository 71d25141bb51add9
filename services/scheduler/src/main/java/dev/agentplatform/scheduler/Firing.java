package dev.agentplatform.scheduler;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One time that a job was due, and what came of it. Times in UTC milliseconds, 0 when there is none; texts may be null.
 *
 * @param cause {@code schedule, manual, backfill} or {@code event}
 * @param status {@code pending, claimed, completed, failed} or {@code skipped}
 * @param retryTime when a pending one is tried, or a claimed one is lost
 */
record Firing(
        UUID id,
        String workspaceId,
        UUID jobId,
        String cause,
        long dueTime,
        String status,
        int attempts,
        long retryTime,
        UUID runId,
        String workerKey,
        String error,
        long finishedTime,
        JsonNode result,
        JsonNode event) {

    /** One for each time that a job is due, however often it is written; ids sort by that time. */
    static UUID id(UUID jobId, long due) {
        long low = (jobId.getMostSignificantBits() * 0x9E37_79B9_7F4A_7C15L ^ jobId.getLeastSignificantBits())
                & 0x3FFF_FFFF_FFFF_FFFFL;
        return new UUID((due << 16) | 0x7000 | (low & 0xFFF), low | 0x8000_0000_0000_0000L);
    }

    static Firing due(Job job, String cause, long due) {
        return new Firing(
                id(job.id(), due),
                job.workspaceId(),
                job.id(),
                cause,
                due,
                "pending",
                0,
                due,
                null,
                null,
                null,
                0,
                Json.nothing(),
                Json.nothing());
    }

    Firing identified(UUID newId, JsonNode newEvent) {
        return new Firing(
                newId,
                workspaceId,
                jobId,
                cause,
                dueTime,
                status,
                attempts,
                retryTime,
                null,
                null,
                null,
                0,
                result,
                newEvent);
    }

    Firing done(long now, UUID run, JsonNode newResult) {
        return new Firing(
                id,
                workspaceId,
                jobId,
                cause,
                dueTime,
                "completed",
                attempts + 1,
                0,
                run,
                workerKey,
                null,
                now,
                newResult,
                event);
    }

    /** @param retryAt 0 when it is not tried again */
    Firing failed(long now, String newError, long retryAt) {
        return new Firing(
                id,
                workspaceId,
                jobId,
                cause,
                dueTime,
                retryAt > 0 ? "pending" : "failed",
                attempts + 1,
                retryAt,
                null,
                null,
                newError,
                retryAt > 0 ? 0 : now,
                result,
                event);
    }

    Firing skipped(long now) {
        return new Firing(
                id, workspaceId, jobId, cause, dueTime, "skipped", 0, 0, null, null, null, now, result, event);
    }

    Firing claimed(String worker, long until) {
        return new Firing(
                id,
                workspaceId,
                jobId,
                cause,
                dueTime,
                "claimed",
                attempts,
                until,
                null,
                worker,
                error,
                0,
                result,
                event);
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", workspaceId);
        json.put("tenant_id", workspaceId);
        json.put("job_id", jobId.toString());
        json.put("cause", cause);
        json.put("due_time", Times.format(dueTime));
        json.put("status", status);
        json.put("attempts", attempts);
        json.put("run_id", runId == null ? null : runId.toString());
        json.put("worker_key", workerKey);
        json.put("lease_expire_time", status.equals("claimed") ? Times.formatOrNull(retryTime) : null);
        json.put("next_attempt_time", status.equals("pending") ? Times.formatOrNull(retryTime) : null);
        json.put("error_message", error);
        json.put("finished_time", Times.formatOrNull(finishedTime));
        json.set("result_json", result);
        json.set("event_json", event);
        return json;
    }
}
