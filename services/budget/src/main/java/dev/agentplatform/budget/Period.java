package dev.agentplatform.budget;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How long what is used counts: for ever, for each run anew, or in a period of the calendar (UTC). */
enum Period {
    TOTAL,
    RUN,
    HOUR,
    DAY,
    MONTH;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Period of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    boolean calendar() {
        return this == HOUR || this == DAY || this == MONTH;
    }

    /** UTC milliseconds of the begin of the period that holds {@code now}; 0 when it has none. */
    long start(long now) {
        return calendar() ? begin(now).toInstant().toEpochMilli() : 0;
    }

    /** UTC milliseconds of the first moment after the period; 0 when it does not end. */
    long end(long now) {
        OffsetDateTime begin = begin(now);
        return switch (this) {
            case HOUR -> begin.plusHours(1).toInstant().toEpochMilli();
            case DAY -> begin.plusDays(1).toInstant().toEpochMilli();
            case MONTH -> begin.plusMonths(1).toInstant().toEpochMilli();
            case TOTAL, RUN -> 0;
        };
    }

    private OffsetDateTime begin(long now) {
        OffsetDateTime time = Instant.ofEpochMilli(now).atOffset(ZoneOffset.UTC);
        return switch (this) {
            case HOUR -> time.truncatedTo(ChronoUnit.HOURS);
            case MONTH -> time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
            case DAY, TOTAL, RUN -> time.truncatedTo(ChronoUnit.DAYS);
        };
    }
}
