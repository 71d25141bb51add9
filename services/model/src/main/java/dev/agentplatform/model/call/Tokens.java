package dev.agentplatform.model.call;

import java.nio.charset.StandardCharsets;

/**
 * Counts of tokens.
 *
 * @param estimated true when the provider told none and they follow from lengths
 */
record Tokens(long prompt, long completion, boolean estimated) {
    static final Tokens NONE = new Tokens(0, 0, false);

    private static final byte[] USAGE = "\"usage\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] USAGE_SPACED = "\"usage\" :".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PROMPT = "\"prompt_tokens\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMPLETION = "\"completion_tokens\"".getBytes(StandardCharsets.US_ASCII);

    /**
     * Finds the last {@code "usage":{…}} in an answer without parsing it, null when there is none. Within a JSON text
     * each quote is escaped, so these bytes are always a key.
     */
    static Tokens find(byte[] bytes, int length) {
        int at = last(bytes, length, USAGE);
        if (at < 0) at = last(bytes, length, USAGE_SPACED);
        if (at < 0) return null;
        int open = at + USAGE.length;
        while (open < length && (bytes[open] == ' ' || bytes[open] == ':')) open++;
        if (open >= length || bytes[open] != '{') return null;
        long prompt = number(bytes, open, length, PROMPT);
        long completion = number(bytes, open, length, COMPLETION);
        return prompt < 0 && completion < 0 ? null : new Tokens(Math.max(0, prompt), Math.max(0, completion), false);
    }

    private static int last(byte[] bytes, int length, byte[] wanted) {
        for (int i = length - wanted.length; i >= 0; i--) if (matches(bytes, i, wanted)) return i;
        return -1;
    }

    private static boolean matches(byte[] bytes, int at, byte[] wanted) {
        for (int i = 0; i < wanted.length; i++) if (bytes[at + i] != wanted[i]) return false;
        return true;
    }

    private static long number(byte[] bytes, int from, int length, byte[] name) {
        for (int i = from; i <= length - name.length; i++) {
            if (bytes[i] != '"' || !matches(bytes, i, name)) continue;
            int at = i + name.length;
            while (at < length && (bytes[at] == ' ' || bytes[at] == ':')) at++;
            long value = -1;
            for (int digits = 0; at < length && bytes[at] >= '0' && bytes[at] <= '9' && digits < 15; at++, digits++)
                value = Math.max(0, value) * 10 + bytes[at] - '0';
            return value;
        }
        return -1;
    }

    /** By the usual length of a token. */
    static Tokens estimate(long promptBytes, long completionTokens) {
        return new Tokens((promptBytes + 3) / 4, completionTokens, true);
    }
}
