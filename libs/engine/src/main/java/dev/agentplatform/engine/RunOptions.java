package dev.agentplatform.engine;

import dev.agentplatform.kernel.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a run shall execute.
 *
 * @param priority higher goes first within a queue, -100 to 100
 * @param autoStart false: only a caller drives it
 * @param initialNode {@code {node_id, node_type, config?}} to begin with, JSON null for the version's starts
 * @param timeoutMs the run's own time limit, 0 for none
 * @param depth how many runs stand above it
 * @param body path of the loop node whose body this run executes, null for the whole version
 */
public record RunOptions(
        int priority, boolean autoStart, JsonNode initialNode, long timeoutMs, int depth, String body) {
    public static final RunOptions USUAL = new RunOptions(0, true, Json.nothing(), 0, 0, null);
    public static final int DEPTH_MAX = 16;

    boolean mayHaveChildren() {
        return depth < DEPTH_MAX;
    }

    RunOptions at(int newDepth, int newPriority) {
        return new RunOptions(newPriority, autoStart, initialNode, timeoutMs, newDepth, body);
    }

    /** Null when all is as usual, so that most rows carry nothing. */
    String write() {
        if (equals(USUAL)) return null;
        ObjectNode json = Json.object();
        if (priority != 0) json.put("priority", priority);
        if (!autoStart) json.put("auto_start", false);
        if (!Json.isNothing(initialNode)) json.set("initial_node", initialNode);
        if (timeoutMs != 0) json.put("timeout_ms", timeoutMs);
        if (depth != 0) json.put("depth", depth);
        if (body != null) json.put("body", body);
        return Json.write(json);
    }

    static RunOptions read(String text) {
        if (text == null) return USUAL;
        JsonNode json = Json.parse(text);
        return new RunOptions(
                json.path("priority").asInt(0),
                json.path("auto_start").asBoolean(true),
                json.has("initial_node") ? json.get("initial_node") : Json.nothing(),
                json.path("timeout_ms").asLong(0),
                json.path("depth").asInt(0),
                json.has("body") ? json.get("body").asString() : null);
    }
}
