package dev.agentplatform.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.gateway.audit.AuditStats.Count;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DurationsTest {
    @Test
    void everyDurationLiesInItsStepAndNotFarBelowItsEnd() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            long micros = random.nextLong() >>> (1 + random.nextInt(62));
            int bucket = Durations.bucket(micros);
            assertThat(Durations.highest(bucket)).isGreaterThanOrEqualTo(micros);
            if (bucket > 0) assertThat(Durations.highest(bucket - 1)).isLessThan(micros);
            assertThat(Durations.highest(bucket) - micros).isLessThanOrEqualTo(micros / 16);
        }
        assertThat(Durations.bucket(-5)).isZero();
    }

    @Test
    void percentilesAreAtMostAStepAboveTheTrueOnes() {
        Random random = new Random(4);
        for (int size : new int[] {1, 2, 10, 999}) {
            long[] micros = random.longs(size, 1, 5_000_000).toArray();
            List<Count> counts = new ArrayList<>();
            for (long one : micros) counts.add(new Count("a", 200, Durations.bucket(one), 1));
            counts.add(new Count("a", 200, null, 50));
            Arrays.sort(micros);
            JsonNode stats = AuditStats.json(counts);
            for (int percent : new int[] {50, 95, 99}) {
                double exact = micros[(int) Math.ceil(size * percent / 100.0) - 1] / 1_000.0;
                assertThat(stats.path("p" + percent + "_ms").doubleValue()).isBetween(exact, exact * 1.0625);
            }
            assertThat(stats.path("count").longValue()).isEqualTo(size + 50);
        }
    }

    @Test
    void figuresAreByServiceAndStatusClass() {
        JsonNode stats = AuditStats.json(List.of(
                new Count("session", 200, 5, 6), new Count("session", 404, 5, 1), new Count("runtime", 503, 9, 1)));
        assertThat(stats.path("error_count").longValue()).isEqualTo(2);
        assertThat(stats.path("error_rate").doubleValue()).isEqualTo(0.25);
        assertThat(stats.path("by_service").findValuesAsString("service")).containsExactly("runtime", "session");
        assertThat(stats.path("by_service").path(1).path("error_count").longValue())
                .isEqualTo(1);
        assertThat(stats.path("by_status_class").findValuesAsString("status_class"))
                .containsExactly("2xx", "4xx", "5xx");
        JsonNode nothing = AuditStats.json(List.of());
        assertThat(nothing.path("p99_ms").isNull()).isTrue();
        assertThat(nothing.path("error_rate").doubleValue()).isZero();
    }
}
