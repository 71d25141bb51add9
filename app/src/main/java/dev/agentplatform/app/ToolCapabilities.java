package dev.agentplatform.app;

import dev.agentplatform.agent.Capability;
import dev.agentplatform.agent.CapabilitySource;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.tool.ToolCalls;
import dev.agentplatform.tool.ToolRequest;
import dev.agentplatform.tool.ToolResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Tools as agents call them. A workflow tool is a child run. */
record ToolCapabilities(ToolCalls calls, WorkflowTools workflows, Ids ids) implements CapabilitySource {
    @Override
    public String name() {
        return "tool";
    }

    @Override
    public Capability find(RunRecord run, String idOrCode) {
        ToolCalls.Described tool = calls.describe(request(run, idOrCode, null, Json.object(), Duration.ZERO, null));
        return new Capability(
                name(),
                Capability.nameOf(tool.code()),
                tool.toolId().toString(),
                tool.versionId().toString(),
                tool.description(),
                tool.inputSchema(),
                tool.isRun(),
                false);
    }

    @Override
    public JsonNode invoke(Use use) throws InterruptedException {
        return switch (calls.invoke(request(use))) {
            case ToolResult.Done done -> {
                var answer = Json.object().put("output_text", done.text());
                yield answer.set("output_json", done.value());
            }
            case ToolResult.Failed failed -> throw new Problem(422, failed.code(), failed.message());
            case ToolResult.Running running -> throw new Problem(504, "timeout", "The tool was not done in time.");
        };
    }

    @Override
    public Submission childRun(Use use) {
        return workflows.child(ids.nextRun(), calls.callOf(request(use)));
    }

    private static ToolRequest request(Use use) {
        Capability tool = use.capability();
        UUID version = UUID.fromString(tool.versionId());
        return request(use.run(), tool.definitionId(), version, use.input(), use.timeLimit(), use.idempotencyKey());
    }

    private static ToolRequest request(
            RunRecord run, String tool, UUID version, JsonNode input, Duration timeLimit, String idempotencyKey) {
        return new ToolRequest(
                run.workspaceId(),
                tool,
                version,
                null,
                input,
                Json.object(),
                scopes(run),
                run.sessionId(),
                timeLimit,
                idempotencyKey,
                null);
    }

    private static List<ToolRequest.Scope> scopes(RunRecord run) {
        List<ToolRequest.Scope> scopes = new ArrayList<>();
        if (run.sessionId() != null)
            scopes.add(new ToolRequest.Scope("session", run.sessionId().toString()));
        scopes.add(new ToolRequest.Scope("agent", run.definitionId().toString()));
        String app = run.metadata().path("app_id").asString("");
        if (!app.isEmpty()) scopes.add(new ToolRequest.Scope("app", app));
        return scopes;
    }
}
