package dev.agentplatform.app.demo;

import dev.agentplatform.app.client.ApiClient;
import dev.agentplatform.app.client.EventLines;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.workflow.dsl.DefinitionText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The story, from the first workflow to the balance. It asks the server over HTTP only, as any client does. */
public final class Demo implements AutoCloseable {
    private static final String FOLDER = "/demo/";
    private static final List<String> WORKFLOWS =
            List.of("support-mail.yaml", "order-report.yaml", "shipment-polling.yaml", "shipment-rollback.yaml");
    /** What the built-in model says; a provider that the environment names takes its place. */
    private static final String MODEL = "support-model.json";

    /** The server is killed around this call to the outside, while at least so many wait for their answer. */
    private static final int KILL_AT_CALL = 16;

    private static final int IN_FLIGHT_LEAST = 4;
    private static final long HELD_SECONDS_MAX = 30;
    private static final Duration ENOUGH = Duration.ofMinutes(2);
    private static final long LOOK_EVERY_MS = 200;

    private final ServerProcess server;
    private final ApiClient api;
    private final Receiver receiver;
    private final EventLines lines;
    private final Clock clock;
    private final Map<String, Follower> followers = new LinkedHashMap<>();
    private final Set<String> answered = new HashSet<>();
    private final Map<String, String> workflowIds = new LinkedHashMap<>();

    /** Starts nothing yet. @param data the server's data folder @param port where it shall listen */
    public Demo(Path data, int port, EventLines lines, Clock clock) {
        this.server = new ServerProcess(data, port, MODEL);
        this.api = new ApiClient(server.address(), Map.of());
        this.receiver = new Receiver(KILL_AT_CALL, IN_FLIGHT_LEAST);
        this.lines = lines;
        this.clock = clock;
    }

    /**
     * Starts the server and tells the story; afterwards the server is up.
     *
     * @return whether everything held
     * @throws Problem when the server does not come up or does not answer
     */
    public boolean tell() throws InterruptedException {
        chapter("A server, as a process of its own: " + server.address() + " (log: " + server.log() + ")");
        server.start(api);
        chapter("Examples: support mail answered by a language model, orders checked four at a time, shipments");
        for (String file : WORKFLOWS) define(file);
        startRuns();
        Ledger.Outage outage = crash();
        chapter("The same data, the same runs: they go on by themselves");
        awaitEnds();
        return summary(outage);
    }

    private void chapter(String text) {
        lines.line("");
        lines.line(lines.styled("bold", "== " + text));
    }

    // ---- what runs

    private void define(String file) throws InterruptedException {
        JsonNode imported = api.post("/workflows/import", DefinitionText.read(resource(file)));
        JsonNode workflow = imported.path("workflow");
        workflowIds.put(file, workflow.path("id").asString());
        lines.line("   " + workflow.path("name").asString() + "  (examples/" + file + ")");
    }

    private void startRuns() throws InterruptedException {
        chapter("15 runs at once");
        ObjectNode orders = Json.object();
        orders.set("orders", Json.parse(resource("orders.json")));
        start("orders", "order-report.yaml", orders);
        start("shipment-1", "shipment-polling.yaml", Json.object().put("shipment", "S-1"));
        start("shipment-2", "shipment-rollback.yaml", Json.object().put("shipment", "S-2"));
        for (String line : resource("support-mail.jsonl").lines().toList()) {
            ObjectNode input = Json.object();
            JsonNode mail = Json.parse(line);
            input.set("mail", mail);
            start(mail.path("id").asString(), "support-mail.yaml", input);
        }
    }

    private void start(String name, String file, ObjectNode input) throws InterruptedException {
        ObjectNode asked = Json.object().put("workflow_id", workflowIds.get(file));
        asked.set("input_json", input.put("base_url", receiver.address()));
        follow(name, api.post("/runtime/runs", asked).path("id").asString());
    }

    private void follow(String name, String runId) {
        if (followers.containsKey(runId)) return;
        Follower follower = new Follower(name, runId);
        followers.put(runId, follower);
        follower.thread.start();
    }

    /** Shows one run's events, across restarts of the server, to its end. */
    private final class Follower {
        private final String name;
        private final Thread thread;
        private volatile long seen;

        Follower(String name, String runId) {
            this.name = name;
            this.thread = Thread.ofVirtual().name("follow " + name).unstarted(() -> follow(runId));
        }

