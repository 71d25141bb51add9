package dev.agentplatform.web;

import dev.agentplatform.kernel.Problem;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The decoded query of a request. Of several values of one name the first counts, unless all are asked for. */
final class QueryString {
    private static final QueryString EMPTY = new QueryString(Map.of());

    private final Map<String, List<String>> values;

    private QueryString(Map<String, List<String>> values) {
        this.values = values;
    }

    static QueryString parse(String raw) {
        if (raw == null || raw.isEmpty()) return EMPTY;
        Map<String, List<String>> values = new LinkedHashMap<>();
        int from = 0;
        while (from <= raw.length()) {
            int end = raw.indexOf('&', from);
            if (end < 0) end = raw.length();
            if (end > from) add(values, raw.substring(from, end));
            from = end + 1;
        }
        return new QueryString(values);
    }

    Optional<String> first(String name) {
        List<String> found = values.get(name);
        return found == null ? Optional.empty() : Optional.of(found.getFirst());
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    Map<String, List<String>> values() {
        return values;
    }

    /** Decodes one segment of a path, where a plus sign is itself. */
    static String decodeSegment(String segment) {
        if (segment.indexOf('%') < 0) return segment;
        return decode(segment.indexOf('+') < 0 ? segment : segment.replace("+", "%2B"));
    }

    private static void add(Map<String, List<String>> values, String pair) {
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        values.computeIfAbsent(name, first -> new ArrayList<>(1)).add(value);
    }

    private static String decode(String text) {
        try {
            String decoded = URLDecoder.decode(text, StandardCharsets.UTF_8);
            // No database stores U+0000 in text, so it stops here and not there.
            if (decoded.indexOf('\0') < 0) return decoded;
        } catch (IllegalArgumentException malformed) {
            // answered below
        }
        throw Problem.malformed("malformed_url", "The URL has a percent-encoding that is not valid.");
    }
}
