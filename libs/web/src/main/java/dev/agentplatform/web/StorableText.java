package dev.agentplatform.web;

import dev.agentplatform.kernel.Problem;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What no database stores or no encoder writes: U+0000, and halves of surrogate pairs. */
public final class StorableText {
    private StorableText() {}

    /** @throws Problem 422 with the path of the first text that cannot be stored */
    public static void check(JsonNode json) {
        check(json, "");
    }

    private static void check(JsonNode json, String path) {
        if (json.isString()) {
            check(json.stringValue(), path);
        } else if (json.isArray()) {
            for (int i = 0; i < json.size(); i++) check(json.get(i), join(path, String.valueOf(i)));
        } else if (json.isObject()) {
            for (Map.Entry<String, JsonNode> entry : json.properties()) {
                check(entry.getKey(), path.isEmpty() ? "body" : path);
                check(entry.getValue(), join(path, entry.getKey()));
            }
        }
    }

    private static void check(String text, String path) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) throw Problem.invalid(path, "must not contain the character U+0000");
            if (!Character.isSurrogate(c)) continue;
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (!pair) throw Problem.invalid(path, "must not contain half of a surrogate pair");
            i++;
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
