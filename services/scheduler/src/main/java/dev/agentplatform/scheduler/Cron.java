package dev.agentplatform.scheduler;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A cron expression in a time zone. Five fields (minute, hour, day of the month, month, day of the week) or six, with
 * seconds before them; {@code L} is the last day of a month; {@code @daily} and its like. Immutable and pure.
 *
 * <p>Where clocks change: a job that names its hours is neither skipped nor doubled; a time that a day does not have
 * is taken at the moment of the change, one that a day has twice is taken the first time. A job of every hour (a star
 * in the hours) follows the time that passes.
 */
final class Cron {
    private static final int YEARS_MAX = 45;
    private static final Map<String, String> MACROS = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");

    private final CronField seconds;
    private final CronField minutes;
    private final CronField hours;
    private final CronField days;
    private final boolean lastDay;
    private final CronField months;
    private final CronField weekdays;
    private final ZoneId zone;

    private Cron(String[] fields, ZoneId zone) {
        this.zone = zone;
        seconds = CronField.parse(fields[0], "second", 0, 59, List.of());
        minutes = CronField.parse(fields[1], "minute", 0, 59, List.of());
        hours = CronField.parse(fields[2], "hour", 0, 23, List.of());
        lastDay = fields[3].equalsIgnoreCase("L");
        days = CronField.parse(lastDay ? "31" : fields[3], "day of the month", 1, 31, List.of());
        months = CronField.parse(fields[4], "month", 1, 12, CronField.MONTHS);
        weekdays = CronField.parse(fields[5], "day of the week", 0, 7, CronField.DAYS);
    }

    /** @throws IllegalArgumentException that says what is wrong */
    static Cron parse(String text, ZoneId zone) {
        String plain = text.strip();
        String[] fields =
                MACROS.getOrDefault(plain.toLowerCase(Locale.ROOT), plain).split("\\s+");
        if (fields.length == 5) fields = ("0 " + String.join(" ", fields)).split(" ");
        if (fields.length != 6) {
            throw new IllegalArgumentException("must have five fields, or six with seconds before them");
        }
        Cron cron = new Cron(fields, zone);
        if (cron.next(Instant.EPOCH).isEmpty()) throw new IllegalArgumentException("names a day that never comes");
        return cron;
    }

    /** The first time after {@code instant}. */
    Optional<Instant> next(Instant instant) {
        return hours.everyValue() ? nextElapsed(instant) : nextNamed(instant);
    }

    /** Within a stretch of one offset local time passes as real time does. */
    private Optional<Instant> nextElapsed(Instant instant) {
        ZoneRules rules = zone.getRules();
        Instant from = Instant.ofEpochSecond(instant.getEpochSecond() + 1);
        for (int stretches = 0; stretches < 4 * YEARS_MAX; stretches++) {
            ZoneOffset offset = rules.getOffset(from);
            ZoneOffsetTransition change = rules.nextTransition(from);
            Optional<LocalDateTime> local = match(LocalDateTime.ofEpochSecond(from.getEpochSecond(), 0, offset));
            if (local.isEmpty()) return Optional.empty();
            Instant found = local.get().toInstant(offset);
            if (change == null || found.isBefore(change.getInstant())) return Optional.of(found);
            from = change.getInstant();
        }
        return Optional.empty();
    }

    private Optional<Instant> nextNamed(Instant instant) {
        ZoneRules rules = zone.getRules();
        LocalDateTime from = LocalDateTime.ofInstant(instant, zone).withNano(0);
        while (true) {
            Optional<LocalDateTime> local = match(from);
            if (local.isEmpty()) return Optional.empty();
            ZoneOffsetTransition change = rules.getTransition(local.get());
            Instant found = change == null || change.isOverlap()
                    ? local.get().toInstant(change == null ? rules.getOffset(local.get()) : change.getOffsetBefore())
                    : change.getInstant();
            if (found.isAfter(instant)) return Optional.of(found);
            from = local.get().plusSeconds(1);
        }
    }

    /** The first fitting local time from {@code from} on. */
    private Optional<LocalDateTime> match(LocalDateTime from) {
        LocalDate date = from.toLocalDate();
        LocalTime time = from.toLocalTime();
        int lastYear = from.getYear() + YEARS_MAX;
        while (date.getYear() <= lastYear) {
            if (!months.fits(date.getMonthValue())) {
                date = date.withDayOfMonth(1).plusMonths(1);
                time = LocalTime.MIDNIGHT;
                continue;
            }
            if (fits(date)) {
                LocalTime found = match(time);
                if (found != null) return Optional.of(date.atTime(found));
            }
            date = date.plusDays(1);
            time = LocalTime.MIDNIGHT;
        }
        return Optional.empty();
    }

    // As cron has always done: when both days are restricted, either suffices.
    private boolean fits(LocalDate date) {
        boolean day = lastDay
                ? date.getDayOfMonth() == YearMonth.from(date).lengthOfMonth()
                : days.fits(date.getDayOfMonth());
        int number = date.getDayOfWeek().getValue();
        boolean weekday = weekdays.fits(number) || (number == 7 && weekdays.fits(0));
        return (days.everyValue() || weekdays.everyValue()) ? (day && weekday) : (day || weekday);
    }

    /** The first fitting time of a day from {@code from} on; null for none. */
    private LocalTime match(LocalTime from) {
        int hour = hours.next(from.getHour());
        if (hour < 0) return null;
        if (hour > from.getHour()) return LocalTime.of(hour, minutes.next(0), seconds.next(0));
        int minute = minutes.next(from.getMinute());
        if (minute == from.getMinute()) {
            int second = seconds.next(from.getSecond());
            if (second >= 0) return LocalTime.of(hour, minute, second);
            minute = minutes.next(minute + 1);
        }
        if (minute >= 0) return LocalTime.of(hour, minute, seconds.next(0));
        int later = hours.next(hour + 1);
        return later < 0 ? null : LocalTime.of(later, minutes.next(0), seconds.next(0));
    }
}
