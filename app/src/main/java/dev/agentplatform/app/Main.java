package dev.agentplatform.app;

import dev.agentplatform.app.command.BenchCommand;
import dev.agentplatform.app.command.DemoCommand;
import dev.agentplatform.app.command.DoctorCommand;
import dev.agentplatform.app.command.MigrateCommand;
import dev.agentplatform.app.command.RunCommand;
import dev.agentplatform.app.command.ServeCommand;
import dev.agentplatform.app.command.SmokeCommand;
import dev.agentplatform.app.command.VersionCommand;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.store.InstanceLock;
import dev.agentplatform.web.HttpServer;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/** The entry point: picks the command, runs it, and turns what went wrong into an exit code and one line. */
@Command(name = "agent-platform", description = "A self-hosted durable platform for AI agents and workflows.")
public final class Main {
    public static final int OK = 0;
    /** The command ran and failed. */
    public static final int FAILED = 1;
    /** The command was not run: wrong usage or wrong settings. */
    public static final int WRONG_USAGE = 2;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The whole command line. Tests hand in their own streams with {@code setOut} and {@code setErr}. */
    public static CommandLine commandLine() {
        return commandLine(List.of(
                new DemoCommand(),
                new ServeCommand(),
                new RunCommand(),
                new SmokeCommand(),
                new DoctorCommand(),
                new BenchCommand(),
                new MigrateCommand(),
                new VersionCommand()));
    }

    static CommandLine commandLine(List<? extends Callable<Integer>> commands) {
        CommandLine program = new CommandLine(new Main());
        commands.forEach(program::addSubcommand);
        // An argument that begins with @ is the command's own, as in --input @mail.json.
        program.setExpandAtFiles(false);
        // Added here and not by an annotation on each command, which somebody would forget.
        addHelp(program);
        program.getSubcommands().values().forEach(Main::addHelp);
        program.setExecutionExceptionHandler((exception, command, parsed) -> report(exception, command));
        return program;
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help and exit.")
                        .build());
    }

    /** An answer is one line; anything else is a fault of ours, and picocli shows its stack trace. */
    private static int report(Exception exception, CommandLine command) throws Exception {
        int exitCode = switch (exception) {
            case Settings.WrongSetting _ -> WRONG_USAGE;
            case Problem _, InstanceLock.FolderInUse _, HttpServer.CannotListen _ -> FAILED;
            default -> throw exception;
        };
        command.getErr().println("agent-platform: " + exception.getMessage());
        command.getErr().flush();
        return exitCode;
    }
}
