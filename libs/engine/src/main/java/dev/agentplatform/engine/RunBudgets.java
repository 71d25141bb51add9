package dev.agentplatform.engine;

import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Limits that a request for a run brings along. */
@FunctionalInterface
public interface RunBudgets {
    /**
     * Writes the limit in the transaction that makes the run.
     *
     * @param json the request's {@code budget_json}
     * @throws dev.agentplatform.kernel.Problem 422 that names the field
     */
    Engine.Alongside of(String workspaceId, UUID runId, JsonNode json);

    /** {@code first}, then the limit; either may be missing. @param first may be null @param json null for no limit */
    default Engine.Alongside after(Engine.Alongside first, String workspaceId, UUID runId, JsonNode json) {
        if (json == null || json.isNull() || json.isMissingNode()) return first;
        Engine.Alongside limit = of(workspaceId, runId, json);
        if (first == null) return limit;
        return sql -> {
            first.write(sql);
            limit.write(sql);
        };
    }
}
