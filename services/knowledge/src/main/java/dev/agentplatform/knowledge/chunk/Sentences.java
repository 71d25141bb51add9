package dev.agentplatform.knowledge.chunk;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Where sentences end, in Latin and in Chinese script. */
final class Sentences {
    private static final String DENSE_ENDS = "。！？；…｡";
    private static final String ENDS = ".!?";
    private static final String CLOSERS = "\"'”’」』）)]】》";

    private static final Set<String> ABBREVIATIONS = Set.of(
            "mr", "mrs", "ms", "dr", "prof", "sr", "jr", "st", "vs", "etc", "e.g", "i.e", "cf", "no", "nos", "fig",
            "figs", "vol", "pp", "p", "ca", "approx", "inc", "ltd", "co", "corp", "dept", "est", "min", "max", "u.s",
            "u.k", "a.m", "p.m", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
            "z.b", "d.h", "bzw", "usw", "nr", "abs");

    private Sentences() {}

    /** Pieces that together are the text, white space included. A line is an end too. */
    static List<String> of(String text) {
        List<String> sentences = new ArrayList<>();
        int start = 0;
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at++);
            boolean dense = DENSE_ENDS.indexOf(c) >= 0;
            if (c != '\n' && !dense && ENDS.indexOf(c) < 0) continue;
            int end = at;
            while (end < text.length() && isMore(text.charAt(end))) end++;
            int next = end;
            while (next < text.length() && Character.isWhitespace(text.charAt(next))) next++;
            boolean ends = c == '\n' || dense || (next > end && !goesOn(text, at - 1, next));
            if (!ends) continue;
            sentences.add(text.substring(start, next));
            start = next;
            at = next;
        }
        if (start < text.length()) sentences.add(text.substring(start));
        return sentences;
    }

    private static boolean isMore(char c) {
        return CLOSERS.indexOf(c) >= 0 || ENDS.indexOf(c) >= 0 || DENSE_ENDS.indexOf(c) >= 0;
    }

    /** A full stop that ends an abbreviation, an initial or a number, or after which a small letter follows. */
    private static boolean goesOn(String text, int stop, int next) {
        if (next < text.length() && Character.isLowerCase(text.codePointAt(next))) return true;
        if (text.charAt(stop) != '.') return false;
        int from = stop;
        while (from > 0 && (Character.isLetterOrDigit(text.charAt(from - 1)) || text.charAt(from - 1) == '.')) from--;
        String word = text.substring(from, stop).toLowerCase(Locale.ROOT);
        boolean initial = word.length() == 1 && Character.isLetter(word.charAt(0));
        return initial || ABBREVIATIONS.contains(word);
    }
}
