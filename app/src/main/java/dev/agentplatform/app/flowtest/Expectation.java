package dev.agentplatform.app.flowtest;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.web.OneOf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Compares a run that ended with what a test wants of it. Pure. */
final class Expectation {
    /**
     * @param path ids of the nodes that were executed, in order; a list inside it is a group in any order
     * @param executed ids that must be among them
     * @param skipped ids of nodes that must have been skipped
     * @param output fields that the result must have; lists must be of the same length
     * @param exactOutput the whole result
     * @param answer the text of the result
     * @param error its {@code code, node} and a part of its {@code message}, of a run that failed
     * @param nodes by id: {@code status, attempts} and parts of {@code input} and {@code output} of the last execution
     */
    record Wanted(
            @OneOf({"completed", "failed", "cancelled", "timed_out"})
            String status,

            List<JsonNode> path,
            List<String> executed,
            List<String> skipped,
            JsonNode output,
            JsonNode exactOutput,
            String answer,
            Failure error,
            Map<String, Node> nodes) {}

    record Failure(String code, String node, String message) {}

    record Node(String status, Integer attempts, JsonNode input, JsonNode output) {}

    private final List<String> differences = new ArrayList<>();

    private Expectation() {}

    /** One sentence for each difference; empty when all is as wanted. @param steps node runs, in order */
    static List<String> differences(Wanted wanted, JsonNode run, List<JsonNode> steps) {
        Expectation found = new Expectation();
        found.run(wanted, run);
        found.path(wanted, steps);
        if (wanted.nodes() != null) wanted.nodes().forEach((id, node) -> found.node(id, node, steps));
        return found.differences;
    }

    private void run(Wanted wanted, JsonNode run) {
        String status = wanted.status() != null ? wanted.status() : wanted.error() == null ? "completed" : "failed";
        String is = run.path("status").asString();
        if (!status.equals(is)) {
            String why =
                    run.path("error_message").asString(run.path("error_code").asString(""));
            String at = run.path("failed_node_id").asString("");
            differences.add("status: expected " + status + ", was " + is + (at.isEmpty() ? "" : " at node " + at)
                    + (why.isEmpty() ? "" : ": " + why));
        }
        JsonNode output = run.path("output_json");
        if (wanted.output() != null) part("output", wanted.output(), output);
        if (wanted.exactOutput() != null && !wanted.exactOutput().equals(output)) {
            differ("output", wanted.exactOutput(), output);
        }
        if (wanted.answer() != null) text("answer", wanted.answer(), run.path("output_text"));
        if (wanted.error() == null) return;
        text("error.code", wanted.error().code(), run.path("error_code"));
        text("error.node", wanted.error().node(), run.path("failed_node_id"));
        String message = run.path("error_message").asString("");
        if (wanted.error().message() != null && !message.contains(wanted.error().message())) {
            differ("error.message", Json.text(wanted.error().message()), Json.text(message));
        }
    }

    private void text(String what, String wanted, JsonNode is) {
        if (wanted != null && !wanted.equals(is.asString(null))) differ(what, Json.text(wanted), is);
    }

    private void path(Wanted wanted, List<JsonNode> steps) {
        // A further attempt is no further step of the path.
        List<String> executed = steps.stream()
                .filter(step ->
                        !status(step).equals("skipped") && step.path("attempt").asInt(1) <= 1)
                .map(Expectation::id)
                .toList();
        List<String> skipped = steps.stream()
                .filter(step -> status(step).equals("skipped"))
                .map(Expectation::id)
                .toList();
        if (wanted.path() != null && !follows(wanted.path(), executed)) {
            differences.add(
                    "path: expected " + shown(Json.tree(wanted.path())) + ", was " + shown(Json.tree(executed)));
        }
        among("executed", wanted.executed(), executed);
        among("skipped", wanted.skipped(), skipped);
    }

    private void among(String what, List<String> wanted, List<String> are) {
        if (wanted == null || are.containsAll(wanted)) return;
        differences.add(what + ": expected " + shown(Json.tree(wanted)) + " among " + shown(Json.tree(are)));
    }

    static boolean follows(List<JsonNode> wanted, List<String> executed) {
        int at = 0;
        for (JsonNode step : wanted) {
            List<String> group = new ArrayList<>();
            if (step.isArray()) step.forEach(each -> group.add(each.asString("")));
            else group.add(step.asString(""));
            if (at + group.size() > executed.size()) return false;
            List<String> here = new ArrayList<>(executed.subList(at, at + group.size()));
            at += group.size();
            for (String id : group) if (!here.remove(id)) return false;
        }
        return at == executed.size();
    }

    private void node(String id, Node wanted, List<JsonNode> steps) {
        List<JsonNode> own = steps.stream().filter(step -> id(step).equals(id)).toList();
        if (own.isEmpty()) {
            differences.add("nodes." + id + ": was not reached");
            return;
        }
        JsonNode last = own.getLast();
        String place = "nodes." + id + ".";
        text(place + "status", wanted.status(), last.path("status"));
        int attempts = last.path("attempt").asInt(1);
        if (wanted.attempts() != null && wanted.attempts() != attempts) {
            differ(place + "attempts", Json.tree(wanted.attempts()), Json.tree(attempts));
        }
        if (wanted.input() != null) part(place + "input", wanted.input(), last.path("input_json"));
        if (wanted.output() != null) part(place + "output", wanted.output(), last.path("output_json"));
    }

    /** Objects may have more fields than wanted. */
    private void part(String place, JsonNode wanted, JsonNode is) {
        if (wanted instanceof ObjectNode object && is.isObject()) {
            object.properties()
                    .forEach(field -> part(place + "." + field.getKey(), field.getValue(), is.path(field.getKey())));
        } else if (wanted.isArray() && is.isArray() && wanted.size() == is.size()) {
            for (int i = 0; i < wanted.size(); i++) part(place + "." + i, wanted.get(i), is.get(i));
        } else if (!same(wanted, is)) {
            differ(place, wanted, is);
        }
    }

    /** 1 and 1.0 are one number. */
    private static boolean same(JsonNode wanted, JsonNode is) {
        if (wanted.isNumber() && is.isNumber()) return wanted.decimalValue().compareTo(is.decimalValue()) == 0;
        return wanted.equals(is);
    }

    private void differ(String what, JsonNode wanted, JsonNode is) {
        differences.add(what + ": expected " + shown(wanted) + ", was " + (is.isMissingNode() ? "missing" : shown(is)));
    }

    private static String shown(JsonNode value) {
        String text = Json.write(value);
        return text.length() <= 500 ? text : text.substring(0, 500) + "…";
    }

    private static String id(JsonNode step) {
        return step.path("node_id").asString();
    }

    private static String status(JsonNode step) {
        return step.path("status").asString();
    }
}
