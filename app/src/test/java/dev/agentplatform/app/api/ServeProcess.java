package dev.agentplatform.app.api;

import dev.agentplatform.app.Main;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code serve} as a process of its own, which can be killed and started again on the same data. */
final class ServeProcess implements AutoCloseable {
    private static final long START_NANOS_MAX = 60_000_000_000L;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path data;
    private final int port;
    private final Map<String, String> environment;
    private Process process;

    private ServeProcess(Path data, int port, Map<String, String> environment) {
        this.data = data;
        this.port = port;
        this.environment = environment;
    }

    /** Returns when it is ready. */
    static ServeProcess start(Path data, Map<String, String> environment) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ServeProcess process = new ServeProcess(data, port, new HashMap<>(environment));
        process.start();
        return process;
    }

    /** The setting that names a database of a test. */
    static Map<String, String> on(Database database) {
        String url =
                switch (database.settings().url()) {
                    case DatabaseUrl.Sqlite sqlite -> "sqlite:///" + sqlite.file();
                    case DatabaseUrl.Postgresql postgresql ->
                        postgresql
                                .jdbcUrl()
                                .replace(
                                        "jdbc:postgresql://",
                                        "jdbc:postgresql://" + postgresql.user() + ":" + postgresql.password() + "@");
                };
        return Map.of(DatabaseUrl.SETTING, url);
    }

    int port() {
        return port;
    }

    HttpClient client() {
        return client;
    }

    /** As a power cut does: it gets no chance to write anything. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** After {@link #kill}: again, on the same data and at the same address. */
    void start() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--data",
                data.toString());
        builder.environment().putAll(environment);
        Path output = data.resolve("output.log");
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        long deadline = System.nanoTime() + START_NANOS_MAX;
        while (!ready()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new AssertionError("the server did not start: " + Files.readString(output));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private boolean ready() throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ready"))
                    .build();
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
        client.shutdownNow();
    }
}
