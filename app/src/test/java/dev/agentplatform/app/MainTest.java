package dev.agentplatform.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.web.HttpServer;
import dev.agentplatform.web.HttpSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void versionPrintsProgramJavaAndSystem() {
        assertThat(execute(Main.commandLine(), "version")).isEqualTo(Main.OK);
        assertThat(out.toString().lines())
                .hasSize(3)
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("agent-platform development"),
                        line -> assertThat(line).startsWith("java " + Runtime.version()),
                        line -> assertThat(line).startsWith("os " + System.getProperty("os.name")));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void everyCommandHasHelpAndADescription() {
        CommandLine program = Main.commandLine();
        assertThat(program.getSubcommands()).isNotEmpty();
        program.getSubcommands().forEach((name, command) -> {
            assertThat(execute(Main.commandLine(), name, "--help")).isEqualTo(Main.OK);
            assertThat(command.getCommandSpec().usageMessage().description())
                    .as(name)
                    .isNotEmpty();
        });
        assertThat(execute(program, "--help")).isEqualTo(Main.OK);
    }

    @Test
    void noCommandAnUnknownCommandAndAnUnknownOptionAreWrongUsage() {
        assertThat(execute(Main.commandLine())).isEqualTo(Main.WRONG_USAGE);
        assertThat(execute(Main.commandLine(), "nonsense")).isEqualTo(Main.WRONG_USAGE);
        assertThat(execute(Main.commandLine(), "version", "--nonsense")).isEqualTo(Main.WRONG_USAGE);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aWrongSettingIsOneLineAndWrongUsage() {
        assertThat(executeCommandThat(() -> {
                    throw new Settings.WrongSetting("PORT", "x", "a whole number from 0 to 65535");
                }))
                .isEqualTo(Main.WRONG_USAGE);
        assertThat(err.toString().lines())
                .containsExactly("agent-platform: PORT is 'x'; allowed: a whole number from 0 to 65535");
    }

    @Test
    void aProblemIsOneLineAndAFailure() {
        assertThat(executeCommandThat(() -> {
                    throw Problem.conflict("busy", "The port is in use.");
                }))
                .isEqualTo(Main.FAILED);
        assertThat(err.toString().lines()).containsExactly("agent-platform: The port is in use.");
    }

    @Test
    void aPortInUseIsOneLineAndAFailure() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            HttpSettings settings = HttpSettings.from(new Settings(Map.of("AGENT_PLATFORM_PORT", port)));
            HttpServer server = new HttpServer(settings, new Ids(Clock.systemUTC()), List.of(), List.of(), List.of());
            assertThat(executeCommandThat(() -> {
                        server.start();
                        return Main.OK;
                    }))
                    .isEqualTo(Main.FAILED);
            assertThat(err.toString().lines())
                    .containsExactly(
                            "agent-platform: Cannot listen on 127.0.0.1 port " + port + ": Address already in use.");
        }
    }

    @Test
    void aFaultShowsItsStackTrace() {
        assertThat(executeCommandThat(() -> {
                    throw new IllegalStateException("a fault");
                }))
                .isEqualTo(Main.FAILED);
        assertThat(err.toString()).contains("a fault", "at dev.agentplatform.app.MainTest");
    }

    @Test
    void theExitCodeOfTheCommandIsTheExitCode() {
        assertThat(executeCommandThat(() -> 7)).isEqualTo(7);
    }

    private int executeCommandThat(Callable<Integer> does) {
        @Command(name = "sample")
        final class SampleCommand implements Callable<Integer> {
            @Override
            public Integer call() throws Exception {
                return does.call();
            }
        }
        return execute(Main.commandLine(List.of(new SampleCommand())), "sample");
    }

    private int execute(CommandLine program, String... arguments) {
        CommandSpec spec = program.getCommandSpec();
        return spec.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
