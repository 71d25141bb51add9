package dev.agentplatform.app.command;

import dev.agentplatform.app.SettingsOptions;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseSettings;
import dev.agentplatform.store.Migrations;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings the schema up to date and says what it did. */
@Command(
        name = "migrate",
        description = "Bring the database schema up to date.",
        footer = {
            "",
            "Examples:",
            "  agent-platform migrate",
            "  AGENT_PLATFORM_DATABASE_URL=postgresql://user:password@host/name agent-platform migrate"
        })
public final class MigrateCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions options;

    @Option(
            names = "--only",
            description =
                    "Kept for older scripts: a service name. The schema is one, so it is always brought up whole.")
    private List<String> only = List.of();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Settings settings = options.start();
        Path data = Path.of(settings.text(SettingsOptions.DATA_FOLDER, "data"));
        PrintWriter out = spec.commandLine().getOut();
        if (!only.isEmpty()) out.println("The services share one schema; it is brought up whole.");
        try (Database database = Database.open(DatabaseSettings.from(settings, data))) {
            int applied = Migrations.migrate(database);
            out.println(applied == 0 ? "The schema is up to date." : "Applied " + applied + " migrations.");
        }
        out.flush();
        return 0;
    }
}
