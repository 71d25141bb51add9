package dev.agentplatform.model.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is read from bytes on the side. */
class TokensTest {
    @Test
    void countsAreFoundWhateverTheTextAroundThemSays() {
        Random random = new Random(7);
        String[] hostile = {"\"usage\":{\"prompt_tokens\":9}", "usage", "\\\"usage\\\":{", "{}", "é\n\"", "usage\":"};
        for (int i = 0; i < 500; i++) {
            long prompt = random.nextInt(1_000_000);
            long completion = random.nextInt(1_000_000);
            var answer = Json.object().put("content", hostile[i % hostile.length]);
            answer.putObject("usage")
                    .put("completion_tokens", completion)
                    .put("prompt_tokens", prompt)
                    .putObject("prompt_tokens_details")
                    .put("cached_tokens", 3);
            if (random.nextBoolean()) answer.put("after", hostile[random.nextInt(hostile.length)]);
            String text = random.nextBoolean() ? Json.write(answer) : answer.toPrettyString();
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertThat(Tokens.find(bytes, bytes.length)).as(text).isEqualTo(new Tokens(prompt, completion, false));
        }
    }

    @Test
    void noCountsAreMadeUp() {
        for (String text : new String[] {
            "",
            "{}",
            "{\"usage\":null}",
            "{\"usage\":{}}",
            "{\"a\":\"usage\"}",
            "{\"usage\":",
            "\"usage\":{\"prompt_tokens\":"
        }) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertThat(Tokens.find(bytes, bytes.length)).as(text).isNull();
        }
    }

    @Test
    void eventsAreTheSameWhereverTheirBytesAreCut() throws IOException {
        String text = ": comment\n\n"
                + "event: a\n"
                + "data: one\n"
                + "data: two\n\n"
                + "data:three\r\n\r\n"
                + "data: é€😀\r\r"
                + "id: 5\n\n"
                + "data: last\n\n";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<String> wanted = List.of("a:one\ntwo", "null:three", "null:é€😀", "null:last");
        for (int step = 1; step <= bytes.length; step++) {
            List<String> seen = new ArrayList<>();
            EventBytes events = new EventBytes((name, data) -> seen.add(name + ":" + data));
            for (int at = 0; at < bytes.length; at += step) events.feed(bytes, at, Math.min(step, bytes.length - at));
            assertThat(seen).as("step %d", step).isEqualTo(wanted);
        }
    }
}
