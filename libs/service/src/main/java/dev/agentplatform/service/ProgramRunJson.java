package dev.agentplatform.service;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs of programs as the API shows them. The result of a program is an object with {@code output_text} and more. */
public final class ProgramRunJson {
    private ProgramRunJson() {}

    public static ObjectNode show(RunRecord run, RunnableKind kind) {
        RunInput input = RunInput.of(run.input());
        JsonNode result = run.output().json();
        ObjectNode json = Json.object()
                .put("id", run.id().toString())
                .put("workspace_id", run.workspaceId())
                .put("tenant_id", run.workspaceId())
                .put("app_id", run.metadata().path("app_id").asString(null))
                .put(kind.definitions().idField(), text(run.definitionId()))
                .put(kind.definitions().versionIdField(), text(run.versionId()))
                .put("session_id", text(run.sessionId()))
                .put(
                        "parent_run_id",
                        run.parent() == null ? null : text(run.parent().runId()))
                .put("status", run.status().word())
                .put("priority", run.options().priority())
                .put("auto_start", run.options().autoStart())
                .put("dry_run", ProgramRuns.isDry(run))
                .put("input_text", input.text());
        json.set("input_json", input.json());
        json.put("output_text", result.path("output_text").asString(null));
        JsonNode output = result.path("output_json");
        json.set("output_json", output.isMissingNode() ? Json.nothing() : output);
        json.put("error_code", run.errorCode())
                .put("error_message", run.error().path("message").asString(null));
        JsonNode metadata = run.metadata().path("metadata");
        json.set("metadata_json", metadata.isMissingNode() ? Json.nothing() : metadata);
        json.put("created_time", Times.format(run.createdTime()))
                .put("started_time", Times.formatOrNull(run.startedTime()))
                .put("finished_time", Times.formatOrNull(run.endedTime()));
        kind.show(run, json);
        return json;
    }

    private static String text(UUID id) {
        return id == null ? null : id.toString();
    }
}
