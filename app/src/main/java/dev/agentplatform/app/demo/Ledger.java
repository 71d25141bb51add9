package dev.agentplatform.app.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Compares what the platform has recorded with what the outside world has seen. */
final class Ledger {
    private static final String OUTSIDE = "http-request";

    private Ledger() {}

    /** Between these times, as in RFC 3339, the server was killed. */
    record Outage(String before, String after) {}

    /**
     * @param finishedBefore calls to the outside whose step was recorded before the kill
     * @param repeated steps that were in flight at the kill and were done again
     * @param violations what must not be: a recorded step that was done again, a step that was never done
     */
    record Balance(int finishedBefore, List<String> repeated, List<String> violations) {}

    /**
     * @param nodeRuns the node runs of each run, in order, by a name of the run
     * @param calls how often the outside world saw each idempotency key
     */
    static Balance balance(Map<String, List<JsonNode>> nodeRuns, Map<String, Integer> calls, Outage outage) {
        int finishedBefore = 0;
        List<String> repeated = new ArrayList<>();
        List<String> violations = new ArrayList<>();
        for (Map.Entry<String, List<JsonNode>> run : nodeRuns.entrySet()) {
            for (List<JsonNode> attempts : steps(run.getValue()).values()) {
                JsonNode last = attempts.getLast();
                // The first attempt's id is the key of all of them.
                int seen = calls.getOrDefault(attempts.getFirst().path("id").asString(), 0);
                String name = run.getKey() + " " + last.path("node_id").asString();
                boolean finished = text(last, "finished_time").compareTo(outage.before()) < 0;
                boolean inFlight = attempts.stream().anyMatch(attempt -> inFlight(attempt, outage));
                if (finished) finishedBefore += attempts.size();
                if (seen == attempts.size()) continue;
                if (seen > attempts.size() && inFlight) repeated.add(name);
                else violations.add(name + ": " + attempts.size() + " recorded, " + seen + " calls");
            }
        }
        return new Balance(finishedBefore, repeated, violations);
    }

    /** The attempts of each step that calls the outside; a loop's iterations are steps of their own. */
    private static Map<String, List<JsonNode>> steps(List<JsonNode> nodeRuns) {
        Map<String, List<JsonNode>> steps = new LinkedHashMap<>();
        for (JsonNode nodeRun : nodeRuns) {
            if (!nodeRun.path("node_type").asString().equals(OUTSIDE)) continue;
            if (nodeRun.path("status").asString().equals("skipped")) continue;
            String step = nodeRun.path("node_id").asString() + "/"
                    + nodeRun.path("iteration").asInt();
            steps.computeIfAbsent(step, _ -> new ArrayList<>()).add(nodeRun);
        }
        return steps;
    }

    private static boolean inFlight(JsonNode attempt, Outage outage) {
        return text(attempt, "started_time").compareTo(outage.after()) <= 0
                && text(attempt, "finished_time").compareTo(outage.before()) >= 0;
    }

    private static String text(JsonNode nodeRun, String field) {
        return nodeRun.path(field).asString("");
    }
}
