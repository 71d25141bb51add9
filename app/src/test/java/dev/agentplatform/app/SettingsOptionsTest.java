package dev.agentplatform.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SettingsOptionsTest {
    @TempDir
    private Path folder;

    @Test
    void theDataFolderIsDataUnlessGiven() {
        assertThat(read(Map.of()).text(SettingsOptions.DATA_FOLDER, "")).isEqualTo("data");
        assertThat(read(Map.of(SettingsOptions.DATA_FOLDER, "/srv")).text(SettingsOptions.DATA_FOLDER, ""))
                .isEqualTo("/srv");
        assertThat(read(Map.of(SettingsOptions.DATA_FOLDER, "/srv"), "--data", "/other")
                        .text(SettingsOptions.DATA_FOLDER, ""))
                .isEqualTo("/other");
    }

    @Test
    void theFileInTheDataFolderIsRead() throws IOException {
        Files.writeString(folder.resolve("agent-platform.properties"), "PORT=9000\nLOG_LEVEL=debug\n");
        Settings settings = read(Map.of("LOG_LEVEL", "warn"), "--data", folder.toString());
        assertThat(settings.text("PORT", "")).isEqualTo("9000");
        assertThat(settings.text("LOG_LEVEL", "")).as("the environment wins").isEqualTo("warn");
    }

    @Test
    void anEmptyVariableDoesNotHideTheFile() throws IOException {
        Files.writeString(folder.resolve("agent-platform.properties"), "PORT=9000\n");
        assertThat(read(Map.of("PORT", ""), "--data", folder.toString()).text("PORT", ""))
                .isEqualTo("9000");
    }

    @Test
    void aNamedFileIsReadInsteadOfTheOneInTheDataFolder() throws IOException {
        Files.writeString(folder.resolve("agent-platform.properties"), "PORT=9000\nONLY=there\n");
        Path named = Files.writeString(folder.resolve("other.properties"), "PORT=9001\n");
        Settings settings = read(Map.of(), "--data", folder.toString(), "--config", named.toString());
        assertThat(settings.text("PORT", "")).isEqualTo("9001");
        assertThat(settings.text("ONLY", "not read")).isEqualTo("not read");
    }

    @Test
    void aNamedFileThatIsNotThereIsAWrongSetting() {
        Path missing = folder.resolve("missing.properties");
        assertThatThrownBy(() -> read(Map.of(), "--config", missing.toString()))
                .isInstanceOf(Settings.WrongSetting.class)
                .hasMessageContaining("--config is '" + missing + "'");
    }

    private static Settings read(Map<String, String> environment, String... arguments) {
        return CommandLine.populateCommand(new SettingsOptions(), arguments).read(environment);
    }
}
