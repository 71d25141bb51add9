package dev.agentplatform.workflow;

import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * One version of an app. Time in UTC milliseconds.
 *
 * @param appId the caller's own name of the app
 * @param versionNo counts up from 1 within its app
 * @param workflowVersionId may be null
 * @param config an object, or JSON null
 * @param status {@code draft}, {@code published} or {@code archived}
 */
public record AppVersion(
        UUID id,
        String workspaceId,
        String appId,
        int versionNo,
        UUID workflowVersionId,
        JsonNode config,
        String status,
        long createdTime) {}
