package dev.agentplatform.store;

import dev.agentplatform.kernel.Settings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How the database is used.
 *
 * @param connections size of the PostgreSQL pool, without the connection of each group commit
 * @param readers threads, and connections, that read from SQLite
 * @param readLimit the longest that one statement may take
 */
public record DatabaseSettings(DatabaseUrl url, int connections, int readers, Duration readLimit) {
    public static final int CONNECTIONS = 10;
    public static final int READERS = 3;
    public static final Duration READ_LIMIT_SQLITE = Duration.ofSeconds(5);
    public static final Duration READ_LIMIT_POSTGRESQL = Duration.ofSeconds(30);

    /** The usual sizes. */
    public static DatabaseSettings of(DatabaseUrl url) {
        return new DatabaseSettings(url, CONNECTIONS, READERS, readLimit(url));
    }

    /**
     * Reads {@code AGENT_PLATFORM_DATABASE_URL} (else {@code DATABASE_URL}),
     * {@code AGENT_PLATFORM_DATABASE_CONNECTIONS} and {@code AGENT_PLATFORM_DATABASE_READERS}.
     */
    public static DatabaseSettings from(Settings settings, Path dataFolder) {
        String text = settings.secret(DatabaseUrl.SETTING, "DATABASE_URL").orElse(null);
        DatabaseUrl url = DatabaseUrl.parse(text, dataFolder);
        return new DatabaseSettings(
                url,
                (int) settings.number("AGENT_PLATFORM_DATABASE_CONNECTIONS", CONNECTIONS, 2, 200),
                (int) settings.number("AGENT_PLATFORM_DATABASE_READERS", READERS, 1, 32),
                readLimit(url));
    }

    private static Duration readLimit(DatabaseUrl url) {
        return url.dialect() == Dialect.SQLITE ? READ_LIMIT_SQLITE : READ_LIMIT_POSTGRESQL;
    }
}
