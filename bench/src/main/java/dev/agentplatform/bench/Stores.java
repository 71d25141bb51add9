package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Postgres;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseSettings;
import dev.agentplatform.store.DatabaseUrl;
import dev.agentplatform.store.Migrations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Fresh databases for one measurement, of the kinds that the option {@code stores} names; gone after {@link #close}. */
final class Stores implements AutoCloseable {
    static final String SQLITE = "sqlite";
    static final String POSTGRESQL = "postgresql";

    private final List<String> kinds;
    private final Postgres postgres;
    private final Path folder;
    private final List<String> made = new ArrayList<>();

    private Stores(List<String> kinds, Postgres postgres, Path folder) {
        this.kinds = kinds;
        this.postgres = postgres;
        this.folder = folder;
    }

    /** @param otherwise kinds when the option is not given */
    static Stores from(Options options, String otherwise) throws Exception {
        List<String> kinds = options.list("stores", otherwise);
        Postgres postgres = kinds.contains(POSTGRESQL) ? Postgres.from(options) : null;
        Path folder = Files.createTempDirectory("bench");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(folder)));
        return new Stores(kinds, postgres, folder);
    }

    List<String> kinds() {
        return kinds;
    }

    Postgres postgres() {
        return postgres;
    }

    /** Creates an empty database; {@code name} is a file on SQLite, a database on PostgreSQL. */
    DatabaseUrl fresh(String kind, String name) throws Exception {
        String place = "bench_" + name;
        if (kind.equals(SQLITE)) return new DatabaseUrl.Sqlite(folder.resolve(place + ".db"));
        postgres.fresh(place);
        made.add(place);
        return DatabaseUrl.parse(postgres.url(place), folder);
    }

    /** A new database with the platform's tables. */
    Database migrated(String kind, String name) throws Exception {
        Database database = Database.open(DatabaseSettings.of(fresh(kind, name)));
        Migrations.migrate(database);
        return database;
    }

    /** Processor time of the store's own processes, in milliseconds; SQLite has none. */
    double cpuMs(String kind) throws Exception {
        return kind.equals(POSTGRESQL) ? postgres.cpuMs() : 0;
    }

    @Override
    public void close() throws Exception {
        if (postgres != null) {
            for (String name : made) postgres.drop(name);
            postgres.close();
        }
        delete(folder);
    }

    /** When a measurement is interrupted; a failure leaves files in the temporary folder, no more. */
    private static void deleteQuietly(Path folder) {
        try {
            if (Files.exists(folder)) delete(folder);
        } catch (IOException | UncheckedIOException failure) {
            System.err.println("bench: could not remove " + folder + ": " + failure.getMessage());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) Files.deleteIfExists(file);
        }
    }
}
