package dev.agentplatform.session;

import java.util.UUID;

/**
 * A wish for a run of a workflow in a session. Time in UTC milliseconds.
 *
 * @param appId the caller's own name; may be null
 * @param appVersionId the caller's own name; may be null
 * @param workflowId may be null when the version is named
 * @param workflowVersionId null: the latest published version
 * @param runId of its run, from the moment it is dispatched; may be null
 */
public record RunRequest(
        UUID id,
        String workspaceId,
        UUID sessionId,
        String appId,
        String appVersionId,
        UUID workflowId,
        UUID workflowVersionId,
        UUID runId,
        Status status,
        long createdTime) {

    /** A failed one, whose run was refused, may be dispatched again. */
    public enum Status {
        PENDING,
        DISPATCHED,
        FAILED
    }

    RunRequest dispatchedAs(UUID newRunId) {
        return new RunRequest(
                id,
                workspaceId,
                sessionId,
                appId,
                appVersionId,
                workflowId,
                workflowVersionId,
                newRunId,
                Status.DISPATCHED,
                createdTime);
    }
}
