package dev.agentplatform.bench.harness;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL on this machine with its plain defaults: a given one, or a temporary cluster that ends with {@link #close}. */
public final class Postgres implements AutoCloseable {
    private static final String USER = "postgres";

    private final String host;
    private final int port;
    private final Path cluster;
    private boolean closed;

    private Postgres(String host, int port, Path cluster) {
        this.host = host;
        this.port = port;
        this.cluster = cluster;
    }

    /** Reads the option {@code postgres=host:port}; without it a temporary cluster is made. */
    public static Postgres from(Options options) throws Exception {
        String place = options.text("postgres", "");
        if (place.isEmpty()) return temporary();
        URI address = URI.create("postgresql://" + place);
        return new Postgres(address.getHost(), address.getPort(), null);
    }

    private static Postgres temporary() throws Exception {
        Path folder = Files.createTempDirectory("bench-postgres");
        if (isRoot()) run(List.of("chown", USER, folder.toString()));
        Path data = folder.resolve("data");
        int port = freePort();
        run(asPostgres("initdb", "-A", "trust", "-U", USER, "-D", data.toString()));
        String settings = "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=''";
        run(asPostgres(
                "pg_ctl",
                "-D",
                data.toString(),
                "-l",
                folder.resolve("log").toString(),
                "-w",
                "-o",
                settings,
                "start"));
        Postgres postgres = new Postgres("127.0.0.1", port, data);
        // A measurement that is interrupted leaves nothing behind either.
        Runtime.getRuntime().addShutdownHook(new Thread(postgres::closeQuietly));
        return postgres;
    }

    /** {@code postgresql://user@host:port/name}. */
    public String url(String database) {
        return "postgresql://" + USER + "@" + host + ":" + port + "/" + database;
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database + "?user=" + USER;
    }

    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database));
    }

    /** Drops the database if it is there, and creates it. */
    public void fresh(String database) throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
            statement.execute("CREATE DATABASE " + database);
            statement.execute("CHECKPOINT");
        }
    }

    public void drop(String database) throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
        }
    }

    /** Processor time of all its processes, in milliseconds; NaN when they are not to be seen from here. */
    public double cpuMs() throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW data_directory")) {
            row.next();
            List<String> lines = Files.readAllLines(Path.of(row.getString(1), "postmaster.pid"));
            return Processes.familyCpuMs(Long.parseLong(lines.getFirst().strip()));
        } catch (IOException notHere) {
            return Double.NaN;
        }
    }

    private void closeQuietly() {
        try {
            close();
        } catch (IOException | InterruptedException failure) {
            System.err.println("bench: could not remove " + cluster + ": " + failure.getMessage());
        }
    }

    @Override
    public synchronized void close() throws IOException, InterruptedException {
        if (cluster == null || closed) return;
        closed = true;
        run(asPostgres("pg_ctl", "-D", cluster.toString(), "-m", "fast", "-w", "stop"));
        try (Stream<Path> files = Files.walk(cluster.getParent())) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) Files.delete(file);
        }
    }

    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** The server refuses to run as root. */
    private static List<String> asPostgres(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (isRoot()) command.addAll(List.of("runuser", "-u", USER, "--"));
        command.add(program(program));
        command.addAll(List.of(arguments));
        return command;
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** In the folder {@code PGBIN}, on the path, or where Debian puts them. */
    private static String program(String name) throws IOException {
        List<Path> folders = new ArrayList<>();
        if (System.getenv("PGBIN") != null) folders.add(Path.of(System.getenv("PGBIN")));
        for (String folder : System.getenv("PATH").split(":")) folders.add(Path.of(folder));
        if (Files.isDirectory(Path.of("/usr/lib/postgresql"))) {
            try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
                versions.sorted((a, b) -> b.compareTo(a)).forEach(version -> folders.add(version.resolve("bin")));
            }
        }
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IOException("no " + name + " found; set PGBIN, or postgres=host:port"))
                .toString();
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("bench-command", ".log");
        Process process = new ProcessBuilder(command)
                .directory(Path.of(System.getProperty("java.io.tmpdir")).toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        String text = Files.readString(output);
        Files.delete(output);
        if (!ended || process.exitValue() != 0) throw new IOException(String.join(" ", command) + ": " + text);
    }
}
