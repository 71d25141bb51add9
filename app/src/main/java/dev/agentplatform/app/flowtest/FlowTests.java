package dev.agentplatform.app.flowtest;

import dev.agentplatform.app.EmbeddedServer;
import dev.agentplatform.app.client.ApiClient;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs tests of workflows, each in a workspace of its own on a server that goes with it. */
public final class FlowTests implements AutoCloseable {
    private static final long RUN_MILLIS_MAX = 30_000;
    private static final long LOOK_EVERY_MILLIS = 5;
    private static final Set<String> PASSING_TIME = Set.of("delay_seconds", "executor");

    private final MockedNodes nodes = new MockedNodes();
    private final EmbeddedServer server;
    private int begun;

    /** @param differences empty when the test passed */
    public record Result(Path file, String name, long millis, List<String> differences) {
        public boolean passed() {
            return differences.isEmpty();
        }
    }

    public FlowTests(Map<String, String> environment) {
        server = EmbeddedServer.start(environment, null, nodes);
    }

    /**
     * The tests of a file, read at once, and run as the list is walked.
     *
     * @throws Problem when the file is no file of tests; it names the field
     */
    public List<Result> run(Path file) throws IOException, InterruptedException {
        List<Result> results = new ArrayList<>();
        for (FlowTest test : FlowTest.read(file)) results.add(run(test));
        return results;
    }

    private Result run(FlowTest test) throws InterruptedException {
        long started = System.nanoTime();
        List<String> differences;
        String workspace = "test-" + ++begun;
        nodes.begin(workspace, test);
        try (ApiClient api = new ApiClient(server.address(), Map.of("x-workspace-id", workspace))) {
            differences = differences(api, test);
        } catch (Problem refused) {
            differences = List.of(refused.detail());
        }
        return new Result(test.file(), test.name(), (System.nanoTime() - started) / 1_000_000, differences);
    }

    private static List<String> differences(ApiClient api, FlowTest test) throws InterruptedException {
        ObjectNode documents = Json.object();
        test.definitions().forEach(it -> documents.withArray("documents").add(withoutTime(it)));
        api.post("/definitions/apply?publish=true", documents);
        String code = test.definitions().getFirst().path("code").asString();
        String workflow = found(api, code).path("id").asString();
        ObjectNode start = Json.object().put("workflow_id", workflow);
        start.set("input_json", test.input());
        String id = api.post("/runtime/runs", start).path("id").asString();
        Map<String, Integer> asked = new HashMap<>();
        Set<String> answered = new HashSet<>();
        long until = System.nanoTime() + RUN_MILLIS_MAX * 1_000_000;
        JsonNode run = api.get("/runtime/runs/" + id);
        while (!ApiClient.ended(run)) {
            if (System.nanoTime() > until) return List.of("the run did not end: it is " + where(api, id));
            String missing = answer(api, test, asked, answered);
            if (missing != null) return List.of(missing);
            Thread.sleep(LOOK_EVERY_MILLIS);
            run = api.get("/runtime/runs/" + id);
        }
        return Expectation.differences(test.expect(), run, steps(api, id));
    }

    private static JsonNode found(ApiClient api, String code) throws InterruptedException {
        for (JsonNode workflow : api.get("/workflows?limit=200").path("items")) {
            if (workflow.path("code").asString("").equals(code)) return workflow;
        }
        throw new Problem(404, "not_found", "There is no workflow with the code " + code + ".");
    }

    private static String where(ApiClient api, String id) throws InterruptedException {
        List<String> open = new ArrayList<>();
        for (JsonNode step : steps(api, id)) {
            String status = step.path("status").asString();
            if (Set.of("queued", "running", "pending").contains(status)) {
                open.add(status + " at " + step.path("node_id").asString());
            }
        }
        return open.isEmpty() ? "waiting" : String.join(", ", open);
    }

    private static List<JsonNode> steps(ApiClient api, String id) throws InterruptedException {
        List<JsonNode> steps = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = api.get("/runtime/runs/" + id + "/node-runs?limit=200" + cursor);
            page.path("items").forEach(steps::add);
            cursor = page.path("next_cursor").isString()
                    ? "&cursor=" + page.path("next_cursor").asString()
                    : "";
        } while (!cursor.isEmpty());
        return steps;
    }

    // ---- people

    /** Answers what is asked; tells what nobody answers, else null. */
    private static String answer(ApiClient api, FlowTest test, Map<String, Integer> asked, Set<String> answered)
            throws InterruptedException {
        for (JsonNode task : api.get("/human/tasks?status=open&limit=200").path("items")) {
            String id = task.path("id").asString();
            if (!answered.add(id)) continue;
            String node = node(api, task);
            JsonNode said = test.answers().path(node);
            int turn = asked.merge(node, 1, Integer::sum) - 1;
            JsonNode answer = said.isArray() ? said.path(turn) : said;
            if (!answer.isObject()) {
                return "node " + node + " asks a person (" + task.path("title").asString()
                        + "), and the test has no answer for it";
            }
            if (answer.path("status").asString().equals("timeout")) continue;
            ObjectNode body = Json.object().put("status", answer.path("status").asString());
            if (answer.has("response")) body.set("response_payload_json", answer.get("response"));
            api.post("/human/tasks/" + id + "/complete", body);
        }
        return null;
    }

    private static String node(ApiClient api, JsonNode task) throws InterruptedException {
        String step = task.path("node_run_id").asString("");
        return api.get("/runtime/node-runs/" + step).path("node_id").asString();
    }

    // ---- time

    /** Delays are left out, and a mocked node is not left to an executor outside. */
    private static JsonNode withoutTime(JsonNode document) {
        if (!document.path("kind").asString("").equals("workflow")) return document;
        JsonNode copy = document.deepCopy();
        strip(copy);
        return copy;
    }

    private static void strip(JsonNode tree) {
        for (JsonNode node : tree.path("nodes")) {
            if (!(node.path("config") instanceof ObjectNode config)) continue;
            config.remove(PASSING_TIME);
            if (config.path("retry_policy") instanceof ObjectNode policy) policy.remove("retry_delay_seconds");
            strip(config.path("body"));
            if (config.path("node").isObject()) {
                ObjectNode one = Json.object();
                one.putArray("nodes").add(config.get("node"));
                strip(one);
            }
        }
        for (String name : List.of("spec", "dsl", "dsl_json")) strip(tree, name);
    }

    private static void strip(JsonNode tree, String name) {
        if (tree.has(name)) strip(tree.get(name));
    }

    @Override
    public void close() {
        server.close();
    }
}
