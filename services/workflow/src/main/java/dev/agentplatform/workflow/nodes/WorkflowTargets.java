package dev.agentplatform.workflow.nodes;

import java.util.UUID;

/** Finds the version of a workflow that a node names. The catalog answers. */
@FunctionalInterface
public interface WorkflowTargets {
    record Version(UUID workflowId, UUID versionId) {}

    /**
     * @param workflow id or code, null when only the version is named
     * @param version id, null or blank for the latest published one
     * @throws dev.agentplatform.kernel.Problem 404 or 409 {@code no_published_version}
     */
    Version resolve(String workspaceId, String workflow, String version);
}
