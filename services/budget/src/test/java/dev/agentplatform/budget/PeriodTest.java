package dev.agentplatform.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeriodTest {
    private static long at(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    @Test
    void periodsFollowEachOtherWithoutAGap() {
        Random random = new Random(5);
        for (int i = 0; i < 5_000; i++) {
            long now = at("2020-01-01T00:00:00Z") + (long) (random.nextDouble() * 12L * 365 * 86_400_000);
            for (Period period : List.of(Period.HOUR, Period.DAY, Period.MONTH)) {
                long start = period.start(now);
                long end = period.end(now);
                assertThat(now).isBetween(start, end - 1);
                assertThat(period.start(end)).isEqualTo(end);
                assertThat(period.start(end - 1)).isEqualTo(start);
            }
        }
    }

    @Test
    void aMonthIsThatOfTheCalendar() {
        long now = at("2028-02-29T23:59:59.999Z");
        assertThat(Period.MONTH.start(now)).isEqualTo(at("2028-02-01T00:00:00Z"));
        assertThat(Period.MONTH.end(now)).isEqualTo(at("2028-03-01T00:00:00Z"));
        assertThat(Period.DAY.end(now)).isEqualTo(at("2028-03-01T00:00:00Z"));
        assertThat(Period.TOTAL.end(now)).isZero();
        assertThat(Period.RUN.start(now)).isZero();
    }
}
