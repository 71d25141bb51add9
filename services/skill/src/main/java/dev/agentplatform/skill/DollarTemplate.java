package dev.agentplatform.skill;

import dev.agentplatform.kernel.Json;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Texts with {@code $name} and {@code ${name}}. {@code $$} is a dollar; a name that is not given stays as it is. Pure. */
final class DollarTemplate {
    private static final Pattern HOLE =
            Pattern.compile("\\$(?:(\\$)|([A-Za-z_][A-Za-z0-9_]*)|\\{([A-Za-z_][A-Za-z0-9_]*)\\})");

    private DollarTemplate() {}

    static String render(String template, JsonNode values) {
        return HOLE.matcher(template).replaceAll(hole -> Matcher.quoteReplacement(value(hole, values)));
    }

    private static String value(MatchResult hole, JsonNode values) {
        if (hole.group(1) != null) return "$";
        String name = hole.group(2) != null ? hole.group(2) : hole.group(3);
        if (!values.has(name)) return hole.group();
        JsonNode value = values.get(name);
        if (Json.isNothing(value)) return "";
        return value.isString() ? value.stringValue() : Json.write(value);
    }
}
