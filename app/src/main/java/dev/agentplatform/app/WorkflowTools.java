package dev.agentplatform.app;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.tool.ToolBackend;
import dev.agentplatform.tool.ToolCall;
import dev.agentplatform.tool.ToolResult;
import dev.agentplatform.workflow.compile.WorkflowKind;
import dev.agentplatform.workflow.nodes.WorkflowTargets;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tools that are workflows: the tool room knows no workflows, and the workflow room no tools. */
final class WorkflowTools implements ToolBackend {
    private final WorkflowTargets targets;
    private final Supplier<Engine> engine;
    private final Ids ids;

    /** @param engine is asked when a tool is called; it is made after the node types */
    WorkflowTools(WorkflowTargets targets, Supplier<Engine> engine, Ids ids) {
        this.targets = targets;
        this.engine = engine;
        this.ids = ids;
    }

    /** The run that a call is. */
    Submission child(UUID runId, ToolCall call) {
        JsonNode config = call.invokeConfig();
        String workflow = config.has("workflow_id") ? text(config, "workflow_id") : text(config, "workflow_code");
        WorkflowTargets.Version version =
                targets.resolve(call.workspaceId(), workflow, text(config, "workflow_version_id"));
        return new Submission(
                runId,
                call.workspaceId(),
                WorkflowKind.NAME,
                version.workflowId(),
                version.versionId(),
                call.sessionId(),
                call.input(),
                Json.nothing(),
                RunOptions.USUAL,
                null);
    }

    private static String text(JsonNode config, String field) {
        return config.path(field).asString(null);
    }

    /** Starts the run and waits for it, at most for the time limit; it goes on without us. */
    @Override
    public ToolResult invoke(ToolCall call) throws InterruptedException {
        UUID runId = ids.nextRun();
        engine.get().submit(child(runId, call));
        RunRecord run = engine.get()
                .awaitEnd(call.workspaceId(), runId, call.timeLimit().toMillis())
                .orElse(null);
        ObjectNode output = Json.object().put("run_id", runId.toString());
        if (run == null || !run.status().ended()) return new ToolResult.Running(output.put("status", "running"));
        output.put("status", run.status().word());
        if (run.status() != RunStatus.COMPLETED) {
            String code = run.errorCode() == null ? "" : ": " + run.errorCode();
            return new ToolResult.Failed(
                    "run_failed", "The run is " + run.status().word() + code + ".", true, output);
        }
        JsonNode value = run.output().json();
        output.set("result", value);
        return new ToolResult.Done(output, value, run.output().text());
    }
}
