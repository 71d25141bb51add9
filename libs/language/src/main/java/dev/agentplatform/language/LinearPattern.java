package dev.agentplatform.language;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A regular expression that is matched in time linear in the text, whatever the pattern. Counted repeats are
 * unrolled by the engine, so the unrolled size is bounded before it compiles.
 */
final class LinearPattern {
    static final int SOURCE_MAX = 1_000;
    static final int SIZE_MAX = 2_000;

    private static final int NESTING_MAX = 50;

    private final Pattern pattern;
    private final int size;

    private LinearPattern(Pattern pattern, int size) {
        this.pattern = pattern;
        this.size = size;
    }

    /** Throws EvaluationError for a pattern that is malformed or too large. */
    static LinearPattern of(String source) {
        if (source.length() > SOURCE_MAX) {
            throw new EvaluationError("a pattern is longer than " + SOURCE_MAX + " characters");
        }
        long size = new Sizer(source).size();
        if (size > SIZE_MAX) throw new EvaluationError("a pattern repeats or nests too much");
        try {
            return new LinearPattern(Pattern.compile(source), (int) size);
        } catch (PatternSyntaxException malformed) {
            throw new EvaluationError("not a pattern: " + malformed.getDescription());
        }
    }

    /** Whether the pattern matches somewhere in the text. */
    boolean find(String text, Budget budget) {
        budget.spend((long) text.length() * size / 512);
        return pattern.matcher(text).find();
    }

    /** Counts the atoms that the pattern has after its counted repeats are written out. */
    private static final class Sizer {
        private final String source;
        private final Deque<Long> outer = new ArrayDeque<>();
        private long sum;
        private long last;

        Sizer(String source) {
            this.source = source;
        }

        long size() {
            int at = 0;
            while (at < source.length()) {
                char c = source.charAt(at);
                if (c == '\\') {
                    // \Q...\E would hide brackets from this count.
                    if (source.startsWith("\\Q", at)) throw new EvaluationError("a pattern must not use \\Q");
                    at += 2;
                    atom(1);
                } else if (c == '[') {
                    at = classEnd(at);
                    atom(1);
                } else if (c == '{') {
                    at = repeat(at);
                } else {
                    group(c);
                    at++;
                }
                if (sum > SIZE_MAX) return sum;
            }
            while (!outer.isEmpty()) sum += outer.pop();
            return sum;
        }

        private void group(char c) {
            if (c == '(') {
                if (outer.size() == NESTING_MAX) sum = SIZE_MAX + 1L;
                outer.push(sum);
                sum = 0;
            } else if (c == ')' && !outer.isEmpty()) {
                long inner = sum + 1;
                sum = outer.pop();
                atom(inner);
            } else {
                atom(1);
            }
        }

        private void atom(long size) {
            last = size;
            sum += size;
        }

        private int repeat(int open) {
            int close = source.indexOf('}', open);
            long times = close < 0 ? 0 : times(source.substring(open + 1, close));
            if (times == 0) {
                atom(1);
                return open + 1;
            }
            sum += last * (times - 1);
            last *= times;
            return close + 1;
        }

        /** The larger bound of {@code n}, {@code n,} or {@code n,m}; 0 when it is no repeat. */
        private static long times(String inside) {
            String[] bounds = inside.split(",", -1);
            if (bounds.length > 2 || bounds[0].isEmpty()) return 0;
            long most = 1;
            for (String bound : bounds) {
                if (bound.length() > 6) return SIZE_MAX + 1L;
                for (int i = 0; i < bound.length(); i++) {
                    if (bound.charAt(i) < '0' || bound.charAt(i) > '9') return 0;
                }
                most = Math.max(most, bound.isEmpty() ? Long.parseLong(bounds[0]) + 1 : Long.parseLong(bound));
            }
            return most;
        }

        private int classEnd(int open) {
            int at = open + 1;
            if (at < source.length() && source.charAt(at) == '^') at++;
            if (at < source.length() && source.charAt(at) == ']') at++;
            while (at < source.length() && source.charAt(at) != ']') {
                if (source.startsWith("[:", at)) {
                    int named = source.indexOf(":]", at + 2);
                    at = named < 0 ? at + 1 : named + 2;
                } else {
                    at += source.charAt(at) == '\\' ? 2 : 1;
                }
            }
            return at + 1;
        }
    }
}