        private void follow(String runId) {
            try {
                while (!api.follow(runId, seen, this::show)) Thread.sleep(LOOK_EVERY_MS);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        private void show(ApiClient.Event event) {
            seen = event.seq();
            lines.print(name, event);
        }
    }

    // ---- the crash

    private Ledger.Outage crash() throws InterruptedException {
        if (!receiver.awaitHeld(HELD_SECONDS_MAX)) {
            throw new Problem(
                    500, "no_work_in_flight", "The runs did not come as far as expected; see " + server.log());
        }
        followNewItems();
        String before = Times.format(clock.millis());
        chapter(lines.styled("red", "kill -9 " + server.pid()) + ": the server dies in the middle of its work");
        server.kill();
        String after = Times.format(clock.millis());
        receiver.release();
        server.start(api);
        lines.line("   started again as process " + server.pid());
        return new Ledger.Outage(before, after);
    }

    // ---- until all have ended

    private void awaitEnds() throws InterruptedException {
        long deadline = System.nanoTime() + ENOUGH.toNanos();
        while (followers.values().stream().anyMatch(follower -> follower.thread.isAlive())) {
            if (System.nanoTime() > deadline) {
                throw new Problem(500, "too_slow", "The runs did not end in time; see " + server.log() + ".");
            }
            followNewItems();
            answerQuestions();
            Thread.sleep(LOOK_EVERY_MS);
        }
        followNewItems();
        for (Follower follower : followers.values()) follower.thread.join();
    }

    /** The items of a loop are runs of their own. */
    private void followNewItems() throws InterruptedException {
        for (Map.Entry<String, Follower> parent : List.copyOf(followers.entrySet())) {
            if (!parent.getValue().name.equals("orders")) continue;
            for (JsonNode child : api.get("/runtime/runs?limit=200&parent_run_id=" + parent.getKey())
                    .path("items")) {
                String id = child.path("id").asString();
                if (followers.containsKey(id)) continue;
                JsonNode item =
                        api.get("/runtime/runs/" + id).path("input_json").path("item");
                follow("order " + item.path("order").asString(), id);
            }
        }
    }

    private void answerQuestions() throws InterruptedException {
        for (JsonNode task : api.get("/human/tasks?status=open&limit=200").path("items")) {
            Follower asking = followers.get(task.path("run_id").asString(""));
            String id = task.path("id").asString();
            if (asking == null || !answered.add(id)) continue;
            tell(asking.name, "asks a person: " + task.path("title").asString());
            tell(asking.name, "the demo approves this by itself (POST /human/tasks/" + id + "/complete)");
            ObjectNode answer = Json.object().put("status", "approved").put("completed_by", "demo");
            api.post("/human/tasks/" + id + "/complete", answer);
        }
    }

    private void tell(String run, String what) {
        lines.print(clock.instant(), run, "approval", what, "magenta");
    }

    // ---- the balance

    private boolean summary(Ledger.Outage outage) throws InterruptedException {
        Map<String, List<JsonNode>> nodeRuns = new LinkedHashMap<>();
        List<String> wrong = new ArrayList<>();
        long events = 0;
        for (Map.Entry<String, Follower> one : followers.entrySet()) {
            String name = one.getValue().name;
            JsonNode run = api.get("/runtime/runs/" + one.getKey());
            if (!endedAsExpected(name, run))
                wrong.add(name + " is " + run.path("status").asString());
            List<JsonNode> steps = new ArrayList<>();
            api.get("/runtime/runs/" + one.getKey() + "/node-runs?limit=200")
                    .path("items")
                    .forEach(steps::add);
            nodeRuns.put(name, steps);
            events += one.getValue().seen;
        }
        Ledger.Balance balance = Ledger.balance(nodeRuns, receiver.calls(), outage);
        wrong.addAll(balance.violations());
        int steps = nodeRuns.values().stream().mapToInt(List::size).sum();
        int calls =
                receiver.calls().values().stream().mapToInt(Integer::intValue).sum();
        chapter("What happened");
        row("runs", followers.size() + " ended as they should, one of them failed and was compensated");
        row("steps", steps + " recorded");
        row("events", events + " shown, each once, across the restart");
        row("restarts", "1, by SIGKILL");
        row("language model", model());
        row("calls outside", calls + " for " + receiver.calls().size() + " idempotency keys");
        row("before the kill", balance.finishedBefore() + " calls were recorded; done again: none");
        row(
                "in flight",
                balance.repeated().size() + " done again, each under its first key: "
                        + String.join(", ", balance.repeated()));
        for (String what : wrong) row("WRONG", lines.styled("red", what));
        if (wrong.isEmpty())
            lines.line("   " + lines.styled("green", "Nothing was lost, and nothing finished was done twice."));
        return wrong.isEmpty();
    }

    /** Who wrote the answers. */
    private String model() throws InterruptedException {
        for (Map.Entry<String, Follower> one : followers.entrySet()) {
            if (!one.getValue().name.startsWith("mail")) continue;
            JsonNode run = api.get("/runtime/runs/" + one.getKey());
            String name = run.path("output_json").path("model").asString("none");
            boolean mock = name.equals("mock");
            String hint = "; for a real one set AGENT_PLATFORM_PROVIDER_BASE_URL, …_PROVIDER_API_KEY, …_DEFAULT_MODEL";
            return name + (mock ? hint : "");
        }
        return "none";
    }

    /** Tells what to try on the server that stays up, then waits until it ends. */
    public void stay() throws InterruptedException {
        whatNext();
        server.awaitEnd();
    }

    private void whatNext() {
        String address = server.address();
        String run = followers.keySet().iterator().next();
        chapter("The server stays up. Try next");
        lines.line("   open " + address + "/docs");
        lines.line("   curl " + address + "/runtime/runs/" + run);
        lines.line("   curl " + address + "/runtime/runs/" + run + "/node-runs");
        lines.line("   curl -N " + address + "/runtime/runs/" + run + "/events");
        lines.line("   curl " + address + "/workflows/" + workflowIds.get("order-report.yaml") + "/export");
        ObjectNode body = Json.object().put("workflow_id", workflowIds.get("shipment-polling.yaml"));
        body.putObject("input_json").put("shipment", "S-3").put("base_url", receiver.address());
        lines.line("   curl -X POST '" + address
                + "/runtime/runs?wait_seconds=30' -H 'content-type: application/json' -d '" + Json.write(body) + "'");
        lines.line("   Ctrl-C ends the server; agent-platform serve starts it again on the same data.");
    }

    private static boolean endedAsExpected(String name, JsonNode run) {
        String status = run.path("status").asString();
        if (name.equals("shipment-2"))
            return status.equals("failed") && run.path("compensated").asBoolean(false);
        return status.equals("completed");
    }

    private void row(String name, String value) {
        lines.line("   %-16s %s".formatted(name, value));
    }

    /** Ends the server too. */
    @Override
    public void close() {
        for (Follower follower : followers.values()) follower.thread.interrupt();
        server.close();
        receiver.close();
        api.close();
    }

    static String resource(String file) {
        try (InputStream in = Demo.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) throw new IllegalStateException("the program was built without " + file);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
