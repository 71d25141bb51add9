package dev.agentplatform.app.command;

import dev.agentplatform.app.Main;
import dev.agentplatform.app.client.ApiClient;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.DefinitionText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Writes the definitions of a server as YAML. */
@Command(
        name = "export",
        description = "Write the definitions of a workspace as YAML: names instead of ids, no secrets.",
        footer = {
            "",
            "A folder gets a file for each definition, as agent/sales.yaml. Other files in it stay as they are.",
            "",
            "Examples:",
            "  agent-platform export > all.yaml",
            "  agent-platform export --kind agent --code sales",
            "  agent-platform export --workspace shop -o definitions",
            "",
            "Exit codes: 0 written, 1 the server refused or does not answer, 2 wrong usage."
        })
public final class ExportCommand implements Callable<Integer> {
    @Mixin
    private ServerOptions server = new ServerOptions();

    @Option(names = "--kind", paramLabel = "KIND", description = "Only tool, workflow, skill, agent or team.")
    private String kind;

    @Option(names = "--code", paramLabel = "CODE", description = "Only the definitions with this code.")
    private String code;

    @Option(names = "-o", paramLabel = "FOLDER|-", description = "Where to write; - is standard output. Default: -.")
    private String output = "-";

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        String path = "/definitions/export?format=json";
        if (kind != null) path += "&" + ServerOptions.query("kind", kind);
        if (code != null) path += "&" + ServerOptions.query("code", code);
        PrintWriter err = spec.commandLine().getErr();
        JsonNode exported;
        try (ApiClient api = server.client(System.getenv())) {
            exported = api.get(path);
        } catch (Problem refused) {
            err.println(refused.detail());
            return refused.status() == 400 ? Main.WRONG_USAGE : Main.FAILED;
        }
        for (JsonNode warning : exported.path("warnings")) err.println("warning: " + warning.asString());
        List<JsonNode> documents = new ArrayList<>();
        exported.path("documents").forEach(documents::add);
        return output.equals("-") ? print(documents) : write(documents);
    }

    private int print(List<JsonNode> documents) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(DefinitionText.writeAll(documents));
        out.flush();
        return Main.OK;
    }

    private int write(List<JsonNode> documents) {
        Path folder = Path.of(output);
        // Some file systems take Sales and sales for one name.
        Set<String> taken = new HashSet<>();
        try {
            for (JsonNode document : documents) {
                String of = document.path("kind").asString();
                String name = fileName(document.path("code").asString());
                String place = name;
                for (int i = 2; !taken.add((of + "/" + place).toLowerCase(Locale.ROOT)); i++) place = name + "-" + i;
                Path file = folder.resolve(of).resolve(place + ".yaml");
                Files.createDirectories(file.getParent());
                Files.writeString(file, DefinitionText.write(document));
            }
        } catch (IOException failure) {
            spec.commandLine().getErr().println(output + ": cannot be written (" + failure.getMessage() + ")");
            return Main.FAILED;
        }
        spec.commandLine().getErr().println(documents.size() + " definitions written to " + folder);
        return Main.OK;
    }

    /** A code may have characters that a file's name must not have, and must not lead out of the folder. */
    static String fileName(String code) {
        String safe = code.replaceAll("[^\\p{L}\\p{N}._-]", "_");
        return safe.startsWith(".") ? "_" + safe.substring(1) : safe;
    }
}
