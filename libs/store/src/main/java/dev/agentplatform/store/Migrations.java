package dev.agentplatform.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * Brings the schema up to date from the files {@code migrations/V1.NN__name.sql} of all rooms.
 *
 * <p>A hash of the files is kept in the database. While it fits, the migration tool is not even loaded,
 * which saves half a second of each start. Many processes may migrate at once: one does, the others wait.
 */
public final class Migrations {
    private static final String FOLDER = "migrations";
    private static final String HASH_TABLE =
            "CREATE TABLE IF NOT EXISTS schema_hash (id INTEGER NOT NULL PRIMARY KEY, hash TEXT NOT NULL)";

    private Migrations() {}

    /**
     * Returns how many migrations were applied; 0 when the schema was current.
     *
     * @throws org.flywaydb.core.api.FlywayException when a migration fails or an applied one was changed
     */
    public static int migrate(Database database) {
        String hash = hash(database.dialect());
        if (isCurrent(database, hash)) return 0;
        int applied = flyway(database).migrate().migrationsExecuted;
        database.transact(sql -> {
            // Several processes may come here; on PostgreSQL CREATE IF NOT EXISTS alone is no protection.
            if (sql.dialect() == Dialect.POSTGRESQL) {
                sql.list("SELECT pg_advisory_xact_lock(hashtext('schema_hash'))", row -> 0);
            }
            sql.update(HASH_TABLE);
            return sql.update(
                    "INSERT INTO schema_hash (id, hash) VALUES (1, ?)"
                            + " ON CONFLICT (id) DO UPDATE SET hash = excluded.hash",
                    hash);
        });
        return applied;
    }

    /** Names of migrations that are not applied yet; empty when the schema is current. */
    public static List<String> pending(Database database) {
        if (isCurrent(database, hash(database.dialect()))) return List.of();
        return Stream.of(flyway(database).info().pending())
                .map(migration -> migration.getVersion() + " " + migration.getDescription())
                .toList();
    }

    private static boolean isCurrent(Database database, String hash) {
        try {
            return database.read(sql -> sql.one("SELECT hash FROM schema_hash WHERE id = 1", row -> row.text("hash")))
                    .filter(hash::equals)
                    .isPresent();
        } catch (DatabaseFailure tableIsMissing) {
            return false;
        }
    }

    private static Flyway flyway(Database database) {
        FluentConfiguration configuration = Flyway.configure(loader())
                .locations("classpath:" + FOLDER)
                .placeholders(database.dialect().placeholders())
                // Each room numbers its own files, so a lower number may come later.
                .outOfOrder(true)
                .cleanDisabled(true)
                .failOnMissingLocations(true);
        switch (database.settings().url()) {
            case DatabaseUrl.Sqlite url -> configuration.dataSource("jdbc:sqlite:" + url.file(), null, null);
            case DatabaseUrl.Postgresql url -> configuration.dataSource(url.jdbcUrl(), url.user(), url.password());
        }
        return configuration.load();
    }

    private static ClassLoader loader() {
        return Migrations.class.getClassLoader();
    }

    static String hash(Dialect dialect) {
        SortedMap<String, byte[]> files = files();
        if (files.isEmpty()) throw new IllegalStateException("no migrations on the class path");
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String types = new TreeMap<>(dialect.placeholders()).toString();
            digest.update(types.getBytes(StandardCharsets.UTF_8));
            files.forEach((name, content) -> {
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                digest.update(content);
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static SortedMap<String, byte[]> files() {
        SortedMap<String, byte[]> files = new TreeMap<>();
        try {
            for (URL place : Collections.list(loader().getResources(FOLDER))) {
                if (place.getProtocol().equals("jar")) readJar(place, files);
                else readFolder(Path.of(place.toURI()), files);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read the migrations", failure);
        } catch (URISyntaxException malformed) {
            throw new IllegalStateException(malformed);
        }
        return files;
    }

    private static void readFolder(Path folder, SortedMap<String, byte[]> files) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path file :
                    entries.filter(path -> path.toString().endsWith(".sql")).toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
    }

    private static void readJar(URL place, SortedMap<String, byte[]> files) throws IOException {
        JarURLConnection connection = (JarURLConnection) place.openConnection();
        // A cached jar is shared with the class loader and must not be closed here.
        connection.setUseCaches(false);
        try (var jar = connection.getJarFile()) {
            for (var entry : Collections.list(jar.entries())) {
                String name = entry.getName();
                if (!name.startsWith(FOLDER + "/") || !name.endsWith(".sql")) continue;
                try (var content = jar.getInputStream(entry)) {
                    files.put(name.substring(FOLDER.length() + 1), content.readAllBytes());
                }
            }
        }
    }
}
