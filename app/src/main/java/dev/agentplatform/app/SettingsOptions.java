package dev.agentplatform.app;

import dev.agentplatform.kernel.Settings;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import picocli.CommandLine.Option;

/**
 * The options by which a command finds its settings: a command that needs some has a field {@code @Mixin private
 * SettingsOptions options} and calls {@link #start()} first.
 *
 * <p>A setting is looked for on the command line, in the environment, then in a properties file that uses the names of
 * the environment ({@code PORT=8080}): the one of {@code --config}, else {@code agent-platform.properties} in the data
 * folder when it exists.
 */
public final class SettingsOptions {
    public static final String DATA_FOLDER = "AGENT_PLATFORM_DATA";

    private static final String FILE_NAME = "agent-platform.properties";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Properties file with settings; the environment wins. Default: " + FILE_NAME
                    + " in the data folder, if there.")
    private Path config;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "Data folder, also " + DATA_FOLDER + ". Default: data, below the current folder.")
    private Path data;

    /** Reads the settings and starts logging as they say. Throws {@link Settings.WrongSetting}. */
    public Settings start() {
        return start(Map.of());
    }

    /** Like {@link #start()}; {@code overrides} are what the command line says, by the names of the environment. */
    public Settings start(Map<String, String> overrides) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(overrides);
        Settings settings = read(environment);
        Logs.start(settings);
        return settings;
    }

    /** {@link #start()} without its effect on logging, for an environment of the caller's choice. */
    public Settings read(Map<String, String> environment) {
        Map<String, String> given = new HashMap<>(environment);
        given.values().removeIf(String::isBlank);
        if (data != null) given.put(DATA_FOLDER, data.toString());
        given.putIfAbsent(DATA_FOLDER, "data");

        Map<String, String> values = new HashMap<>();
        file(Path.of(given.get(DATA_FOLDER))).ifPresent(file -> values.putAll(propertiesOf(file)));
        values.putAll(given);
        return new Settings(values);
    }

    private Optional<Path> file(Path dataFolder) {
        if (config != null) return Optional.of(config);
        return Optional.of(dataFolder.resolve(FILE_NAME)).filter(Files::exists);
    }

    private static Map<String, String> propertiesOf(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new Settings.WrongSetting("--config", file.toString(), "a readable properties file in UTF-8");
        }
        Map<String, String> values = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        return values;
    }
}
