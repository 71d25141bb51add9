package dev.agentplatform.app.command;

import dev.agentplatform.app.Logs;
import dev.agentplatform.app.Main;
import dev.agentplatform.app.client.EventLines;
import dev.agentplatform.app.demo.Demo;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the platform at work, kills its engine in the middle and proves that nothing was lost. */
@Command(
        name = "demo",
        description = "Show workflows at work: run three examples, kill the engine in the middle, go on, prove that"
                + " nothing was lost. Needs no keys and no internet.",
        footer = {
            "",
            "Examples:",
            "  agent-platform demo",
            "  agent-platform demo --data /tmp/demo --port 9000",
            "  agent-platform demo --no-serve && echo it holds",
            "",
            "Exit codes: 0 everything held, 1 something did not."
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int PORT_USUAL = 8080;

    @Option(names = "--data", paramLabel = "FOLDER", description = "Data folder. Default: ${DEFAULT-VALUE}.")
    private Path data = Path.of("data");

    @Option(names = "--port", description = "Port of the server. Default: 8080, or a free one when it is taken.")
    private Integer port;

    @Option(names = "--no-serve", description = "End after the summary instead of leaving the server up.")
    private boolean noServe;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Logs.startQuietly(new Settings(System.getenv()));
        PrintWriter out = spec.commandLine().getOut();
        EventLines lines = new EventLines(out, Ansi.AUTO, false);
        Demo demo = new Demo(data, port(out), lines, Clock.systemUTC());
        Thread stopping = new Thread(demo::close, "shutdown");
        Runtime.getRuntime().addShutdownHook(stopping);
        try {
            boolean held = demo.tell();
            if (!noServe) demo.stay();
            return held ? Main.OK : Main.FAILED;
        } catch (Problem failed) {
            // After Ctrl-C the server is gone, and nothing is wrong with that.
            if (stopping.isAlive()) return Main.OK;
            throw failed;
        } finally {
            demo.close();
        }
    }

    private int port(PrintWriter out) {
        if (port == null && free(PORT_USUAL) == PORT_USUAL) return PORT_USUAL;
        if (port == null) {
            int other = free(0);
            out.println("Port " + PORT_USUAL + " is taken; the demo uses " + other + ".");
            return other;
        }
        int wanted = free(port);
        if (wanted < 0) throw Problem.conflict("port_taken", "Port " + port + " is taken; give another --port.");
        return wanted;
    }

    /** The port itself, or for 0 a free one; -1 when it is taken. */
    private static int free(int wanted) {
        try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException taken) {
            if (wanted == 0) throw new UncheckedIOException("no port is free", taken);
            return -1;
        }
    }
}
