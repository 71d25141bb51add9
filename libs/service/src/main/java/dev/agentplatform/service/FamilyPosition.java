package dev.agentplatform.service;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How far a reader is in the logs of a run and of the runs below it: {@code 12;3=5;3.1=9} has seen event 12 of the run,
 * event 5 of the child of its step 3, and event 9 of the child of that one's step 1. Runs that are not named have been
 * read to their end or have not begun.
 *
 * @param own of the run itself; 0 when nothing was seen
 * @param below of the runs below it that are being read, by their path
 */
record FamilyPosition(long own, SortedMap<String, Long> below) {
    private static final Pattern FORM =
            Pattern.compile("\\d{1,18}(;\\d{1,9}(\\.\\d{1,9}){0,15}=\\d{1,18}){0," + FamilyFollower.LOGS_MAX + "}");

    FamilyPosition {
        below = Collections.unmodifiableSortedMap(new TreeMap<>(below));
    }

    /** Empty for what is no position. */
    static Optional<FamilyPosition> parse(String text) {
        if (!FORM.matcher(text).matches()) return Optional.empty();
        String[] parts = text.split(";");
        SortedMap<String, Long> below = new TreeMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            below.put(parts[i].substring(0, equals), Long.parseLong(parts[i].substring(equals + 1)));
        }
        return Optional.of(new FamilyPosition(Long.parseLong(parts[0]), below));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(own);
        below.forEach((path, seq) -> text.append(';').append(path).append('=').append(seq.longValue()));
        return text.toString();
    }
}
