package dev.agentplatform.search;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The words of a text: letters and digits in lower case. Chinese, Japanese and Korean, which stand without spaces, give
 * each character and each pair of neighbours.
 */
public final class Words {
    /** Longer words count by their beginning. */
    static final int WORD_LENGTH_MAX = 64;

    private Words() {}

    /** In the order of the text, repetitions included. */
    public static List<String> of(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < plain.length()) {
            int character = plain.codePointAt(at);
            if (dense(character)) at = addDense(plain, at, words);
            else if (Character.isLetterOrDigit(character)) at = addWord(plain, at, words);
            else at += Character.charCount(character);
        }
        return words;
    }

    /** How often each word occurs, in the order of their first occurrences. */
    public static Map<String, Integer> counts(String text) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (String word : of(text)) counts.merge(word, 1, Integer::sum);
        return counts;
    }

    /**
     * How long a text is in words; each character of a dense script counts as one, and so do {@value #WORD_LENGTH_MAX}
     * characters of anything.
     */
    public static int count(String text) {
        int count = 0;
        int at = 0;
        while (at < text.length()) {
            int end = end(text, at);
            if (end == at) at += Character.charCount(text.codePointAt(at));
            else {
                count += dense(text.codePointAt(at)) ? text.codePointCount(at, end) : 1;
                at = end;
            }
        }
        return Math.max(count, Math.ceilDiv(text.length(), WORD_LENGTH_MAX));
    }

    /** Cuts a text into parts of at most so many words. Together they are the text. */
    public static List<String> split(String text, int size) {
        int most = size * WORD_LENGTH_MAX;
        List<String> parts = new ArrayList<>();
        int start = 0;
        int count = 0;
        int at = 0;
        while (at < text.length()) {
            int character = text.codePointAt(at);
            int one = at + Character.charCount(character);
            // The end of a long run is not looked for at each of its characters.
            int end = dense(character) ? one : end(text, at);
            boolean word = end > at;
            if (!word) end = one;
            if (at > start && (end - start > most || (word && count == size))) {
                parts.add(text.substring(start, at));
                start = at;
                count = 0;
            }
            while (end - start > most) {
                int cut = start + most;
                if (Character.isHighSurrogate(text.charAt(cut - 1))) cut--;
                parts.add(text.substring(start, cut));
                start = cut;
            }
            if (word) count++;
            at = end;
        }
        if (start < text.length()) parts.add(text.substring(start));
        return parts;
    }

    /** Where the word or the run of dense characters that begins here ends; {@code start} itself when none does. */
    static int end(String text, int start) {
        boolean dense = dense(text.codePointAt(start));
        int end = start;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            boolean within = dense ? dense(character) : inWord(character, end == start);
            if (!within) break;
            end += Character.charCount(character);
        }
        return end;
    }

    private static boolean inWord(int character, boolean first) {
        if (dense(character)) return false;
        return Character.isLetterOrDigit(character) || (!first && mark(character));
    }

    /** Whether the word at this place of {@link #of} is a character of a pair that is there too. */
    static boolean isPart(List<String> words, int at) {
        String word = words.get(at);
        if (!dense(word.codePointAt(0)) || word.codePointCount(0, word.length()) > 1) return false;
        boolean endsOne = at + 1 < words.size()
                && isPair(words.get(at + 1))
                && words.get(at + 1).endsWith(word);
        boolean beginsOne = at + 2 < words.size()
                && isPair(words.get(at + 2))
                && words.get(at + 2).startsWith(word);
        return endsOne || beginsOne;
    }

    private static boolean isPair(String word) {
        return dense(word.codePointAt(0)) && word.codePointCount(0, word.length()) == 2;
    }

    private static int addWord(String text, int start, List<String> words) {
        int end = end(text, start);
        int shown = Math.min(end, start + WORD_LENGTH_MAX);
        if (shown < end && Character.isHighSurrogate(text.charAt(shown - 1))) shown--;
        words.add(text.substring(start, shown));
        return end;
    }

    private static int addDense(String text, int start, List<String> words) {
        String before = "";
        int at = start;
        while (at < text.length()) {
            int character = text.codePointAt(at);
            if (!dense(character)) break;
            String one = Character.toString(character);
            words.add(one);
            if (!before.isEmpty()) words.add(before + one);
            before = one;
            at += Character.charCount(character);
        }
        return at;
    }

    /** Of a script that is written without spaces, or nearly so. */
    static boolean dense(int character) {
        if (character < 0x1100 || !Character.isLetter(character)) return false;
        return switch (UnicodeScript.of(character)) {
            case HAN, HIRAGANA, KATAKANA, HANGUL, BOPOMOFO -> true;
            default -> false;
        };
    }

    private static boolean mark(int character) {
        int type = Character.getType(character);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }
}
