package dev.agentplatform.agent;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.StepRecord;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The steps of an agent's run that called a tool or skill, and what was selected and never called. Pure. */
final class Invocations {
    private static final List<String> SOURCES = List.of("tool:", "skill:");

    /** Type of a step that looks whether a child run can begin. */
    static final String CHECK = "check";

    private static final char AT = '@';

    private Invocations() {}

    /** @param steps all steps of the run, in order @param children its child runs by the number of their step */
    static List<ObjectNode> of(RunRecord run, List<StepRecord> steps, Map<Integer, RunRecord> children) {
        List<ObjectNode> shown = new ArrayList<>();
        Set<String> called = new HashSet<>();
        JsonNode selection = Json.nothing();
        for (StepRecord step : steps) {
            if (step.key().equals(AgentProgram.SELECTION))
                selection = step.output().json();
            String type = type(step);
            if (SOURCES.stream().noneMatch(type::startsWith)) continue;
            called.add(type);
            shown.add(invocation(run, step, type, children.get(step.no())));
        }
        for (JsonNode one : selection.path("capabilities")) {
            Capability capability = Capability.read(one);
            boolean selected = one.path("selected").asBoolean(false);
            if (selected && !called.contains(typeOf(capability))) shown.add(selected(run, capability));
        }
        return shown;
    }

    /** What the step of a call is called. */
    static String typeOf(Capability capability) {
        return capability.source() + ":" + capability.name();
    }

    /** The key of a step that is a child run: the type of such a step says only that. */
    static String keyOf(Capability capability, String key) {
        return typeOf(capability) + AT + key;
    }

    private static String type(StepRecord step) {
        int at = step.key().indexOf(AT);
        boolean refused = step.type().equals(CHECK) && step.status().equals("failed");
        return at > 0 && (step.type().equals("child") || refused) ? step.key().substring(0, at) : step.type();
    }

    private static ObjectNode invocation(RunRecord run, StepRecord step, String type, RunRecord child) {
        int colon = type.indexOf(':');
        ObjectNode json = scoped(run, type.substring(0, colon), type.substring(colon + 1))
                .put("id", Ids.step(run.id(), step.no()).toString())
                .put("step_key", step.key())
                .put("status", status(step.status()));
        json.put("child_run_id", child == null ? null : child.id().toString());
        json.set("input_json", child == null ? step.input() : child.input());
        JsonNode output = step.output().json();
        json.put("output_text", output.path("output_text").asString(null));
        json.set("output_json", output.has("output_json") ? output.get("output_json") : Json.nothing());
        return json.put("error_code", step.errorCode())
                .put("error_message", step.errorMessage())
                .put("started_time", Times.formatOrNull(step.startedTime()))
                .put("finished_time", Times.formatOrNull(step.finishedTime()));
    }

    private static String status(String step) {
        return switch (step) {
            case "completed", "failed", "running" -> step;
            case "pending" -> "running";
            case "cancelled" -> "skipped";
            default -> "selected";
        };
    }

    private static ObjectNode selected(RunRecord run, Capability capability) {
        ObjectNode json = scoped(run, capability.source(), capability.name())
                .putNull("id")
                .putNull("step_key")
                .put("status", run.status().ended() ? "skipped" : "selected");
        for (String field : List.of("input_json", "output_text", "output_json", "error_code", "error_message")) {
            json.putNull(field);
        }
        return json.putNull("started_time").putNull("finished_time");
    }

    private static ObjectNode scoped(RunRecord run, String source, String name) {
        return Json.object()
                .put("workspace_id", run.workspaceId())
                .put("tenant_id", run.workspaceId())
                .put("agent_run_id", run.id().toString())
                .put("source", source)
                .put(source + "_code", name);
    }
}
