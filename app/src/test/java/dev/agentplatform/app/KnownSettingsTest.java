package dev.agentplatform.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KnownSettingsTest {
    private static final Pattern NAME = Pattern.compile("\"AGENT_PLATFORM_([A-Z_]*[A-Z])\"");

    @Test
    void everyNameThatTheSourcesReadIsKnown() throws IOException {
        TreeSet<String> read = new TreeSet<>();
        for (String room : List.of("app", "doors", "services", "libs")) {
            try (Stream<Path> files = Files.walk(Path.of("..", room))) {
                for (Path file : files.filter(KnownSettingsTest::source).toList()) {
                    NAME.matcher(Files.readString(file))
                            .results()
                            .map((MatchResult found) -> found.group(1))
                            .forEach(read::add);
                }
            }
        }
        assertThat(read).isNotEmpty().isSubsetOf(KnownSettings.NAMES);
        assertThat(KnownSettings.NAMES).isSorted();
    }

    @Test
    void theNearestNameIsFoundWhenOneIsNear() {
        assertThat(KnownSettings.nearest("AGENT_PLATFORM_DATABASE_ULR")).hasValue("AGENT_PLATFORM_DATABASE_URL");
        assertThat(KnownSettings.nearest("AGENT_PLATFORM_XYZ")).isEmpty();
        assertThat(KnownSettings.known("AGENT_PLATFORM_SECRET_TOKEN")).isTrue();
        assertThat(KnownSettings.known("AGENT_PLATFORM_SECRET_")).isFalse();
        assertThat(KnownSettings.known("PATH")).isTrue();
    }

    private static boolean source(Path file) {
        return file.toString().contains("/src/main/java/") && file.toString().endsWith(".java");
    }
}
