package dev.agentplatform.model.usage;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.model.CallOrigin;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row of {@code model_usage}.
 *
 * @param provider its name, {@code default} for the one of the settings
 * @param model the provider's name of it
 * @param operation {@code chat} or {@code embeddings}
 * @param status {@code ok}, {@code cached}, {@code failed} or {@code cancelled}
 * @param errorCode null unless it failed
 * @param estimated true when the provider told no counts
 * @param costMicros millionths of a US dollar, null when no price is known
 */
public record UsageRow(
        UUID id,
        CallOrigin origin,
        String provider,
        String model,
        String operation,
        String status,
        String errorCode,
        boolean streamed,
        long promptTokens,
        long completionTokens,
        boolean estimated,
        Long costMicros,
        long latencyMs,
        long createdTime) {

    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", origin.workspaceId());
        json.put("tenant_id", origin.workspaceId());
        json.put("provider", provider);
        json.put("model", model);
        json.put("operation", operation);
        json.put("status", status);
        json.put("error_code", errorCode);
        json.put("streamed", streamed);
        json.put("user_id", origin.userId());
        json.put("api_key_id", text(origin.apiKeyId()));
        json.put("run_id", text(origin.runId()));
        json.put("step_id", text(origin.stepId()));
        json.put("definition_id", text(origin.definitionId()));
        json.put("prompt_tokens", promptTokens);
        json.put("completion_tokens", completionTokens);
        json.put("total_tokens", promptTokens + completionTokens);
        json.put("estimated", estimated);
        json.put("cost_micros", costMicros);
        json.put("latency_ms", latencyMs);
        json.put("created_time", Times.format(createdTime));
        return json;
    }

    private static String text(UUID id) {
        return id == null ? null : id.toString();
    }
}
