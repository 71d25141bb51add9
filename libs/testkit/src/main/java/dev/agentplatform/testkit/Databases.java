package dev.agentplatform.testkit;

import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseSettings;
import dev.agentplatform.store.DatabaseUrl;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.store.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Databases for tests. One PostgreSQL server is started per JVM, when the first test asks for it; each
 * schema is migrated once per JVM and copied for each test.
 */
public final class Databases {
    private static final int CONNECTIONS = 4;
    private static final int READERS = 2;
    private static final Duration READ_LIMIT = Duration.ofSeconds(5);
    private static final String TEMPLATE = "migrated";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    // Starting a server and migrating say much that no reader of a test report wants.
    private static final List<Logger> QUIET = Stream.of("io.zonky", "org.flywaydb", "com.zaxxer.hikari")
            .map(Logger::getLogger)
            .toList();

    static {
        for (Logger logger : QUIET) logger.setLevel(Level.WARNING);
    }

    private Databases() {}

    /** For {@code @MethodSource}; open with {@link #fresh}. */
    public static Stream<Dialect> both() {
        return Stream.of(Dialect.SQLITE, Dialect.POSTGRESQL);
    }

    /** A migrated database of its own; give it back with {@link #drop}. */
    public static Database fresh(Dialect dialect) {
        return Database.open(settings(
                switch (dialect) {
                    case SQLITE -> Sqlite.copy();
                    case POSTGRESQL -> Postgresql.create(Postgresql.template());
                }));
    }

    /** A database without any table. */
    public static Database empty(Dialect dialect) {
        return Database.open(settings(
                switch (dialect) {
                    case SQLITE -> Sqlite.newFile();
                    case POSTGRESQL -> Postgresql.create("template1");
                }));
    }

    /** A second process on the same database, as far as PostgreSQL can tell. */
    public static Database again(Database database) {
        return Database.open(settings(database.settings().url()));
    }

    /** Closes a database and removes its data. */
    public static void drop(Database database) {
        database.close();
        switch (database.settings().url()) {
            case DatabaseUrl.Sqlite url -> Sqlite.delete(url.file().getParent());
            case DatabaseUrl.Postgresql url -> Postgresql.drop(url.jdbcUrl());
        }
    }

    private static DatabaseSettings settings(DatabaseUrl url) {
        return new DatabaseSettings(url, CONNECTIONS, READERS, READ_LIMIT);
    }

    private static void migrate(DatabaseUrl url) {
        try (Database database = Database.open(settings(url))) {
            Migrations.migrate(database);
        }
    }

    private static final class Sqlite {
        private static Path template;

        private Sqlite() {}

        static synchronized DatabaseUrl copy() {
            try {
                if (template == null) {
                    DatabaseUrl.Sqlite made = newFile();
                    migrate(made);
                    template = made.file();
                    Runtime.getRuntime()
                            .addShutdownHook(new Thread(() -> delete(made.file().getParent())));
                }
                DatabaseUrl.Sqlite copy = newFile();
                Files.copy(template, copy.file());
                return copy;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        static DatabaseUrl.Sqlite newFile() {
            try {
                return new DatabaseUrl.Sqlite(
                        Files.createTempDirectory("agent-platform-test").resolve(DatabaseUrl.FILE_BY_DEFAULT));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        static void delete(Path folder) {
            try (Stream<Path> files = Files.walk(folder)) {
                List<Path> deepestFirst =
                        files.sorted(Comparator.reverseOrder()).toList();
                for (Path file : deepestFirst) Files.delete(file);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private static final class Postgresql {
        private static EmbeddedPostgres server;
        private static boolean templateMade;

        private Postgresql() {}

        static synchronized EmbeddedPostgres server() {
            if (server == null) {
                try {
                    server = EmbeddedPostgres.builder()
                            .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                            // Nobody pulls the plug during a test.
                            .setServerConfig("fsync", "off")
                            .setServerConfig("full_page_writes", "off")
                            .setServerConfig("max_connections", "200")
                            .start();
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            }
            return server;
        }

        static synchronized String template() {
            if (!templateMade) {
                execute("CREATE DATABASE " + TEMPLATE);
                migrate(url(TEMPLATE));
                templateMade = true;
            }
            return TEMPLATE;
        }

        static synchronized DatabaseUrl create(String template) {
            String name = "test_" + NUMBER.incrementAndGet();
            execute("CREATE DATABASE " + name + " TEMPLATE " + template + " STRATEGY FILE_COPY");
            return url(name);
        }

        static void drop(String jdbcUrl) {
            execute("DROP DATABASE " + jdbcUrl.substring(jdbcUrl.lastIndexOf('/') + 1) + " WITH (FORCE)");
        }

        private static DatabaseUrl url(String name) {
            return new DatabaseUrl.Postgresql(
                    "jdbc:postgresql://localhost:" + server().getPort() + "/" + name, "postgres", "postgres");
        }

        private static void execute(String sql) {
            try (Connection connection = server().getPostgresDatabase().getConnection();
                    var statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException failure) {
                throw new IllegalStateException(failure);
            }
        }
    }
}
