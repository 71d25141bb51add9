package dev.agentplatform.app.command;

import dev.agentplatform.app.Main;
import dev.agentplatform.app.client.ApiClient;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.language.DefinitionText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes the definitions of a server be as files say. */
@Command(
        name = "apply",
        description = "Make the definitions of a workspace be as YAML or JSON files say: all of them, or none.",
        footer = {
            "",
            "A folder means every *.yaml, *.yml and *.json below it, but no *.test.yaml. What no file names stays.",
            "",
            "Examples:",
            "  agent-platform apply -f definitions --dry-run",
            "  agent-platform apply -f agent.yaml -f tools/",
            "  agent-platform export | agent-platform apply -f - --url http://other:8080",
            "",
            "Exit codes: 0 applied, 1 the server refused or does not answer, 2 a file is wrong."
        })
public final class ApplyCommand implements Callable<Integer> {
    private static final Pattern DOCUMENT = Pattern.compile("documents\\.(\\d+)(?:\\.(.*))?");

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Option(
            names = "-f",
            required = true,
            paramLabel = "FILE|FOLDER|-",
            description = "What to apply; - is standard input. May be given again.")
    private List<String> paths;

    @Option(names = "--dry-run", description = "Show what would change, and change nothing.")
    private boolean dryRun;

    @Option(
            names = "--publish",
            negatable = true,
            description = "Publish new versions, or leave them drafts. Default: as each document says.")
    private Boolean publish;

    @Spec
    private CommandSpec spec;

    private record Source(String name, String text, int first) {}

    private final List<Source> sources = new ArrayList<>();
    private final List<JsonNode> documents = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        if (!readAll()) return Main.WRONG_USAGE;
        ObjectNode body = Json.object();
        body.putArray("documents").addAll(documents);
        String path = "/definitions/apply?dry_run=" + dryRun + (publish == null ? "" : "&publish=" + publish);
        try (ApiClient api = server.client(System.getenv())) {
            tell(api.post(path, body));
            return Main.OK;
        } catch (Problem refused) {
            return refuse(refused);
        }
    }

    // ---- files

    private boolean readAll() {
        boolean fine = true;
        for (String path : paths) {
            try {
                if (path.equals("-")) {
                    fine &= read("-", new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
                    continue;
                }
                for (Path file : DefinitionFiles.documents(Path.of(path))) {
                    fine &= read(file.toString(), Files.readString(file));
                }
            } catch (IOException unreadable) {
                fine = wrong(path + ": cannot be read as UTF-8 text ("
                        + unreadable.getClass().getSimpleName() + ")");
            }
        }
        if (fine && documents.isEmpty()) fine = wrong(String.join(", ", paths) + ": there is no document");
        return fine;
    }

    private boolean read(String name, String text) {
        try {
            List<JsonNode> read = DefinitionText.readAll(text);
            sources.add(new Source(name, text, documents.size()));
            documents.addAll(read);
            return true;
        } catch (Problem malformed) {
            return wrong(name + ": " + malformed.detail());
        }
    }

    private boolean wrong(String line) {
        spec.commandLine().getErr().println(line);
        return false;
    }

    // ---- what came of it

    private void tell(JsonNode applied) {
        PrintWriter out = spec.commandLine().getOut();
        for (JsonNode item : applied.path("items")) {
            String version = item.path("version_no").isNumber()
                    ? "  version " + item.path("version_no").asInt()
                            + (item.path("published").asBoolean() ? "" : ", draft")
                    : "";
            out.println("%-9s  %-8s  %s%s"
                    .formatted(
                            item.path("action").asString(),
                            item.path("kind").asString(),
                            item.path("code").asString(),
                            version));
            if (dryRun) item.path("changes").forEach(change -> show(out, change));
        }
        for (JsonNode warning : applied.path("warnings")) wrong("warning: " + warning.asString());
        out.println("%s%d created, %d updated, %d unchanged"
                .formatted(
                        dryRun ? "dry run: " : "",
                        applied.path("created").asInt(),
                        applied.path("updated").asInt(),
                        applied.path("unchanged").asInt()));
        out.flush();
    }

    private static void show(PrintWriter out, JsonNode change) {
        out.println("    " + change.path("path").asString());
        side(out, "- ", change.path("from"));
        side(out, "+ ", change.path("to"));
    }

    private static void side(PrintWriter out, String mark, JsonNode value) {
        if (value.isMissingNode()) return;
        String text = value.isString() ? value.stringValue() : Json.write(value);
        text.lines().forEach(line -> out.println("      " + mark + line));
    }

    /** The server numbers the documents; people know files and lines. */
    private int refuse(Problem refused) {
        boolean placed = false;
        for (FieldError error : refused.errors()) {
            Matcher path = DOCUMENT.matcher(error.path());
            if (!path.matches()) continue;
            placed = true;
            wrong(place(Integer.parseInt(path.group(1)), path.group(2)) + error.message());
        }
        if (!placed) wrong(refused.detail());
        boolean fileIsWrong = placed || refused.status() == 400 || refused.status() == 413;
        return fileIsWrong ? Main.WRONG_USAGE : Main.FAILED;
    }

    private String place(int no, String field) {
        Source source = sources.stream().filter(it -> it.first() <= no).toList().getLast();
        String path = (no - source.first()) + (field == null ? "" : "." + field);
        Integer line = DefinitionText.lines(source.text(), Set.of(path)).get(path);
        String document = documents.get(no).path("kind").asString("document") + " "
                + documents.get(no).path("code").asString("" + (no + 1));
        return source.name() + (line == null ? "" : ":" + line) + ": " + document + ": "
                + (field == null ? "" : field + ": ");
    }
}
