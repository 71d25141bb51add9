package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.RunStatus;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * A row of {@code run}: what was asked and, once ended, what came of it. Times in UTC milliseconds, 0 when
 * not reached; JSON fields are never null but may be JSON null.
 */
public record RunRecord(
        UUID id,
        String workspaceId,
        String kind,
        UUID definitionId,
        UUID versionId,
        UUID sessionId,
        Parent parent,
        RunStatus status,
        String errorCode,
        long lastSeq,
        long createdTime,
        long startedTime,
        long endedTime,
        JsonNode metadata,
        RunOptions options,
        JsonNode error,
        JsonNode input,
        JsonNode result) {

    /** The step of another run that waits for this one; {@code index} counts among its children. */
    public record Parent(UUID runId, int no, int index) {}

    /** The result as the step that made it left it. */
    public StepOutput output() {
        return StepOutput.of(result);
    }

    RunRecord with(RunStatus newStatus, long newStartedTime) {
        return new RunRecord(
                id,
                workspaceId,
                kind,
                definitionId,
                versionId,
                sessionId,
                parent,
                newStatus,
                errorCode,
                lastSeq,
                createdTime,
                newStartedTime,
                endedTime,
                metadata,
                options,
                error,
                input,
                result);
    }

    RunRecord ended(String code, long seq, long time, JsonNode newError, JsonNode newResult) {
        return new RunRecord(
                id,
                workspaceId,
                kind,
                definitionId,
                versionId,
                sessionId,
                parent,
                status,
                code,
                seq,
                createdTime,
                startedTime,
                time,
                metadata,
                options,
                newError,
                input,
                newResult);
    }
}
