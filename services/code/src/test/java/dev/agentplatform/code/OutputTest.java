package dev.agentplatform.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OutputTest {
    private static Output of(String text, int bytesMax) {
        Output output = new Output(bytesMax);
        output.readAll(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        return output;
    }

    /** For each kind of character and each place of the cut: a prefix, and none of its characters broken. */
    @Test
    void aCutNeverBreaksACharacter() {
        for (String character : new String[] {"x", "é", "€", "😀"}) {
            String text = "a" + character.repeat(5);
            int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            for (int limit = 0; limit <= bytes + 1; limit++) {
                Output output = of(text, limit);
                assertThat(output.truncated()).isEqualTo(limit < bytes);
                assertThat(text).startsWith(output.text());
                int kept = output.text().getBytes(StandardCharsets.UTF_8).length;
                assertThat(kept).isLessThanOrEqualTo(limit).isGreaterThan(Math.min(limit, bytes) - 4);
            }
        }
    }
}
