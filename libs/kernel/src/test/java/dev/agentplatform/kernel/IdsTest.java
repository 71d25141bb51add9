package dev.agentplatform.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdsTest {
    private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");

    @Test
    void idsOfOneMillisecondHaveTheOrderOfCreation() {
        Ids ids = new Ids(Clock.fixed(NOW, ZoneOffset.UTC));
        UUID before = ids.next();
        assertThat(Ids.timeMs(before)).isEqualTo(NOW.toEpochMilli());
        for (int i = 0; i < 10_000; i++) {
            UUID next = ids.next();
            assertThat(next.toString()).isGreaterThan(before.toString());
            assertThat(next.version()).isEqualTo(7);
            assertThat(next.variant()).isEqualTo(2);
            before = next;
        }
        // More than a millisecond can hold borrow from the next ones.
        assertThat(Ids.timeMs(before)).isEqualTo(NOW.toEpochMilli() + 2);
    }
}
