package dev.agentplatform.app;

import dev.agentplatform.kernel.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;

/** A whole platform inside a command: on a free port of loopback, with SQLite, for as long as the command runs. */
public final class EmbeddedServer implements AutoCloseable {
    /** The command's own server answers nobody else: where it listens, whom it asks and where it stores is ours. */
    private static final List<String> NOT_TAKEN_OVER = List.of(
            "AGENT_PLATFORM_DATABASE_URL",
            "DATABASE_URL",
            "AGENT_PLATFORM_AUTH_REQUIRED",
            "AGENT_PLATFORM_AUTHZ_REQUIRED",
            "AUTH_ENABLED");

    private final Platform platform;
    private final PlatformServer server;
    private final Path temporary;

    private EmbeddedServer(Platform platform, PlatformServer server, Path temporary) {
        this.platform = platform;
        this.server = server;
        this.temporary = temporary;
    }

    /**
     * @param data null for a folder that is deleted at the end
     * @throws Settings.WrongSetting
     * @throws dev.agentplatform.store.InstanceLock.FolderInUse when another process uses {@code data}
     */
    public static EmbeddedServer start(Map<String, String> environment, Path data) {
        Path temporary = data == null ? temporaryFolder() : null;
        Settings settings = settings(environment, data == null ? temporary : data);
        Logs.startQuietly(settings);
        Platform platform = new Platform(settings, Roles.ALL);
        PlatformServer server = new PlatformServer(platform, settings, List.of(), false);
        platform.start();
        server.start();
        return new EmbeddedServer(platform, server, temporary);
    }

    private static Settings settings(Map<String, String> environment, Path data) {
        Map<String, String> own = new HashMap<>(environment);
        NOT_TAKEN_OVER.forEach(own::remove);
        own.put("AGENT_PLATFORM_HOST", "127.0.0.1");
        own.put("AGENT_PLATFORM_PORT", "0");
        return CommandLine.populateCommand(new SettingsOptions(), "--data", data.toString())
                .read(own);
    }

    public String address() {
        return "http://localhost:" + server.port();
    }

    @Override
    public void close() {
        server.drain();
        server.stop();
        platform.close();
        if (temporary != null) delete(temporary);
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("agent-platform-");
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot create a temporary folder", failure);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot delete " + folder, failure);
        }
    }
}
