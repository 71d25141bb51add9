package dev.agentplatform.bench;

import dev.agentplatform.app.Platform;
import dev.agentplatform.app.PlatformServer;
import dev.agentplatform.app.Roles;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.store.DatabaseUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The whole platform in this process, with a fresh database and at a free port, so that its clock is ours. */
final class InProcess implements AutoCloseable {
    private final Platform platform;
    private final PlatformServer server;
    private final Path data;

    /** @param more settings beside the usual ones */
    InProcess(String kind, Stores stores, Map<String, String> more) throws Exception {
        data = Files.createTempDirectory("bench-data");
        Map<String, String> settings = new HashMap<>(Map.of("PORT", "0", "AGENT_PLATFORM_DATA", data.toString()));
        settings.put("AGENT_PLATFORM_CREDENTIAL_KEY", "0f".repeat(32));
        // On SQLite the database is in the data folder.
        if (stores.fresh(kind, "platform") instanceof DatabaseUrl.Postgresql) {
            settings.put(DatabaseUrl.SETTING, stores.postgres().url("bench_platform"));
        }
        settings.putAll(more);
        Settings read = new Settings(settings);
        platform = new Platform(read, Roles.ALL);
        server = new PlatformServer(platform, read, List.of(), false);
        platform.start();
        server.start();
    }

    Platform platform() {
        return platform;
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() throws IOException {
        server.stop();
        platform.close();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) Files.delete(file);
        }
    }
}
