package dev.agentplatform.runtime;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.StepRecord;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs and node runs as the API shows them. */
public final class RunJson {
    private RunJson() {}

    public static ObjectNode run(RunRecord run) {
        ObjectNode json = scoped(run.id(), run.workspaceId());
        json.put("app_id", run.metadata().path("app_id").asString(null));
        json.put("app_version_id", run.metadata().path("app_version_id").asString(null));
        json.put("workflow_id", text(run.definitionId()));
        json.put("workflow_version_id", text(run.versionId()));
        json.put("session_id", text(run.sessionId()));
        json.put(
                "parent_run_id", run.parent() == null ? null : text(run.parent().runId()));
        json.put("status", run.status().word());
        json.put("priority", run.options().priority());
        json.put("auto_start", run.options().autoStart());
        json.set("input_json", run.input());
        json.set("output_json", run.output().json());
        json.put("output_text", run.output().text());
        json.put("error_code", run.errorCode());
        json.put("error_message", run.error().path("message").asString(null));
        json.put("failed_node_id", run.error().path("node_id").asString(null));
        json.put("compensated", run.error().path("compensated").asBoolean(false));
        json.set(
                "metadata_json", run.metadata().has("metadata") ? run.metadata().get("metadata") : Json.nothing());
        json.put("created_time", Times.format(run.createdTime()));
        json.put("started_time", Times.formatOrNull(run.startedTime()));
        json.put("finished_time", Times.formatOrNull(run.endedTime()));
        return json;
    }

    static ObjectNode nodeRun(RunRecord run, StepRecord step) {
        ObjectNode json = scoped(Ids.step(run.id(), step.no()), run.workspaceId());
        json.put("run_id", text(run.id()));
        json.put("node_id", step.key());
        json.put("node_type", step.type());
        json.put("status", step.status());
        json.put("attempt", step.attempt());
        json.put("iteration", step.iteration());
        json.put("worker_key", step.workerKey());
        json.put("lease_expire_time", Times.formatOrNull(step.leaseTime()));
        json.set("input_json", step.input());
        json.put("output_text", step.output().text());
        json.set("output_json", step.output().json());
        json.put("error_code", step.errorCode());
        json.put("error_message", step.errorMessage());
        json.put("started_time", Times.formatOrNull(step.startedTime()));
        json.put("finished_time", Times.formatOrNull(step.finishedTime()));
        return json;
    }

    /** The output of a node run, seen as an artifact. */
    static ObjectNode artifact(RunRecord run, StepRecord step) {
        JsonNode content = step.output().json();
        String text = step.output().text();
        int size = (Json.isNothing(content) ? 0 : Json.write(content).length()) + (text == null ? 0 : text.length());
        ObjectNode json = scoped(Ids.step(run.id(), step.no()), run.workspaceId());
        json.put("run_id", text(run.id()));
        json.put("node_run_id", text(Ids.step(run.id(), step.no())));
        json.put("node_id", step.key());
        json.put("artifact_type", Json.isNothing(content) ? "text" : "json");
        json.put("content_text", text);
        json.set("content_json", content);
        json.putNull("storage_uri");
        json.put("size_bytes", size);
        json.put("created_time", Times.formatOrNull(step.finishedTime()));
        return json;
    }

    /** The run itself as a span: the parent of those of its steps. */
    static ObjectNode span(RunRecord run) {
        ObjectNode attributes = Json.object().put("workflow_id", text(run.definitionId()));
        attributes.put("workflow_version_id", text(run.versionId()));
        ObjectNode json =
                span(run.id(), run, "run", "workflow_run", run.status().word(), attributes);
        times(json, run.startedTime(), run.endedTime());
        json.put("error_code", run.errorCode());
        json.put("error_message", run.error().path("message").asString(null));
        json.putNull("parent_span_id");
        return json;
    }

    static ObjectNode span(RunRecord run, StepRecord step) {
        ObjectNode attributes = Json.object().put("node_id", step.key()).put("node_type", step.type());
        attributes.put("attempt", step.attempt()).put("iteration", step.iteration());
        if (step.workerKey() != null) attributes.put("worker_key", step.workerKey());
        UUID id = Ids.step(run.id(), step.no());
        ObjectNode json = span(id, run, "node", step.key(), step.status(), attributes);
        times(json, step.startedTime(), step.finishedTime());
        json.put("error_code", step.errorCode());
        json.put("error_message", step.errorMessage());
        json.put("parent_span_id", text(run.id()));
        return json;
    }

    private static ObjectNode span(
            UUID id, RunRecord run, String type, String name, String status, ObjectNode attributes) {
        ObjectNode json = scoped(id, run.workspaceId());
        json.put("run_id", text(run.id()));
        json.put("span_type", type);
        json.put("name", name);
        json.put("status", status);
        json.set("attributes_json", attributes);
        return json;
    }

    private static void times(ObjectNode json, long started, long ended) {
        json.put("started_time", Times.formatOrNull(started));
        json.put("ended_time", Times.formatOrNull(ended));
        if (started > 0 && ended > 0) json.put("duration_ms", ended - started);
        else json.putNull("duration_ms");
    }

    private static ObjectNode scoped(UUID id, String workspaceId) {
        return Json.object()
                .put("id", text(id))
                .put("workspace_id", workspaceId)
                .put("tenant_id", workspaceId);
    }

    private static String text(UUID id) {
        return id == null ? null : id.toString();
    }
}
