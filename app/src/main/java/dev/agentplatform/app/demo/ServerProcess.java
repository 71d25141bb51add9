package dev.agentplatform.app.demo;

import dev.agentplatform.app.Main;
import dev.agentplatform.app.client.ApiClient;
import dev.agentplatform.kernel.Problem;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code agent-platform serve} as a process of its own, which can be killed and started again on the same data. */
final class ServerProcess implements AutoCloseable {
    private static final long READY_SECONDS_MAX = 60;
    private static final long STOP_SECONDS_MAX = 10;
    private static final long LOOK_EVERY_MS = 50;
    /** The demonstration is its own: it neither touches another database nor asks for keys nor reaches out. */
    private static final List<String> NOT_TAKEN_OVER = List.of(
            "AGENT_PLATFORM_DATABASE_URL",
            "DATABASE_URL",
            "AGENT_PLATFORM_AUTH_REQUIRED",
            "AGENT_PLATFORM_AUTHZ_REQUIRED",
            "AUTH_ENABLED",
            "AGENT_PLATFORM_HTTP_ALLOW",
            "AGENT_PLATFORM_AUTO_START",
            "AGENT_PLATFORM_ROLES");

    private final Path data;
    private final int port;
    private final String model;
    private Process process;

    /** @param model resource with what the mock says */
    ServerProcess(Path data, int port, String model) {
        this.data = data;
        this.port = port;
        this.model = model;
    }

    String address() {
        return "http://localhost:" + port;
    }

    Path log() {
        return data.resolve("demo-server.log");
    }

    long pid() {
        return process.pid();
    }

    /** Starts it and waits until it is ready. @throws Problem when it does not come up */
    synchronized void start(ApiClient api) throws InterruptedException {
        try {
            Files.createDirectories(data);
            Path script = data.resolve(model);
            Files.writeString(script, Demo.resource(model));
            ProcessBuilder builder = new ProcessBuilder(command())
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(nothing()))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
            Map<String, String> environment = builder.environment();
            NOT_TAKEN_OVER.forEach(environment::remove);
            environment.putIfAbsent(
                    "AGENT_PLATFORM_MOCK_SCRIPT", script.toAbsolutePath().toString());
            process = builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot start the server's process", failure);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS_MAX);
        while (!api.answers("/ready")) {
            boolean exited = process.waitFor(LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
            if (exited || System.nanoTime() > deadline) {
                throw new Problem(502, "not_ready", "The server did not start; see " + log() + ".");
            }
        }
    }

    /** With this program's own java, options and class path. */
    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // A debugger's or profiler's agent belongs to one process.
            if (!option.startsWith("-agentlib") && !option.startsWith("-javaagent")) command.add(option);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("serve", "--data", data.toString(), "--host", "127.0.0.1", "--port", "" + port));
        return command;
    }

    private static File nothing() {
        return new File(System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null");
    }

    /** As a power cut does: SIGKILL, without a chance to write anything. */
    synchronized void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Returns when the process has ended, by whatever hand. */
    void awaitEnd() throws InterruptedException {
        process.waitFor();
    }

    @Override
    public synchronized void close() {
        if (process == null) return;
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
