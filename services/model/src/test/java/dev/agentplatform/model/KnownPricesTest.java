package dev.agentplatform.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class KnownPricesTest {
    private final KnownPrices prices = KnownPrices.load();

    @Test
    void theLongestNameThatFitsCounts() {
        assertThat(prices.of("openai", "gpt-4o-mini")).hasValue(new Price(150_000, 600_000));
        assertThat(prices.of("openai", "gpt-5-mini-2025-08-07")).hasValue(new Price(250_000, 2_000_000));
        assertThat(prices.of("openai", "gpt-5-2025-08-07")).hasValue(new Price(1_250_000, 10_000_000));
        assertThat(prices.of("anthropic", "claude-sonnet-4-5-20250929")).hasValue(new Price(3_000_000, 15_000_000));
        assertThat(prices.of("gemini", "models/gemini-2.5-flash-lite")).hasValue(new Price(100_000, 400_000));
    }

    @Test
    void whatIsNotKnownHasNoPrice() {
        assertThat(prices.of("openai", "gpt-5-pro")).isEmpty();
        assertThat(prices.of("openai", "my-model")).isEmpty();
        assertThat(prices.of("ollama", "gpt-4o")).isEmpty();
        assertThat(prices.of("anthropic", "")).isEmpty();
    }

    @Test
    void eachPriceIsTwoNumbersAndTheTableIsDated() {
        JsonNode file = KnownPrices.file();
        assertThat(LocalDate.parse(file.path("as_of").asString())).isAfter(LocalDate.of(2025, 1, 1));
        for (JsonNode kind : file.path("prices")) {
            for (JsonNode price : kind) {
                assertThat(price.size()).isEqualTo(2);
                // A dollar and a cent are easily mixed up: nothing here costs more than 1,000 dollars.
                for (JsonNode part : price) assertThat(part.longValue()).isBetween(0L, 1_000_000_000L);
            }
        }
    }
}
