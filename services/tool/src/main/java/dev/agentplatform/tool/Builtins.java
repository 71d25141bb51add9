package dev.agentplatform.tool;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.language.EvaluationError;
import dev.agentplatform.language.Expression;
import dev.agentplatform.language.JsonSchema;
import dev.agentplatform.language.LanguageError;
import dev.agentplatform.language.Scope;
import java.text.Normalizer;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tools that come with the platform: a name, a schema, a function of the input. They touch nothing. */
final class Builtins {
    private static final Map<String, Builtin> ALL = new LinkedHashMap<>();

    static {
        add("current_time", "The time now, in a time zone", """
            {"type":"object","properties":{"timezone":{"type":"string","description":"Such as Europe/Berlin; UTC by default"}},
             "additionalProperties":false}\
            """, Builtins::currentTime);
        add("calculator", "Computes an expression, such as (price - rebate) * 1.19", """
            {"type":"object","properties":{"expression":{"type":"string","minLength":1,"maxLength":10000},
             "variables":{"type":"object","description":"Values by name"}},
             "required":["expression"],"additionalProperties":false}\
            """, Builtins::calculator);
        add("json_query", "Takes a part out of a document: data.items.0.title", """
            {"type":"object","properties":{"data":{"description":"The document"},
             "expression":{"type":"string","minLength":1,"maxLength":10000,"description":"Over data"}},
             "required":["data","expression"],"additionalProperties":false}\
            """, Builtins::jsonQuery);
        add("text", "Changes or measures a text", """
            {"type":"object","properties":{"operation":{"enum":["upper","lower","trim","length","words","reverse","slug"]},
             "text":{"type":"string","maxLength":1000000}},
             "required":["operation","text"],"additionalProperties":false}\
            """, Builtins::text);
        add(
                "random_uuid",
                "A new unique id",
                """
                {"type":"object","additionalProperties":false}\
                """,
                (input, source) -> Json.text(source.ids().next().toString()));
    }

    private Builtins() {}

    /** Where time and chance come from. */
    record Source(Clock clock, Ids ids) {}

    @FunctionalInterface
    interface Body {
        /** @throws Problem 422 that names the field */
        JsonNode apply(JsonNode input, Source source);
    }

    record Builtin(String name, String description, JsonNode inputSchema, JsonSchema schema, Body body) {}

    static Optional<Builtin> find(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    static List<Builtin> all() {
        return List.copyOf(ALL.values());
    }

    private static void add(String name, String description, String schema, Body body) {
        JsonNode json = Json.parse(schema);
        ALL.put(name, new Builtin(name, description, json, JsonSchema.compile(json), body));
    }

    private static JsonNode currentTime(JsonNode input, Source source) {
        long now = source.clock().millis();
        String zone = input.path("timezone").asString("UTC");
        try {
            ZonedDateTime local = Instant.ofEpochMilli(now).atZone(ZoneId.of(zone));
            return Json.object()
                    .put("time", Times.format(now))
                    .put("timezone", zone)
                    .put("local_time", local.format(DateTimeFormatter.ISO_OFFSET_DATE_TIME))
                    .put("weekday", local.getDayOfWeek().name().toLowerCase(Locale.ROOT))
                    .put("unix_seconds", now / 1_000);
        } catch (DateTimeException unknown) {
            throw Problem.invalid("input_json.timezone", "is no time zone, such as Europe/Berlin");
        }
    }

    private static JsonNode calculator(JsonNode input, Source source) {
        JsonNode variables = input.path("variables");
        return evaluate(input.path("expression").asString(), variables::path);
    }

    private static JsonNode jsonQuery(JsonNode input, Source source) {
        JsonNode data = input.path("data");
        return evaluate(input.path("expression").asString(), name -> name.equals("data") ? data : null);
    }

    private static JsonNode evaluate(String expression, Scope scope) {
        try {
            return Expression.parse(expression).evaluate(scope);
        } catch (LanguageError | EvaluationError wrong) {
            throw Problem.invalid("input_json.expression", wrong.getMessage());
        }
    }

    private static JsonNode text(JsonNode input, Source source) {
        String text = input.path("text").asString();
        ObjectNode number = Json.object();
        return switch (input.path("operation").asString()) {
            case "upper" -> Json.text(text.toUpperCase(Locale.ROOT));
            case "lower" -> Json.text(text.toLowerCase(Locale.ROOT));
            case "trim" -> Json.text(text.strip());
            case "length" ->
                number.put("n", text.codePointCount(0, text.length())).path("n");
            case "words" ->
                number.put("n", text.isBlank() ? 0 : text.strip().split("\\s+").length)
                        .path("n");
            case "reverse" -> Json.text(new StringBuilder(text).reverse().toString());
            case "slug" -> Json.text(slug(text));
            default -> throw Problem.invalid("input_json.operation", "is unknown");
        };
    }

    private static String slug(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKD).replaceAll("\\p{M}+", "");
        return plain.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}]+", "-")
                .replaceAll("^-|-$", "");
    }
}
