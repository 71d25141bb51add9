package dev.agentplatform.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.logging.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;

class LogsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Logger log = LoggerFactory.getLogger("dev.agentplatform.engine.Owner");

    @AfterEach
    void restore() throws IOException {
        LogManager.getLogManager().readConfiguration();
    }

    @Test
    void jsonIsOneObjectALine() {
        Logs.start(new Settings(Map.of()), new Logs.JsonLines(), out);
        log.info("took {} runs\nand \"more\"", 3);
        log.debug("not shown");
        assertThat(lines()).singleElement().satisfies(line -> {
            JsonNode entry = Json.parse(line);
            assertThat(entry.path("time").stringValue()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
            assertThat(entry.path("level").stringValue()).isEqualTo("info");
            assertThat(entry.path("logger").stringValue()).isEqualTo("dev.agentplatform.engine.Owner");
            assertThat(entry.path("message").stringValue()).isEqualTo("took 3 runs\nand \"more\"");
            assertThat(entry.has("error")).isFalse();
        });
    }

    @Test
    void theCauseAndTheContextAreFields() {
        Logs.start(new Settings(Map.of()), new Logs.JsonLines(), out);
        try (var _ = MDC.putCloseable("request_id", "r-1")) {
            log.error("failed", new IllegalStateException("outer", new IOException("inner")));
        }
        assertThat(lines()).singleElement().satisfies(line -> {
            JsonNode entry = Json.parse(line);
            assertThat(entry.path("level").stringValue()).isEqualTo("error");
            assertThat(entry.path("request_id").stringValue()).isEqualTo("r-1");
            assertThat(entry.path("error").stringValue()).contains("outer", "Caused by: java.io.IOException: inner");
        });
    }

    @Test
    void textHasTimeLevelShortNameMessageAndContext() {
        Logs.start(new Settings(Map.of()), new Logs.Text(), out);
        try (var _ = MDC.putCloseable("request_id", "r-1")) {
            log.warn("late");
        }
        assertThat(lines())
                .singleElement()
                .satisfies(line ->
                        assertThat(line).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} warn  Owner: late request_id=r-1"));
    }

    @Test
    void theLevelIsASetting() {
        Logs.start(new Settings(Map.of("LOG_LEVEL", "error")), new Logs.Text(), out);
        log.warn("not shown");
        assertThat(lines()).isEmpty();
        Logs.start(
                new Settings(Map.of("LOG_LEVEL", "error", "AGENT_PLATFORM_LOG_LEVEL", "debug")), new Logs.Text(), out);
        log.debug("shown");
        assertThat(lines()).hasSize(1);
    }

    @Test
    void aWrongLevelIsAWrongSetting() {
        assertThatThrownBy(() -> Logs.start(new Settings(Map.of("LOG_LEVEL", "loud")), new Logs.Text(), out))
                .isInstanceOf(Settings.WrongSetting.class)
                .hasMessage("LOG_LEVEL is 'loud'; allowed: debug, info, warn, error");
    }

    @Test
    void debugNamesAreas() {
        Logger other = LoggerFactory.getLogger("dev.agentplatform.web.Router");
        Logs.start(new Settings(Map.of("DEBUG", "agentplatform:engine")), new Logs.Text(), out);
        log.debug("shown");
        other.debug("not shown");
        assertThat(lines()).singleElement().satisfies(line -> assertThat(line).endsWith("Owner: shown"));
        Logs.start(new Settings(Map.of("DEBUG", "agentplatform:*")), new Logs.Text(), out);
        other.debug("shown now");
        assertThat(lines()).hasSize(2);
    }

    @Test
    void librariesAreHeardFromWarnOn() {
        Logger jetty = LoggerFactory.getLogger("org.eclipse.jetty.server.Server");
        Logs.start(new Settings(Map.of()), new Logs.Text(), out);
        jetty.info("not shown");
        jetty.warn("shown");
        assertThat(lines()).singleElement().satisfies(line -> assertThat(line).endsWith("Server: shown"));
    }

    @Test
    void nodeEnvDecidesBeforeTheTerminal() {
        assertThat(Logs.json(new Settings(Map.of("NODE_ENV", "production")), true))
                .isTrue();
        assertThat(Logs.json(new Settings(Map.of("NODE_ENV", "development")), false))
                .isFalse();
        assertThat(Logs.json(new Settings(Map.of()), true)).isFalse();
        assertThat(Logs.json(new Settings(Map.of()), false)).isTrue();
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
