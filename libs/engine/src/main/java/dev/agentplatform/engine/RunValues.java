package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.Control;
import dev.agentplatform.engine.graph.ControlText;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.Scope;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The data that a graph's nodes see: variables and the latest output of each node. Immutable: every change
 * makes a new value, so that work in flight keeps the view it began with.
 *
 * @param state variables set by assigners
 * @param nodes {@code {<id>: {output, text}}}
 */
record RunValues(ObjectNode state, ObjectNode nodes, JsonNode secrets) {

    static RunValues empty(JsonNode secrets) {
        return new RunValues(Json.object(), Json.object(), secrets);
    }

    RunValues withOutput(String nodeId, StepOutput output) {
        ObjectNode node = Json.object();
        node.set("output", output.json());
        node.set("text", Json.text(output.text()));
        ObjectNode next = Json.object();
        next.setAll(nodes);
        next.set(nodeId, node);
        return new RunValues(state, next, secrets);
    }

    RunValues withState(ObjectNode updates) {
        ObjectNode next = Json.object();
        next.setAll(state);
        next.setAll(updates);
        return new RunValues(next, nodes, secrets);
    }

    /** Characters that the variables take in the task row. */
    int stateSize() {
        return Json.write(state).length();
    }

    StepOutput output(String nodeId) {
        JsonNode node = nodes.path(nodeId);
        JsonNode text = node.path("text");
        return new StepOutput(
                node.has("output") ? node.get("output") : Json.nothing(), text.isString() ? text.asString() : null);
    }

    /** What a failed node shows to the nodes that go on behind it. */
    static StepOutput error(String code, String message, StepOutput output) {
        ObjectNode shown = Json.object();
        ObjectNode error = shown.putObject("error");
        error.put("code", code);
        error.put("message", message);
        if (!Json.isNothing(output.json())) error.set("output", output.json());
        return new StepOutput(shown, null);
    }

    static String errorJson(String code, String message, String nodeId, boolean compensated) {
        ObjectNode error = Json.object();
        error.put("code", code);
        if (message != null) error.put("message", message);
        if (nodeId != null) error.put("node_id", nodeId);
        error.put("compensated", compensated);
        return Json.write(error);
    }

    /** Text for {@code task.state}: variables and control; outputs are in the journal. */
    String write(Control control) {
        StringBuilder out = new StringBuilder(512).append("{\"c\":").append(ControlText.write(control));
        if (!state.isEmpty()) out.append(",\"v\":").append(Json.write(state));
        return out.append('}').toString();
    }

    Scope scope(RunRecord run, String nodeId) {
        return name -> switch (name) {
            case "state" -> state;
            case "nodes" -> nodes;
            case "input" -> inBody(run) ? run.input().path("input") : run.input();
            case "current" -> Json.object().put("node_id", nodeId);
            case "run" -> Json.object().put("id", run.id().toString());
            case "session" ->
                Json.object()
                        .put(
                                "id",
                                run.sessionId() == null ? null : run.sessionId().toString());
            case "workspace" -> Json.object().put("id", run.workspaceId());
            case "secrets" -> secrets;
            // The body of a loop sees its element by name.
            case "item", "index" -> inBody(run) ? run.input().path(name) : Json.nothing();
            default -> Json.nothing();
        };
    }

    private static boolean inBody(RunRecord run) {
        return run.options().body() != null;
    }
}
