package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A wish to call a tool.
 *
 * @param tool id or code; null when a binding or a version is named
 * @param versionId null for the binding's, or the latest published one
 * @param bindingId null for the most specific one of {@code scopes}
 * @param config what this call adds to the request of an HTTP tool
 * @param scopes what the call is in, besides its workspace
 * @param sessionId for runs of workflow tools; may be null
 * @param idempotencyKey may be null
 * @param requestId may be null
 */
public record ToolRequest(
        String workspaceId,
        String tool,
        UUID versionId,
        UUID bindingId,
        JsonNode input,
        ObjectNode config,
        List<Scope> scopes,
        UUID sessionId,
        Duration timeLimit,
        String idempotencyKey,
        String requestId) {

    /** What a call is in: {@code agent a1}, {@code session s1}. */
    public record Scope(String type, String id) {}

    public ToolRequest {
        input = Json.isNothing(input) ? Json.object() : input;
        scopes = List.copyOf(scopes);
    }
}
