package dev.agentplatform.app.command;

import dev.agentplatform.app.EmbeddedServer;
import dev.agentplatform.app.Main;
import dev.agentplatform.app.client.ApiClient;
import dev.agentplatform.app.client.EventLines;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.workflow.dsl.DefinitionText;
import dev.agentplatform.workflow.dsl.Fault;
import dev.agentplatform.workflow.dsl.Findings;
import dev.agentplatform.workflow.dsl.NodeTypes;
import dev.agentplatform.workflow.dsl.Validation;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs one workflow file to its end, without a server, and prints its result. */
@Command(
        name = "run",
        description = "Run a workflow file to its end, without a server, and print its result.",
        footer = {
            "",
            "Examples:",
            "  agent-platform run hello.yaml --input '{\"name\":\"Ada\"}'",
            "  agent-platform run sort.yaml --input @mail.json --follow",
            "  jq .order data.json | agent-platform run order.yaml --input - --data ./data",
            "",
            "Exit codes: 0 completed, 1 it ended otherwise, 2 the file or the input is wrong."
        })
public final class RunCommand implements Callable<Integer> {
    private static final int LOOK_EVERY_SECONDS = 1;
    private static final int CANCEL_SECONDS_MAX = 5;

    @Parameters(paramLabel = "FILE", description = "The workflow as YAML or JSON: an exported one, or nodes and edges.")
    private Path file;

    @Option(names = "--input", paramLabel = "JSON", description = "The input: JSON, @FILE, or - for standard input.")
    private String input = "{}";

