package dev.agentplatform.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real server of another product, started on a free port with a temporary folder; it ends with this JVM at the latest. */
final class BrokerProcess implements AutoCloseable {
    private static final int START_SECONDS_MAX = 60;
    private static final int STOP_SECONDS_MAX = 10;

    private final List<String> command;
    private final Map<String, String> environment;
    private final Path folder;
    private final int port;
    private final Thread atExit = new Thread(this::kill);
    private Process process;

    BrokerProcess(Path folder, int port, List<String> command, Map<String, String> environment) {
        this.folder = folder;
        this.port = port;
        this.command = command;
        this.environment = environment;
        Runtime.getRuntime().addShutdownHook(atExit);
        start();
    }

    /** The first program of these that is there. */
    static Optional<String> program(String... paths) {
        return Stream.of(paths)
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst();
    }

    static Path newFolder() {
        try {
            return Files.createTempDirectory("agent-platform-broker");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int port() {
        return port;
    }

    /** Returns when it accepts connections. */
    void start() {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.log").toFile());
        try {
            process = builder.start();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
            while (!listens()) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            command.getFirst() + " did not start: " + Files.readString(folder.resolve("output.log")));
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** As {@code kill -9} does it, with what it started. */
    void kill() {
        if (process == null) return;
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(atExit);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        } catch (IOException busy) {
            throw new UncheckedIOException(busy);
        }
    }
}
