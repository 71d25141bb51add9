package dev.agentplatform.tool;

import java.time.Duration;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * One call as a backend gets it.
 *
 * @param invokeConfig of the version of the tool
 * @param input fits the tool's input schema
 * @param sessionId may be null
 * @param idempotencyKey the same when the call is made again; may be null
 * @param requestId of the request that caused the call; may be null
 */
public record ToolCall(
        String workspaceId,
        JsonNode invokeConfig,
        JsonNode input,
        UUID sessionId,
        Duration timeLimit,
        String idempotencyKey,
        String requestId) {}
