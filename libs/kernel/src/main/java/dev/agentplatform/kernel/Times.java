package dev.agentplatform.kernel;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** UTC milliseconds inside, RFC 3339 with milliseconds outside. */
public final class Times {
    private static final int TEXT_LENGTH_MAX = 40;

    private Times() {}

    /** For example {@code 2026-11-20T09:30:00.250Z}. Written by hand: it is in every event. */
    public static String format(long timeMs) {
        OffsetDateTime time = Instant.ofEpochMilli(timeMs).atOffset(ZoneOffset.UTC);
        StringBuilder out = new StringBuilder(24);
        digits(out, time.getYear(), 4).append('-');
        digits(out, time.getMonthValue(), 2).append('-');
        digits(out, time.getDayOfMonth(), 2).append('T');
        digits(out, time.getHour(), 2).append(':');
        digits(out, time.getMinute(), 2).append(':');
        digits(out, time.getSecond(), 2).append('.');
        return digits(out, time.getNano() / 1_000_000, 3).append('Z').toString();
    }

    /** Null for 0, which stands for "not yet". */
    public static String formatOrNull(long timeMs) {
        return timeMs == 0 ? null : format(timeMs);
    }

    /** Reads a time with any offset; years beyond four digits and times without an offset are empty. */
    public static Optional<Long> parse(String text) {
        if (text.length() > TEXT_LENGTH_MAX || text.startsWith("+") || text.startsWith("-")) return Optional.empty();
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant().toEpochMilli());
        } catch (DateTimeException malformed) {
            return Optional.empty();
        }
    }

    private static StringBuilder digits(StringBuilder out, int value, int width) {
        String text = Integer.toString(value);
        for (int i = text.length(); i < width; i++) out.append('0');
        return out.append(text);
    }
}
