package dev.agentplatform.memory.index;

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

    private static int addWord(String text, int start, List<String> words) {
        int end = start;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            if (dense(character) || !(Character.isLetterOrDigit(character) || mark(character))) break;
            end += Character.charCount(character);
        }
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
