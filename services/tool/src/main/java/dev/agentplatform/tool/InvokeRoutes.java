package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Range;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /tools/{id}/invoke}: tries a tool. */
final class InvokeRoutes {
    private static final double SECONDS_DEFAULT = 30;

    private final ToolCalls calls;
    private final Clock clock;

    record InvokeBody(
            @Alias("input") @Doc("Must fit the tool's input schema")
            JsonNode inputJson,

            @Alias("tool_binding_id") @Doc("By default the most specific binding that fits")
            UUID bindingId,

            @Doc("By default the binding's, or the latest published one")
            UUID toolVersionId,

            @Alias("config") @Doc("url, path, query, headers, body of this one call")
            ObjectNode configJson,

            @Alias("scope") @Doc("What the call is in: {\"agent\":\"a1\"}")
            ObjectNode scopeJson,

            @Range(min = 0, max = 120) @Doc("30 by default") Double timeoutSeconds) {}

    InvokeRoutes(ToolCalls calls, Clock clock) {
        this.calls = calls;
        this.clock = clock;
    }

    void addTo(Routes routes) {
        routes.post("/tools/{id}/invoke", "Calls a tool once; status says what came of it")
                .body(InvokeBody.class)
                .handle(this::invoke);
    }

    private Reply invoke(Request request) throws InterruptedException {
        InvokeBody body = request.body(InvokeBody.class);
        UUID tool = request.id("id");
        double seconds = body.timeoutSeconds() == null ? SECONDS_DEFAULT : body.timeoutSeconds();
        ToolRequest asked = new ToolRequest(
                ToolRoutes.workspace(request),
                tool.toString(),
                body.toolVersionId(),
                body.bindingId(),
                body.inputJson(),
                body.configJson() == null ? Json.object() : body.configJson(),
                scopes(body.scopeJson()),
                null,
                Duration.ofMillis(Math.max(1, (long) (seconds * 1_000))),
                request.header("Idempotency-Key").orElse(null),
                request.requestId());
        long began = clock.millis();
        ToolResult result = calls.invoke(asked);
        ObjectNode json = ToolRoutes.object(asked.workspaceId()).put("tool_id", tool.toString());
        show(json, result);
        return Reply.of(200, json.put("duration_ms", Math.max(0, clock.millis() - began)));
    }

    private static List<ToolRequest.Scope> scopes(ObjectNode written) {
        List<ToolRequest.Scope> scopes = new ArrayList<>();
        if (written == null) return scopes;
        for (Map.Entry<String, JsonNode> scope : written.properties()) {
            String place = "scope_json." + scope.getKey();
            if (!ToolScope.TYPES.contains(scope.getKey())) throw Problem.invalid(place, "is no type of a scope");
            if (!scope.getValue().isString()) throw Problem.invalid(place, "must be a text");
            scopes.add(new ToolRequest.Scope(scope.getKey(), scope.getValue().stringValue()));
        }
        return scopes;
    }

    private static void show(ObjectNode json, ToolResult result) {
        switch (result) {
            case ToolResult.Done done -> json.put("status", "completed").put("output_text", done.text());
            case ToolResult.Running running -> json.put("status", "running").putNull("output_text");
            case ToolResult.Failed failed -> {
                json.put("status", "failed").putNull("output_text");
                json.putObject("error")
                        .put("code", failed.code())
                        .put("message", failed.message())
                        .put("retryable", failed.retryable());
            }
        }
        json.set("output_json", result.output());
    }
}