    @Option(names = "--follow", description = "Show on standard error what happens while it happens.")
    private boolean follow;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "Keep the run in this data folder. Default: a temporary one, deleted at the end.")
    private Path data;

    @Spec
    private CommandSpec spec;

    /** Shows a question to a person and gives the answer; empty when nobody is there. */
    private final Optional<UnaryOperator<String>> person;

    public RunCommand() {
        this(onTerminal());
    }

    RunCommand(Optional<UnaryOperator<String>> person) {
        this.person = person;
    }

    private static Optional<UnaryOperator<String>> onTerminal() {
        Console console = System.console();
        if (console == null || !console.isTerminal()) return Optional.empty();
        return Optional.of(question -> console.readLine("%s", question));
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        JsonNode document = document(err);
        JsonNode given = document == null ? null : input(err);
        if (given == null) return Main.WRONG_USAGE;
        try (EmbeddedServer server = EmbeddedServer.start(System.getenv(), data);
                ApiClient api = new ApiClient(server.address(), Map.of())) {
            return run(api, document, given);
        }
    }

    // ---- what is run

    /** The workflow as {@code POST /workflows/import} takes it; null when it has faults, which are printed. */
    private JsonNode document(PrintWriter err) {
        JsonNode read;
        try {
            read = DefinitionText.read(Files.readString(file));
        } catch (Problem malformed) {
            err.println(file + ": " + malformed.detail());
            return null;
        } catch (IOException unreadable) {
            err.println(file + ": cannot be read as UTF-8 text ("
                    + unreadable.getClass().getSimpleName() + ")");
            return null;
        }
        JsonNode dsl = read.has("dsl") ? read.get("dsl") : read.has("dsl_json") ? read.get("dsl_json") : read;
        Findings findings = Validation.check(dsl, NodeTypes.standard());
        for (Fault warning : findings.warnings()) err.println(told("warning", warning));
        for (Fault fault : findings.faults()) err.println(told("fault", fault));
        return findings.valid() ? named(read, dsl) : null;
    }

    private String told(String kind, Fault fault) {
        return file + ": " + kind + ": " + (fault.path().isEmpty() ? "" : fault.path() + ": ") + fault.message()
                + (fault.node() == null ? "" : " (node " + fault.node() + ")");
    }

    private ObjectNode named(JsonNode read, JsonNode dsl) {
        String name = file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
        ObjectNode document = Json.object().put("kind", "workflow");
        document.put("code", read.path("code").asString(name));
        document.put("name", read.path("name").asString(name));
        document.put("status", "published");
        document.set("dsl", dsl);
        return document;
    }

    private JsonNode input(PrintWriter err) throws IOException {
        String text = input;
        try {
            if (input.equals("-")) text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
            if (input.startsWith("@")) text = Files.readString(Path.of(input.substring(1)));
            return Json.parse(text);
        } catch (IOException unreadable) {
            err.println("--input: cannot read " + input.substring(1));
        } catch (IllegalArgumentException notJson) {
            err.println("--input: " + notJson.getMessage());
        }
        return null;
    }

    // ---- the run

    private int run(ApiClient api, JsonNode document, JsonNode given) throws InterruptedException {
        JsonNode imported = api.post("/workflows/import", document);
        ObjectNode start = Json.object();
        start.set("workflow_version_id", imported.path("version").path("id"));
        start.set("input_json", given);
        JsonNode run = api.post("/runtime/runs", start);
        String id = run.path("id").asString();
        Thread cancelling = new Thread(() -> cancel(api, id), "cancel");
        Runtime.getRuntime().addShutdownHook(cancelling);
        try {
            Thread following = follow ? Thread.ofVirtual().start(() -> show(api, id)) : null;
            while (!ApiClient.ended(run)) {
                run = api.get("/runtime/runs/" + id + "?wait_seconds=" + LOOK_EVERY_SECONDS);
                if (!ApiClient.ended(run) && !answerQuestions(api, id)) {
                    cancel(api, id);
                    return Main.FAILED;
                }
            }
            if (following != null) following.join();
            return result(run);
        } finally {
            Runtime.getRuntime().removeShutdownHook(cancelling);
        }
    }

    private void show(ApiClient api, String id) {
        EventLines lines = new EventLines(spec.commandLine().getErr(), Ansi.AUTO, true);
        try {
            api.follow(id, 0, event -> lines.print("run", event));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void cancel(ApiClient api, String id) {
        try {
            api.post(
                    "/runtime/runs/" + id + "/cancel?wait_seconds=" + CANCEL_SECONDS_MAX,
                    Json.object().put("reason", "the command was stopped"));
        } catch (Problem gone) {
            // Ended meanwhile, or the server went first: nothing is left to cancel.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private int result(JsonNode run) {
        String status = run.path("status").asString();
        if (!status.equals("completed")) {
            JsonNode node = run.path("failed_node_id");
            String what =
                    run.path("error_message").asString(run.path("error_code").asString(""));
            spec.commandLine()
                    .getErr()
                    .println("The run is " + status + (node.isString() ? " at node " + node.asString() : "")
                            + (what.isEmpty() ? "." : ": " + what));
            return Main.FAILED;
        }
        PrintWriter out = spec.commandLine().getOut();
        JsonNode json = run.path("output_json");
        JsonNode text = run.path("output_text");
        out.println(Json.isNothing(json) && text.isString() ? text.stringValue() : json.toPrettyString());
        out.flush();
        return Main.OK;
    }

    // ---- people

    /** False when somebody is asked and nobody is there. */
    private boolean answerQuestions(ApiClient api, String runId) throws InterruptedException {
        for (JsonNode task : api.get("/human/tasks?status=open&limit=200").path("items")) {
            if (!belongs(api, task.path("run_id"), runId)) continue;
            String title = task.path("title").asString();
            if (person.isEmpty()) {
                spec.commandLine()
                        .getErr()
                        .println("The run asks a person (" + title + "), and this is no terminal: it is cancelled."
                                + " Serve the workflow instead, or run it on a terminal.");
                return false;
            }
            api.post("/human/tasks/" + task.path("id").asString() + "/complete", answer(task, person.get()));
        }
        return true;
    }

    /** Whether the asking run is this one or stands below it, as the items of a loop do. */
    private static boolean belongs(ApiClient api, JsonNode asking, String runId) throws InterruptedException {
        JsonNode at = asking;
        while (at.isString()) {
            if (at.asString().equals(runId)) return true;
            Optional<UUID> id = Ids.parse(at.asString());
            if (id.isEmpty()) return false;
            at = api.get("/runtime/runs/" + id.get()).path("parent_run_id");
        }
        return false;
    }

    private static JsonNode answer(JsonNode task, UnaryOperator<String> person) {
        JsonNode shown = task.path("request_payload_json");
        String question = task.path("title").asString() + (Json.isNothing(shown) ? "" : "\n" + shown.toPrettyString());
        if (task.path("task_type").asString().equals("approval")) {
            String said = said(person, question + "\nApprove? [y/n] ");
            boolean yes = said.equalsIgnoreCase("y") || said.equalsIgnoreCase("yes");
            return Json.object().put("status", yes ? "approved" : "rejected");
        }
        String said = said(person, question + "\nAnswer (JSON or text): ");
        ObjectNode answer = Json.object().put("status", "completed");
        return answer.set("response_payload_json", jsonOrText(said));
    }

    private static String said(UnaryOperator<String> person, String question) {
        String said = person.apply(question);
        return said == null ? "" : said.strip();
    }

    private static JsonNode jsonOrText(String said) {
        try {
            return Json.parse(said);
        } catch (IllegalArgumentException text) {
            return Json.text(said);
        }
    }
}
