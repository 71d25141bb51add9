package dev.agentplatform.app.command;

import dev.agentplatform.app.EmbeddedServer;
import dev.agentplatform.app.Logs;
import dev.agentplatform.app.Main;
import dev.agentplatform.app.SettingsOptions;
import dev.agentplatform.app.client.ApiClient;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Drives a small workflow over HTTP from its making to its result, and says how long each step took. */
@Command(
        name = "smoke",
        description = "Drive a workflow over HTTP, without any model key, and check its result.",
        footer = {
            "",
            "Settings:",
            "  AGENT_PLATFORM_SMOKE_WORKFLOW_URL  default http://localhost:8080; with /gateway at its end through it",
            "  AGENT_PLATFORM_SMOKE_RUNTIME_URL   default http://localhost:8080",
            "  AGENT_PLATFORM_SMOKE_TENANT_ID     or AGENT_PLATFORM_SMOKE_WORKSPACE_ID; default public",
            "  AGENT_PLATFORM_SMOKE_API_KEY       sent as x-api-key when set",
            "",
            "Examples:",
            "  agent-platform smoke",
            "  agent-platform smoke --self",
            "  AGENT_PLATFORM_SMOKE_RUNTIME_URL=http://localhost:8000/gateway agent-platform smoke"
        })
public final class SmokeCommand implements Callable<Integer> {
    private static final String DEFAULT_URL = "http://localhost:8080";
    private static final int RUN_SECONDS_MAX = 30;

    private static final String WORKFLOW = """
        {"nodes": [
           {"id": "start", "type": "start"},
           {"id": "route", "type": "if-else", "config": {"expression": "input.amount > 100"}},
           {"id": "large", "type": "template-transform", "config": {"template": "large {{input.amount}}"}},
           {"id": "small", "type": "template-transform", "config": {"template": "small {{input.amount}}"}},
           {"id": "end", "type": "end", "config": {"output": {"size": "{{nodes.large.text}}"}}}],
         "edges": [
           {"source": "start", "target": "route"},
           {"source": "route", "target": "large", "condition": "true"},
           {"source": "route", "target": "small", "condition": "false"},
           {"source": "large", "target": "end"},
           {"source": "small", "target": "end"}]}
        """;

    @Mixin
    private SettingsOptions options;

    @Option(names = "--self", description = "Start a server of its own first, with a temporary folder.")
    private boolean self;

    @Spec
    private CommandSpec spec;

    /** One step of the test; what it gives back goes to the next. */
    @FunctionalInterface
    private interface Step {
        JsonNode take() throws InterruptedException;
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = options.read(System.getenv());
        Logs.startQuietly(settings);
        if (!self) {
            String workflows = settings.text("AGENT_PLATFORM_SMOKE_WORKFLOW_URL", DEFAULT_URL);
            return drive(settings, workflows, settings.text("AGENT_PLATFORM_SMOKE_RUNTIME_URL", DEFAULT_URL));
        }
        long started = System.nanoTime();
        try (EmbeddedServer server = EmbeddedServer.start(System.getenv(), null)) {
            tell("ok", "start a server", started, server.address());
            return drive(settings, server.address(), server.address());
        }
    }

    private int drive(Settings settings, String workflowUrl, String runtimeUrl) throws InterruptedException {
        Map<String, String> headers = headers(settings);
        long started = System.nanoTime();
        try (ApiClient workflows = new ApiClient(workflowUrl, headers);
                ApiClient runtime = new ApiClient(runtimeUrl, headers)) {
            if (self) documents(runtime);
            String version = define(workflows);
            run(runtime, version);
        } catch (Problem failed) {
            return Main.FAILED;
        }
        tell("ok", "all of it", started, "");
        return Main.OK;
    }

    private static Map<String, String> headers(Settings settings) {
        Map<String, String> headers = new HashMap<>();
        settings.text(new String[] {"AGENT_PLATFORM_SMOKE_TENANT_ID", "AGENT_PLATFORM_SMOKE_WORKSPACE_ID"})
                .ifPresent(workspace -> headers.put("x-workspace-id", workspace));
        settings.secret("AGENT_PLATFORM_SMOKE_API_KEY").ifPresent(key -> headers.put("x-api-key", key));
        return headers;
    }

    private void documents(ApiClient api) throws InterruptedException {
        step("ready", () -> api.get("/ready"));
        step("API document", () -> api.get("/openapi.json"));
    }

    private String define(ApiClient api) throws InterruptedException {
        String code = "smoke-" + UUID.randomUUID();
        ObjectNode named = Json.object().put("code", code).put("name", "Smoke test");
        JsonNode app = step("create app", () -> api.post("/workflows/apps", named));
        ObjectNode asked = named.deepCopy().put("app_id", id(app));
        JsonNode workflow = step("create workflow", () -> api.post("/workflows", asked));
        ObjectNode version = Json.object().put("workflow_id", id(workflow)).put("status", "draft");
        version.set("dsl_json", Json.parse(WORKFLOW));
        String saved = id(step("save version", () -> api.post("/workflows/versions", version)));
        step("publish version", () -> api.post("/workflows/versions/" + saved + "/publish", Json.object()));
        return saved;
    }

    private void run(ApiClient api, String versionId) throws InterruptedException {
        ObjectNode asked = Json.object().put("workflow_version_id", versionId);
        asked.putObject("input_json").put("amount", 120);
        String run = id(step("start run", () -> api.post("/runtime/runs", asked)));
        JsonNode ended =
                step("wait for its end", () -> api.get("/runtime/runs/" + run + "?wait_seconds=" + RUN_SECONDS_MAX));
        step("check the result", () -> {
            check("status", "completed", ended.path("status"));
            check("size", "large 120", ended.path("output_json").path("size"));
            return ended;
        });
        step("check the steps", () -> {
            JsonNode steps = api.get("/runtime/runs/" + run + "/node-runs").path("items");
            for (JsonNode step : steps) {
                boolean taken = !step.path("node_id").asString().equals("small");
                check(step.path("node_id").asString(), taken ? "completed" : "skipped", step.path("status"));
            }
            check("steps", "5", Json.text(String.valueOf(steps.size())));
            return steps;
        });
        step("read the events", () -> {
            if (api.follow(run, 0, event -> {})) return Json.nothing();
            throw new Problem(502, "no_end", "The event stream of the run broke off before its end.");
        });
    }

    private static void check(String what, String expected, JsonNode found) {
        if (found.asString("").equals(expected)) return;
        throw new Problem(500, "wrong_result", what + " is " + found + ", expected \"" + expected + "\".");
    }

    private JsonNode step(String name, Step step) throws InterruptedException {
        long started = System.nanoTime();
        try {
            JsonNode answer = step.take();
            tell("ok", name, started, "");
            return answer;
        } catch (Problem failed) {
            tell("FAIL", name, started, failed.detail());
            throw failed;
        }
    }

    private void tell(String mark, String name, long started, String more) {
        PrintWriter out = spec.commandLine().getOut();
        double millis = (System.nanoTime() - started) / 1e6;
        out.println(
                "%-5s %-18s %8.1f ms  %s".formatted(mark, name, millis, more).stripTrailing());
        out.flush();
    }

    private static String id(JsonNode object) {
        return object.path("id").asString();
    }
}
