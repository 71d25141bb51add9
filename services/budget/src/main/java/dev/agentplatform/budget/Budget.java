package dev.agentplatform.budget;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row of {@code budget}.
 *
 * @param code the caller's own name for it, null for none
 * @param pauses true: a run waits for a person to raise it; false: its step fails
 * @param assignedTo who may raise it when a run asks, null for everybody who may change budgets
 */
record Budget(
        UUID id,
        String workspaceId,
        String code,
        Scope scope,
        Limit limit,
        Period period,
        boolean pauses,
        String assignedTo,
        long createdTime,
        long updatedTime) {

    String onExceed() {
        return pauses ? "pause" : "stop";
    }

    String name() {
        return code == null ? id.toString() : code;
    }

    /** Without what was used. */
    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", workspaceId);
        json.put("tenant_id", workspaceId);
        json.put("code", code);
        json.put("scope_type", scope.type());
        json.put("scope_id", scope.id() == null ? workspaceId : scope.id());
        json.set("limit", limit.json());
        json.put("period", period.word());
        json.put("on_exceed", onExceed());
        json.put("assigned_to", assignedTo);
        json.put("created_time", Times.format(createdTime));
        json.put("updated_time", Times.format(updatedTime));
        return json;
    }
}
