package dev.agentplatform.tool;

import dev.agentplatform.engine.Arrival;
import dev.agentplatform.engine.NodeConfig;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.tool.ToolCalls.Prepared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code tool}: calls the tool of {@code tool_binding_id}, {@code tool_id} or {@code tool_code} with {@code input_json}.
 * The other fields, and those of {@code config_json}, add to the request of an HTTP tool.
 *
 * <p>A workflow tool is a child run, and holds nothing meanwhile.
 */
public final class ToolNode implements NodeType {
    private static final List<String> REQUEST_FIELDS =
            List.of("url", "base_url", "path", "method", "query", "headers", "body", "body_format", "accept_status");

    private final ToolCalls calls;
    private final ChildRuns children;

    ToolNode(ToolCalls calls, ChildRuns children) {
        this.calls = calls;
        this.children = children;
    }

    @Override
    public String name() {
        return "tool";
    }

    @Override
    public boolean effect() {
        return true;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        List<String> fields = new ArrayList<>(REQUEST_FIELDS);
        fields.addAll(List.of(
                "tool_binding_id",
                "binding_id",
                "tool_id",
                "tool_code",
                "tool_version_id",
                "input_json",
                "input",
                "config_json",
                "config"));
        CompiledTree tree = CompiledTree.parse(NodeConfig.only(config, fields.toArray(String[]::new)));
        return new Calling(calls, children, tree, NodeConfig.timeLimit(config));
    }

    private record Calling(ToolCalls calls, ChildRuns children, CompiledTree config, Duration timeLimit)
            implements NodeWork {
        @Override
        public Outcome execute(NodeContext context) throws InterruptedException {
            Prepared prepared = calls.prepare(request(context, config.resolve(context.scope()), timeLimit));
            if (prepared.version().type() == ToolType.WORKFLOW) return child(context, prepared);
            return outcome(calls.execute(prepared), prepared.request().input());
        }

        private Outcome child(NodeContext context, Prepared prepared) {
            Outcome.ChildRun child =
                    new Outcome.ChildRun(children.of(context.ids().nextRun(), prepared.call()), 0);
            return new Outcome.Wait("child", 0, prepared.shown(), List.of(child), List.of());
        }

        @Override
        public Outcome resume(NodeContext context, Arrival arrival) {
            NodeContext.ChildResult child = context.results().get().getFirst();
            ObjectNode output = Json.object();
            output.setAll((ObjectNode) context.note());
            output.put("run_id", child.runId().toString()).put("status", child.status());
            if (child.completed()) {
                output.set("result", child.output().json());
                return Outcome.done(output, child.output().text());
            }
            String code = child.errorCode() == null ? child.status() : child.errorCode();
            String message = "The child run is " + child.status() + ": " + code;
            return new Outcome.Fail("child_failed", message, true, output, Json.nothing());
        }
    }

    private static ToolRequest request(NodeContext context, JsonNode config, Duration timeLimit) {
        String tool = NodeConfig.text(NodeConfig.first(config, "tool_id", "tool_code"))
                .strip();
        JsonNode input = NodeConfig.tree("input_json", NodeConfig.first(config, "input_json", "input"));
        ObjectNode added = Json.object();
        JsonNode inner = NodeConfig.tree("config_json", NodeConfig.first(config, "config_json", "config"));
        if (inner instanceof ObjectNode object) added.setAll(object);
        else if (!Json.isNothing(inner)) throw Problem.invalid("config_json", "must be an object");
        added.setAll(NodeConfig.only(config, REQUEST_FIELDS.toArray(String[]::new)));
        return new ToolRequest(
                context.run().workspaceId(),
                tool.isEmpty() ? null : tool,
                id(config, "tool_version_id"),
                id(config, "tool_binding_id", "binding_id"),
                input,
                added,
                scopes(context),
                context.run().sessionId(),
                timeLimit,
                context.idempotencyKey(),
                null);
    }

    private static List<ToolRequest.Scope> scopes(NodeContext context) {
        List<ToolRequest.Scope> scopes = new ArrayList<>();
        UUID session = context.run().sessionId();
        if (session != null) scopes.add(new ToolRequest.Scope("session", session.toString()));
        UUID workflow = context.run().definitionId();
        if (workflow != null) scopes.add(new ToolRequest.Scope("workflow", workflow.toString()));
        String app = context.run().metadata().path("app_id").asString("");
        if (!app.isEmpty()) scopes.add(new ToolRequest.Scope("app", app));
        return scopes;
    }

    private static UUID id(JsonNode config, String... names) {
        String text = NodeConfig.text(NodeConfig.first(config, names)).strip();
        if (text.isEmpty()) return null;
        return Ids.parse(text)
                .orElseThrow(() -> Problem.notFound(names[0].replace("_id", "").replace('_', ' '), text));
    }

    private static Outcome outcome(ToolResult result, JsonNode input) {
        return switch (result) {
            case ToolResult.Done done -> new Outcome.Done(done.output(), done.text(), null, null, input, List.of());
            case ToolResult.Failed failed ->
                new Outcome.Fail(failed.code(), failed.message(), failed.retryable(), failed.output(), input);
            case ToolResult.Running running ->
                new Outcome.Fail("timeout", "The tool was not done in time.", true, running.output(), input);
        };
    }
}
