package dev.agentplatform.app.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.client.ApiClient.Event;
import dev.agentplatform.kernel.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class EventLinesTest {
    private static final String AT = "\"event_time\":\"2026-01-01T00:00:00.250Z\",\"node_id\":\"send\"";

    @Test
    void aLineHasTimeRunNodeAndWhat() {
        assertThat(shown(
                        Ansi.OFF,
                        false,
                        "step.failed",
                        "\"error_code\":\"http_503\",\"will_retry\":true,\"attempt\":2"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .matches("\\d\\d:\\d\\d:00\\.250  mail-01 +send +"
                                + "failed \\(attempt 2\\): http_503, will try again"));
    }

    @Test
    void colourIsForTerminals() {
        assertThat(shown(Ansi.ON, false, "step.completed", "\"output_text\":\"done\"")
                        .getFirst())
                .contains("\u001B[32mcompleted: done\u001B[");
        assertThat(shown(Ansi.OFF, false, "step.completed", "\"output_text\":\"done\"")
                        .getFirst())
                .doesNotContain("\u001B");
    }

    @Test
    void theShortFormLeavesOutWhatOnlyLeadsTheWay() {
        assertThat(shown(Ansi.OFF, false, "step.completed", "\"node_type\":\"start\""))
                .isEmpty();
        assertThat(shown(Ansi.OFF, true, "step.completed", "\"node_type\":\"start\""))
                .hasSize(1);
    }

    @Test
    void longOutputsAreCut() {
        String text = "word ".repeat(100);
        assertThat(shown(Ansi.OFF, false, "step.completed", "\"output_text\":\"" + text + "\"")
                        .getFirst())
                .endsWith("...")
                .hasSizeLessThan(130);
    }

    private static List<String> shown(Ansi ansi, boolean all, String type, String fields) {
        StringWriter text = new StringWriter();
        EventLines lines = new EventLines(new PrintWriter(text), ansi, all);
        lines.print("mail-01", new Event(1, type, Json.parse("{" + AT + "," + fields + "}")));
        return text.toString().lines().toList();
    }
}
