package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.RunStatus;
import java.util.UUID;

/** Which runs to list; null fields do not filter. {@code children}: those started by other runs too. */
public record RunFilter(
        String workspaceId,
        String kind,
        UUID definitionId,
        UUID versionId,
        UUID sessionId,
        UUID parentRunId,
        RunStatus status,
        boolean children) {
    public static RunFilter of(String workspaceId, String kind) {
        return new RunFilter(workspaceId, kind, null, null, null, null, null, false);
    }
}
