package dev.agentplatform.human;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.Locale;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row of {@code human_task}. Times in UTC milliseconds, 0 when there is none; JSON is never null but may
 * be JSON null; texts may be null.
 *
 * @param no number of the step that waits for it within {@code runId}, 0 when the task stands alone
 */
public record HumanTask(
        UUID id,
        String workspaceId,
        String runId,
        int no,
        String nodeRunId,
        String taskType,
        String title,
        String assignedTo,
        Status status,
        String claimedBy,
        String completedBy,
        long dueTime,
        long escalatedTime,
        JsonNode request,
        JsonNode form,
        JsonNode response,
        long createdTime,
        long completedTime) {

    /** Open and claimed tasks wait; the others have ended for good. */
    public enum Status {
        OPEN,
        CLAIMED,
        APPROVED,
        REJECTED,
        COMPLETED,
        CANCELLED,
        EXPIRED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Status of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }

        public boolean waiting() {
            return this == OPEN || this == CLAIMED;
        }

        /** Given by a person, in contrast to a task that was withdrawn. */
        public boolean answered() {
            return this == APPROVED || this == REJECTED || this == COMPLETED;
        }
    }

    static HumanTask open(
            UUID id, String workspaceId, String runId, int no, String nodeRunId, Question question, long createdTime) {
        return new HumanTask(
                id,
                workspaceId,
                runId,
                no,
                nodeRunId,
                question.taskType(),
                question.title(),
                question.assignedTo(),
                Status.OPEN,
                null,
                null,
                question.dueTime(),
                0,
                question.request(),
                question.form(),
                Json.nothing(),
                createdTime,
                0);
    }

    /** What is asked of whom until when; {@code assignedTo} may be null, {@code dueTime} 0. */
    record Question(String taskType, String title, String assignedTo, long dueTime, JsonNode request, JsonNode form) {}

    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", workspaceId);
        json.put("tenant_id", workspaceId);
        json.put("run_id", runId);
        json.put("node_run_id", nodeRunId);
        json.put("task_type", taskType);
        json.put("title", title);
        json.put("assigned_to", assignedTo);
        json.put("status", status.word());
        json.put("claimed_by", claimedBy);
        json.put("completed_by", completedBy);
        json.put("due_time", Times.formatOrNull(dueTime));
        json.put("escalated_time", Times.formatOrNull(escalatedTime));
        json.set("request_payload_json", request);
        json.set("form_schema_json", form);
        json.set("response_payload_json", response);
        json.put("created_time", Times.format(createdTime));
        json.put("completed_time", Times.formatOrNull(completedTime));
        return json;
    }
}
