package dev.agentplatform.scheduler;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * One field of a cron expression: which values fit.
 *
 * @param everyValue the field begins with a star, so it restricts nothing or counts in steps
 */
record CronField(BitSet values, boolean everyValue) {
    static final List<String> MONTHS =
            List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    /**
     * @param names words for the values from {@code lowest} on, empty for none
     * @throws IllegalArgumentException that says what is wrong
     */
    static CronField parse(String text, String what, int lowest, int highest, List<String> names) {
        BitSet values = new BitSet();
        for (String part : text.split(",", -1)) {
            int slash = part.indexOf('/');
            String range = slash < 0 ? part : part.substring(0, slash);
            int step = slash < 0 ? 1 : number(part.substring(slash + 1), what, List.of(), 0);
            if (step < 1) throw new IllegalArgumentException("the step of the " + what + " must be at least 1");
            int from = lowest;
            int to = highest;
            if (!range.equals("*") && !range.equals("?")) {
                int dash = range.indexOf('-');
                from = number(dash < 0 ? range : range.substring(0, dash), what, names, lowest);
                if (dash >= 0) to = number(range.substring(dash + 1), what, names, lowest);
                else if (slash < 0) to = from;
            }
            if (from < lowest || to > highest || from > to) {
                throw new IllegalArgumentException("the " + what + " must be from " + lowest + " to " + highest);
            }
            for (int value = from; value <= to; value += step) values.set(value);
        }
        boolean star = text.startsWith("*") || text.startsWith("?");
        return new CronField(values, star);
    }

    private static int number(String text, String what, List<String> names, int lowest) {
        int named = names.indexOf(text.toUpperCase(Locale.ROOT));
        if (named >= 0) return named + lowest;
        if (!text.matches("\\d{1,4}"))
            throw new IllegalArgumentException("the " + what + " '" + text + "' is no number");
        return Integer.parseInt(text);
    }

    boolean fits(int value) {
        return values.get(value);
    }

    /** The first that fits from {@code value} on; -1 for none. */
    int next(int value) {
        return values.nextSetBit(value);
    }
}
