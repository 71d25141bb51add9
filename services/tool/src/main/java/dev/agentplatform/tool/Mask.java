package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Blanks out the secrets of one call, also where a server sends them back in another spelling. Immutable. */
final class Mask {
    static final Mask NONE = new Mask(List.of());
    /** A shorter secret would blank out innocent text, so none is stored. */
    static final int LENGTH_MIN = 4;

    private static final String SHOWN = "****";

    private final List<String> spellings;

    private Mask(List<String> spellings) {
        this.spellings = spellings;
    }

    static Mask of(Collection<String> secrets) {
        Set<String> all = new LinkedHashSet<>();
        for (String secret : secrets) if (secret.length() >= LENGTH_MIN) addSpellings(all, secret);
        // Longest first: one secret may contain another.
        return all.isEmpty()
                ? NONE
                : new Mask(all.stream()
                        .sorted(Comparator.comparingInt(String::length).reversed())
                        .toList());
    }

    /** This and further secrets. */
    Mask with(Collection<String> secrets) {
        Set<String> all = new LinkedHashSet<>(spellings);
        all.addAll(of(secrets).spellings);
        return new Mask(all.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList());
    }

    boolean isNone() {
        return spellings.isEmpty();
    }

    /** Null stays null. */
    String text(String text) {
        if (text == null || spellings.isEmpty()) return text;
        String masked = text;
        for (String spelling : spellings) masked = masked.replace(spelling, SHOWN);
        return masked;
    }

    /** Names of members are masked as well. */
    JsonNode tree(JsonNode tree) {
        if (spellings.isEmpty()) return tree;
        if (tree.isString()) return Json.text(text(tree.stringValue()));
        if (tree.isObject()) {
            ObjectNode masked = Json.object();
            for (Map.Entry<String, JsonNode> member : tree.properties()) {
                masked.set(text(member.getKey()), tree(member.getValue()));
            }
            return masked;
        }
        if (tree.isArray()) {
            ArrayNode masked = Json.array();
            for (JsonNode item : tree) masked.add(tree(item));
            return masked;
        }
        // A secret may be all digits, and come back as a number.
        return tree.isNumber() && !text(tree.asString()).equals(tree.asString()) ? Json.text(SHOWN) : tree;
    }

    private static void addSpellings(Set<String> all, String secret) {
        all.add(secret);
        String quoted = Json.write(Json.text(secret));
        all.add(quoted.substring(1, quoted.length() - 1));
        String encoded = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        for (String form : List.of(encoded, encoded.replace("+", "%20"))) {
            all.add(form);
            all.add(lowerEscapes(form));
        }
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        // Without padding, so that it is found with padding too.
        all.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
        all.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    private static String lowerEscapes(String encoded) {
        StringBuilder lower = new StringBuilder(encoded);
        for (int i = lower.indexOf("%"); i >= 0 && i + 2 < lower.length(); i = lower.indexOf("%", i + 1)) {
            lower.replace(i, i + 3, lower.substring(i, i + 3).toLowerCase(Locale.ROOT));
        }
        return lower.toString();
    }
}
