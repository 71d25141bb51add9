package dev.agentplatform.app.api;

import dev.agentplatform.app.Platform;
import dev.agentplatform.app.PlatformServer;
import dev.agentplatform.app.Roles;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseUrl;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.Databases;
import dev.agentplatform.web.Route;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** The whole platform on a free port, with a database of its own. */
final class ApiServer implements AutoCloseable {
    /** Bodies above this are too large here, so that a test need not send ten megabytes. */
    static final int BODY_BYTES_MAX = 2_000_000;

    static final String CREDENTIAL_KEY = "0f".repeat(32);

    // Each request and each start would be lines in the report of the tests.
    private static final List<Logger> QUIET = Stream.of("dev.agentplatform", "io.javalin", "org.eclipse.jetty")
            .map(Logger::getLogger)
            .toList();

    static {
        for (Logger logger : QUIET) logger.setLevel(Level.SEVERE);
    }

    private final Dialect dialect;
    private final boolean owner;
    private final Database reserved;
    private final Path data;
    private final Platform platform;
    private final PlatformServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    ApiServer(Dialect dialect) throws Exception {
        this(dialect, false);
    }

    /** @param servicePorts also at the port that each service has of its own */
    ApiServer(Dialect dialect, boolean servicePorts) throws Exception {
        this(dialect, servicePorts, Map.of());
    }

    /** @param more settings besides the usual ones */
    ApiServer(Dialect dialect, boolean servicePorts, Map<String, String> more) throws Exception {
        this(dialect, servicePorts, more, null);
    }

    /** Another process on the same PostgreSQL, with a data folder of its own. */
    ApiServer beside() throws Exception {
        return new ApiServer(dialect, false, Map.of(), this);
    }

    private ApiServer(Dialect dialect, boolean servicePorts, Map<String, String> more, ApiServer first)
            throws Exception {
        this.dialect = dialect;
        this.owner = first == null;
        reserved = first == null ? Databases.fresh(dialect) : first.reserved;
        if (first == null) reserved.close();
        Map<String, String> values = new HashMap<>();
        values.put("PORT", "0");
        values.put("AGENT_PLATFORM_BODY_BYTES_MAX", String.valueOf(BODY_BYTES_MAX));
        values.put("AGENT_PLATFORM_STOP_TIMEOUT_MILLIS", "100");
        values.put("AGENT_PLATFORM_SECRET_API_TOKEN", "the-secret-value");
        values.put("AGENT_PLATFORM_CREDENTIAL_KEY", CREDENTIAL_KEY);
        switch (reserved.settings().url()) {
            case DatabaseUrl.Sqlite url -> data = url.file().getParent();
            case DatabaseUrl.Postgresql url -> {
                data = Files.createTempDirectory("agent-platform-api");
                String login = "jdbc:postgresql://" + url.user() + ":" + url.password() + "@";
                String address = url.jdbcUrl().replace("jdbc:postgresql://", login);
                values.put(DatabaseUrl.SETTING, address);
            }
        }
        values.put("AGENT_PLATFORM_DATA", data.toString());
        values.putAll(more);
        Settings settings = new Settings(values);
        platform = new Platform(settings, Roles.ALL);
        server = new PlatformServer(platform, settings, List.of(), servicePorts);
        platform.start();
        server.start();
    }

    Path dataFolder() {
        return data;
    }

    Dialect dialect() {
        return dialect;
    }

    Platform platform() {
        return platform;
    }

    int port() {
        return server.port();
    }

    List<Route> routes() {
        return server.routes();
    }

    void drain() {
        server.drain();
    }

    void stop() {
        server.stop();
    }

    HttpClient client() {
        return client;
    }

    /** A client that speaks in a workspace nobody else has. */
    Api workspace(Api.Spelling spelling) {
        return new Api(
                this, spelling, "w" + Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36));
    }

    @Override
    public void close() throws Exception {
        client.shutdownNow();
        server.stop();
        platform.close();
        if (owner) Databases.drop(reserved);
        if (!Files.exists(data)) return;
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
