package dev.agentplatform.language;

/**
 * Finds one text in another in linear time. The JDK's search is quadratic when both repeat one character,
 * and both may come from outside; it is used for short needles, where that does not matter.
 */
final class Search {
    private static final int SHORT = 32;

    private final String needle;
    /** For each prefix of the needle the length of its longest border (Knuth, Morris, Pratt). */
    private final int[] borders;

    private Search(String needle, int[] borders) {
        this.needle = needle;
        this.borders = borders;
    }

    static Search of(String needle) {
        return new Search(needle, needle.length() <= SHORT ? null : borders(needle));
    }

    /** The first place at or after {@code from}, -1 when there is none. */
    int in(String text, int from) {
        if (borders == null) return text.indexOf(needle, from);
        int matched = 0;
        for (int at = from; at < text.length(); at++) {
            while (matched > 0 && text.charAt(at) != needle.charAt(matched)) matched = borders[matched - 1];
            if (text.charAt(at) == needle.charAt(matched)) matched++;
            if (matched == needle.length()) return at - matched + 1;
        }
        return -1;
    }

    private static int[] borders(String needle) {
        int[] borders = new int[needle.length()];
        for (int at = 1; at < needle.length(); at++) {
            int matched = borders[at - 1];
            while (matched > 0 && needle.charAt(at) != needle.charAt(matched)) matched = borders[matched - 1];
            if (needle.charAt(at) == needle.charAt(matched)) matched++;
            borders[at] = matched;
        }
        return borders;
    }
}
