package dev.agentplatform.workflow.nodes;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Ranks texts by the words they share with a query (BM25). Languages that are written without spaces are
 * compared by pairs of characters. Pure.
 */
final class Keywords {
    /** How soon more of the same word stops to count. */
    private static final double SATURATION = 1.2;
    /** How much long texts are held back. */
    private static final double LENGTH_WEIGHT = 0.75;

    private Keywords() {}

    /** Scores of {@code texts}, in their order; 0 for a text without a word of the query. */
    static double[] scores(String query, List<String> texts) {
        Set<String> wanted = Set.copyOf(terms(query));
        List<Map<String, Integer>> counts = new ArrayList<>(texts.size());
        Map<String, Integer> textsWith = new HashMap<>();
        double[] lengths = new double[texts.size()];
        double totalLength = 0;
        for (int i = 0; i < lengths.length; i++) {
            Map<String, Integer> count = new HashMap<>();
            for (String term : terms(texts.get(i))) {
                lengths[i]++;
                if (wanted.contains(term)) count.merge(term, 1, Integer::sum);
            }
            count.keySet().forEach(term -> textsWith.merge(term, 1, Integer::sum));
            counts.add(count);
            totalLength += lengths[i];
        }
        double averageLength = Math.max(1, totalLength / Math.max(1, lengths.length));
        double[] scores = new double[lengths.length];
        for (int i = 0; i < scores.length; i++) {
            double norm = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths[i] / averageLength);
            for (Map.Entry<String, Integer> entry : counts.get(i).entrySet()) {
                double rarity = rarity(scores.length, textsWith.get(entry.getKey()));
                double count = entry.getValue();
                scores[i] += rarity * count * (SATURATION + 1) / (count + norm);
            }
        }
        return scores;
    }

    private static double rarity(int texts, int textsWith) {
        return Math.log(1 + (texts - textsWith + 0.5) / (textsWith + 0.5));
    }

    /** Words in lower case; of Chinese, Japanese and Korean text every pair of neighbours. */
    static List<String> terms(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        List<String> terms = new ArrayList<>();
        int at = 0;
        while (at < lower.length()) {
            int c = lower.codePointAt(at);
            int end = at;
            if (isUnspaced(c)) {
                while (end < lower.length() && isUnspaced(lower.codePointAt(end))) end += width(lower, end);
                addPairs(terms, lower.substring(at, end));
            } else if (Character.isLetterOrDigit(c)) {
                while (end < lower.length() && isWord(lower.codePointAt(end))) end += width(lower, end);
                terms.add(lower.substring(at, end));
            } else {
                end += width(lower, at);
            }
            at = end;
        }
        return terms;
    }

    private static void addPairs(List<String> terms, String run) {
        int[] points = run.codePoints().toArray();
        if (points.length == 1) terms.add(run);
        for (int i = 0; i + 1 < points.length; i++) terms.add(new String(points, i, 2));
    }

    private static int width(String text, int at) {
        return Character.charCount(text.codePointAt(at));
    }

    private static boolean isWord(int c) {
        int type = Character.getType(c);
        boolean mark = type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
        return (Character.isLetterOrDigit(c) || mark) && !isUnspaced(c);
    }

    private static boolean isUnspaced(int c) {
        if (c < 0x2E80) return false;
        UnicodeScript script = UnicodeScript.of(c);
        return script == UnicodeScript.HAN
                || script == UnicodeScript.HIRAGANA
                || script == UnicodeScript.KATAKANA
                || script == UnicodeScript.HANGUL;
    }
}
