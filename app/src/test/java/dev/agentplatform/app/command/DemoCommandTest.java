package dev.agentplatform.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.Main;
import dev.agentplatform.app.command.Commands.Printed;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DemoCommandTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @Test
    void theEngineIsKilledAndNothingIsLost() {
        long start = System.nanoTime();
        Printed printed = Commands.run(new DemoCommand(), "--no-serve", "--port", "0", "--data", folder.toString());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT);
        assertThat(printed.exitCode()).as(printed.out() + printed.err()).isEqualTo(Main.OK);
        assertThat(printed.out())
                .contains("kill -9 ", "started again after the restart", "the demo approves this by itself")
                .contains("27 ended as they should", "done again: none")
                .contains("language model   mock")
                .contains("Nothing was lost, and nothing finished was done twice.")
                .doesNotContain("WRONG", "\u001B[");
    }

    @Test
    void aPortThatWasAskedForAndIsTakenIsAFailure() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CommandLine program = Main.commandLine();
            StringWriter err = new StringWriter();
            int exitCode = program.setErr(new PrintWriter(err, true))
                    .execute("demo", "--no-serve", "--port", "" + taken.getLocalPort(), "--data", folder.toString());
            assertThat(exitCode).isEqualTo(Main.FAILED);
            assertThat(err.toString()).contains("Port " + taken.getLocalPort() + " is taken");
        }
    }
}
