package dev.agentplatform.app.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs a command in this process and keeps what it prints. */
final class Commands {
    private Commands() {}

    record Printed(int exitCode, String out, String err) {}

    static Printed run(Object command, String... arguments) {
        return execute(new CommandLine(command).setExpandAtFiles(false), arguments);
    }

    static Printed execute(CommandLine program, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = program.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Printed(exitCode, out.toString(), err.toString());
    }
}
