package dev.agentplatform.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
    /** Changes at 1, at 2, at midnight, by half an hour, none, in the south, and one that lost a whole day. */
    private static final List<String> ZONES = List.of(
            "Europe/Berlin",
            "Europe/London",
            "America/New_York",
            "America/Havana",
            "Australia/Lord_Howe",
            "America/Santiago",
            "Asia/Kolkata",
            "Africa/Casablanca",
            "UTC");

    private static List<Instant> times(String cron, String zone, String from, int count) {
        Cron parsed = Cron.parse(cron, ZoneId.of(zone));
        List<Instant> times = new ArrayList<>();
        Instant at = Instant.parse(from);
        for (int i = 0; i < count; i++) {
            at = parsed.next(at).orElseThrow();
            times.add(at);
        }
        return times;
    }

    private static List<Instant> instants(String... texts) {
        return List.of(texts).stream().map(Instant::parse).toList();
    }

    @Test
    void aDailyJobIsDueOncePerDayInEveryZoneAndYear() {
        Random random = new Random(7);
        for (String zoneName : ZONES) {
            ZoneId zone = ZoneId.of(zoneName);
            for (int trial = 0; trial < 6; trial++) {
                int hour = trial < 4 ? trial : random.nextInt(24);
                int minute = random.nextInt(60);
                Cron cron = Cron.parse(minute + " " + hour + " * * *", zone);
                Instant at = Instant.parse("2023-12-31T00:00:00Z");
                LocalDate day = null;
                while (at.isBefore(Instant.parse("2027-01-01T00:00:00Z"))) {
                    Instant next = cron.next(at).orElseThrow();
                    LocalDate nextDay = LocalDateTime.ofInstant(next, zone).toLocalDate();
                    if (day != null && !nextDay.equals(day.plusDays(1))) {
                        throw new AssertionError(zoneName + " " + hour + ":" + minute + " skips or doubles " + next);
                    }
                    LocalTime time = LocalDateTime.ofInstant(next, zone).toLocalTime();
                    boolean gap = zone.getRules()
                            .getValidOffsets(nextDay.atTime(hour, minute))
                            .isEmpty();
                    if (!gap && !time.equals(LocalTime.of(hour, minute))) {
                        throw new AssertionError(zoneName + " " + hour + ":" + minute + " is due at " + next);
                    }
                    day = nextDay;
                    at = next;
                }
            }
        }
    }

    @Test
    void anHourlyJobFollowsTheTimeThatPasses() {
        for (String zoneName : List.of("Europe/Berlin", "America/New_York", "America/Havana", "UTC")) {
            Cron cron = Cron.parse("0 * * * *", ZoneId.of(zoneName));
            Instant at = Instant.parse("2025-12-31T23:00:00Z");
            for (int i = 0; i < 9_000; i++) {
                Instant next = cron.next(at).orElseThrow();
                if (!next.equals(at.plus(Duration.ofHours(1)))) throw new AssertionError(zoneName + " after " + at);
                at = next;
            }
        }
    }

    @Test
    void aTimeThatDoesNotExistIsTakenAtTheChange() {
        assertThat(times("30 2 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z", 3))
                .isEqualTo(instants("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"));
    }

    @Test
    void aTimeThatExistsTwiceIsTakenTheFirstTime() {
        assertThat(times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2))
                .isEqualTo(instants("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"));
    }

    @Test
    void everyFieldNarrows() {
        assertThat(times("*/20 8-9 * * MON-FRI", "UTC", "2026-11-27T09:20:00Z", 2))
                .isEqualTo(instants("2026-11-27T09:40:00Z", "2026-11-30T08:00:00Z"));
        assertThat(times("15 30 8 1 JAN,jul *", "UTC", "2026-01-01T08:30:15Z", 2))
                .isEqualTo(instants("2026-07-01T08:30:15Z", "2027-01-01T08:30:15Z"));
        assertThat(times("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 2))
                .isEqualTo(instants("2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"));
        assertThat(times("0 12 L * *", "UTC", "2026-01-31T12:00:00Z", 2))
                .isEqualTo(instants("2026-02-28T12:00:00Z", "2026-03-31T12:00:00Z"));
        assertThat(times("0 0 * * 7", "UTC", "2026-11-25T00:00:00Z", 1)).isEqualTo(instants("2026-11-29T00:00:00Z"));
        assertThat(times("@daily", "UTC", "2026-11-25T00:00:00Z", 1)).isEqualTo(instants("2026-11-26T00:00:00Z"));
        // Both days restricted: either suffices.
        assertThat(times("0 0 13 * FRI", "UTC", "2026-11-01T00:00:00Z", 3))
                .isEqualTo(instants("2026-11-06T00:00:00Z", "2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z"));
    }

    @Test
    void itIsTheFirstFittingSecond() {
        Random random = new Random(11);
        ZoneId zone = ZoneId.of("Europe/Berlin");
        for (int trial = 0; trial < 60; trial++) {
            String text = "%d/%d %d/%d * * * *"
                    .formatted(random.nextInt(30), 1 + random.nextInt(29), random.nextInt(30), 1 + random.nextInt(29));
            Cron cron = Cron.parse(text, zone);
            Instant from = Instant.parse("2026-10-25T00:00:00Z").plusSeconds(random.nextInt(10_000) - 3_000);
            Instant found = cron.next(from).orElseThrow();
            String[] fields = text.split(" ");
            Instant expected = from.plusSeconds(1);
            while (!fits(fields[0], expected.atZone(zone).getSecond())
                    || !fits(fields[1], expected.atZone(zone).getMinute())) expected = expected.plusSeconds(1);
            assertThat(found).as(text).isEqualTo(expected);
        }
    }

    private static boolean fits(String field, int value) {
        String[] parts = field.split("/");
        int from = Integer.parseInt(parts[0]);
        return value >= from && (value - from) % Integer.parseInt(parts[1]) == 0;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * * 13 *",
                "* * * * 8",
                "a * * * *",
                "*/0 * * * *",
                "5-1 * * * *",
                "* * * * * * *",
                "0 0 30 2 *",
                "1, * * * *"
            })
    void whatIsNoCronIsRefused(String text) {
        assertThatThrownBy(() -> Cron.parse(text, ZoneId.of("UTC"))).isInstanceOf(IllegalArgumentException.class);
    }
}
