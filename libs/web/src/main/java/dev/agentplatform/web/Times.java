package dev.agentplatform.web;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Times outside: RFC 3339 in UTC with milliseconds, such as {@code 2026-11-20T23:51:07.042Z}. */
public final class Times {
    private static final int TEXT_LENGTH_MAX = 40;

    private Times() {}

    /** Written by hand: a formatter costs about ten times as much, and a run shows several times. */
    public static String format(long epochMillis) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(
                Math.floorDiv(epochMillis, 1000L), Math.floorMod(epochMillis, 1000) * 1_000_000, ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(24);
        digits(text, time.getYear(), 4).append('-');
        digits(text, time.getMonthValue(), 2).append('-');
        digits(text, time.getDayOfMonth(), 2).append('T');
        digits(text, time.getHour(), 2).append(':');
        digits(text, time.getMinute(), 2).append(':');
        digits(text, time.getSecond(), 2).append('.');
        return digits(text, time.getNano() / 1_000_000, 3).append('Z').toString();
    }

    /** {@link #format(long)} of a nullable column. */
    public static String formatOrNull(Long epochMillis) {
        return epochMillis == null ? null : format(epochMillis);
    }

    /** Reads a time with any offset; years beyond four digits and times without an offset are empty. */
    public static Optional<Instant> parse(String text) {
        if (text.length() > TEXT_LENGTH_MAX || text.startsWith("+") || text.startsWith("-")) return Optional.empty();
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException notATime) {
            return Optional.empty();
        }
    }

    private static StringBuilder digits(StringBuilder text, int value, int width) {
        String digits = Integer.toString(value);
        for (int missing = width - digits.length(); missing > 0; missing--) text.append('0');
        return text.append(digits);
    }
}
