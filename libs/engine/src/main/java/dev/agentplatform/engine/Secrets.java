package dev.agentplatform.engine;

import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Values that templates may use as {@code secrets.NAME} and that no record may show. */
public final class Secrets {
    public static final Secrets NONE = new Secrets(Map.of());
    private static final String MASK = "****";
    /** Shorter values would blank out innocent text everywhere. */
    private static final int MASKED_FROM = 4;

    private final ObjectNode tree = Json.object();
    private final List<String> values = new ArrayList<>();

    public Secrets(Map<String, String> secrets) {
        secrets.forEach(tree::put);
        for (String value : secrets.values()) {
            if (value.length() < MASKED_FROM) continue;
            values.add(value);
            String escaped = Json.write(Json.text(value));
            String inner = escaped.substring(1, escaped.length() - 1);
            if (!inner.equals(value)) values.add(inner);
        }
        // Longest first: one secret may contain another.
        values.sort(Comparator.comparingInt(String::length).reversed());
    }

    ObjectNode tree() {
        return tree;
    }

    boolean none() {
        return values.isEmpty();
    }

    /** How many characters at the end of a text may be the beginning of a secret. */
    int begun(CharSequence text) {
        int longest = 0;
        for (String value : values) {
            int from = Math.max(0, text.length() - value.length() + 1);
            for (int start = from; start < text.length() - longest; start++) {
                if (begins(value, text, start)) longest = text.length() - start;
            }
        }
        return longest;
    }

    private static boolean begins(String value, CharSequence text, int start) {
        for (int i = start; i < text.length(); i++) {
            if (text.charAt(i) != value.charAt(i - start)) return false;
        }
        return true;
    }

    /** Null stays null. */
    public String mask(String text) {
        if (text == null || values.isEmpty()) return text;
        String masked = text;
        for (String value : values) masked = masked.replace(value, MASK);
        return masked;
    }
}
