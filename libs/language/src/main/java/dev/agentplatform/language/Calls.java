package dev.agentplatform.language;

import dev.agentplatform.kernel.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * What the functions do. Where a text is asked for, null is the empty text and numbers and booleans are their
 * text; where a list is asked for, null is the empty list; anything else is an error that names the function.
 */
final class Calls {
    private static final int DIGITS_MAX = 15;

    private final Budget budget;

    Calls(Budget budget) {
        this.budget = budget;
    }

    JsonNode call(Function function, List<JsonNode> arguments) {
        JsonNode first = arguments.getFirst();
        return switch (function) {
            case SIZE -> Values.of(size(first));
            case LOWER -> Values.of(text(function, first).toLowerCase(Locale.ROOT));
            case UPPER -> Values.of(text(function, first).toUpperCase(Locale.ROOT));
            case TRIM -> Values.of(text(function, first).strip());
            case STARTS_WITH -> Values.of(text(function, first).startsWith(text(function, arguments.get(1))));
            case ENDS_WITH -> Values.of(text(function, first).endsWith(text(function, arguments.get(1))));
            case CONTAINS -> Values.of(contains(first, arguments.get(1)));
            case MATCHES -> Values.of(matches(text(function, first), text(function, arguments.get(1))));
            case SUBSTRING -> Values.of(substring(arguments));
            case REPLACE -> Values.of(replace(arguments));
            case SPLIT -> split(text(function, first), text(function, arguments.get(1)));
            case JOIN -> Values.of(join(arguments));
            case INT -> whole(function, first);
            case DOUBLE -> number(first);
            case STRING -> Values.of(Values.text(first, budget));
            case BOOL -> Values.of(bool(first));
            case ABS -> absolute(first);
            case MIN, MAX -> extreme(function, arguments);
            case ROUND -> round(arguments);
            case FLOOR -> rounded(first, RoundingMode.FLOOR, function);
            case CEIL -> rounded(first, RoundingMode.CEILING, function);
            case HAS -> Values.of(!Json.isNothing(first));
            case DEFAULT -> throw new IllegalStateException("default() is evaluated by the caller");
        };
    }

    String text(Function function, JsonNode value) {
        if (value.isContainer()) throw wrong(function, value);
        String text = Values.text(value, budget);
        budget.read(text);
        return text;
    }

    /** A text in a text, a value in a list, a name in an object; nothing else contains anything. */
    boolean contains(JsonNode container, JsonNode value) {
        if (container.isString() && value.isString()) {
            budget.read(container.stringValue());
            return Search.of(value.stringValue()).in(container.stringValue(), 0) >= 0;
        }
        if (container.isObject()) return value.isString() && container.has(value.stringValue());
        if (!container.isArray()) return false;
        for (JsonNode item : container) {
            if (Values.equal(item, value, budget)) return true;
        }
        return false;
    }

    private long size(JsonNode value) {
        if (Json.isNothing(value)) return 0;
        if (value.isContainer()) return value.size();
        if (!value.isString()) throw wrong(Function.SIZE, value);
        String text = text(Function.SIZE, value);
        return text.codePointCount(0, text.length());
    }

    private boolean matches(String text, String pattern) {
        budget.spend(pattern.length());
        return LinearPattern.of(pattern).find(text, budget);
    }

    private String substring(List<JsonNode> arguments) {
        String text = text(Function.SUBSTRING, arguments.getFirst());
        int size = text.codePointCount(0, text.length());
        int start = Math.clamp(whole(Function.SUBSTRING, arguments.get(1)).longValue(), 0, size);
        long end = arguments.size() < 3
                ? size
                : whole(Function.SUBSTRING, arguments.get(2)).longValue();
        int from = text.offsetByCodePoints(0, start);
        return text.substring(from, text.offsetByCodePoints(from, Math.clamp(end, start, size) - start));
    }

    private String replace(List<JsonNode> arguments) {
        String text = text(Function.REPLACE, arguments.get(0));
        String old = text(Function.REPLACE, arguments.get(1));
        String replacement = text(Function.REPLACE, arguments.get(2));
        if (old.isEmpty()) return text;
        Search search = Search.of(old);
        StringBuilder result = new StringBuilder();
        int from = 0;
        for (int at = search.in(text, 0); at >= 0; at = search.in(text, from)) {
            result.append(text, from, at).append(replacement);
            Budget.checkLength(result.length());
            from = at + old.length();
        }
        return checked(result.append(text, from, text.length()));
    }

    /** An empty separator cuts into characters. */
    private JsonNode split(String text, String separator) {
        ArrayNode parts = Json.array();
        if (separator.isEmpty()) {
            text.codePoints().forEach(character -> parts.add(part(Character.toString(character))));
            return parts;
        }
        Search search = Search.of(separator);
        int from = 0;
        for (int at = search.in(text, 0); at >= 0; at = search.in(text, from)) {
            parts.add(part(text.substring(from, at)));
            from = at + separator.length();
        }
        return parts.add(part(text.substring(from)));
    }

    private JsonNode part(String text) {
        budget.spend(1);
        return Values.of(text);
    }

    private String join(List<JsonNode> arguments) {
        String separator = arguments.size() < 2 ? "" : text(Function.JOIN, arguments.get(1));
        StringBuilder result = new StringBuilder();
        String before = "";
        for (JsonNode item : items(Function.JOIN, arguments.getFirst())) {
            result.append(before).append(Values.text(item, budget));
            budget.spend(1);
            Budget.checkLength(result.length());
            before = separator;
        }
        return checked(result);
    }

    private static String checked(StringBuilder text) {
        Budget.checkLength(text.length());
        return text.toString();
    }

    private Iterable<JsonNode> items(Function function, JsonNode value) {
        if (Json.isNothing(value)) return List.of();
        if (!value.isArray()) throw wrong(function, value);
        return value;
    }

    /** Decimals lose their fraction; a text must be a whole number. */
    private JsonNode whole(Function function, JsonNode value) {
        if (value.isBoolean()) return Values.of(value.booleanValue() ? 1L : 0L);
        if (value.isString() || value.isNumber()) return rounded(number(function, value), RoundingMode.DOWN, function);
        throw wrong(function, value);
    }

    private JsonNode number(JsonNode value) {
        if (value.isBoolean()) return Values.of(value.booleanValue() ? 1L : 0L);
        return number(Function.DOUBLE, value);
    }

    private JsonNode number(Function function, JsonNode value) {
        if (value.isNumber()) return value;
        if (!value.isString()) throw wrong(function, value);
        String text = value.stringValue().strip();
        // The JDK reads more than JSON does: "1d", "0x1p3", "NaN". Only plain decimal digits are let through.
        boolean plain = !text.isEmpty()
                && text.length() <= 100
                && text.chars().allMatch(c -> "0123456789+-.eE".indexOf(c) >= 0);
        try {
            if (plain)
                return text.chars().allMatch(c -> c != '.' && c != 'e' && c != 'E')
                        ? Values.of(Long.parseLong(text))
                        : Values.of(Double.parseDouble(text));
        } catch (NumberFormatException notANumber) {
            // the one line below says it
        }
        throw new EvaluationError(function.title() + " cannot read this text as a number");
    }

    private boolean bool(JsonNode value) {
        if (!value.isString()) return Values.truthy(value);
        return switch (value.stringValue().strip().toLowerCase(Locale.ROOT)) {
            case "false", "no", "off", "0", "" -> false;
            default -> true;
        };
    }

    private JsonNode absolute(JsonNode value) {
        JsonNode number = number(Function.ABS, value);
        boolean negative = Values.isLong(number) ? number.longValue() < 0 : Values.decimal(number) < 0;
        return negative ? Arithmetic.negate(number) : number;
    }

    /** Of several arguments or of one list; null when there is nothing to choose from. */
    private JsonNode extreme(Function function, List<JsonNode> arguments) {
        boolean list = arguments.size() == 1
                && !arguments.getFirst().isNumber()
                && !arguments.getFirst().isString();
        JsonNode best = Json.nothing();
        for (JsonNode item : list ? items(function, arguments.getFirst()) : arguments) {
            budget.spend(1);
            if (Json.isNothing(item)) continue;
            if (best.isNull()) {
                if (!item.isNumber() && !item.isString()) throw wrong(function, item);
                best = item;
                continue;
            }
            OptionalInt order = Values.compare(item, best, budget);
            if (order.isEmpty()) throw new EvaluationError(function.title() + " compares numbers or texts, not both");
            if (function == Function.MIN ? order.getAsInt() < 0 : order.getAsInt() > 0) best = item;
        }
        return best;
    }

    private JsonNode round(List<JsonNode> arguments) {
        JsonNode value = number(Function.ROUND, arguments.getFirst());
        if (arguments.size() == 1) return rounded(value, RoundingMode.HALF_UP, Function.ROUND);
        if (Values.isLong(value)) return value;
        long digits = Math.clamp(whole(Function.ROUND, arguments.get(1)).longValue(), 0, DIGITS_MAX);
        return Values.of(finite(value, Function.ROUND)
                .setScale((int) digits, RoundingMode.HALF_UP)
                .doubleValue());
    }

    private static JsonNode rounded(JsonNode value, RoundingMode mode, Function function) {
        if (Values.isLong(value)) return value;
        if (!value.isNumber()) throw wrong(function, value);
        try {
            return Values.of(finite(value, function).setScale(0, mode).longValueExact());
        } catch (ArithmeticException overflow) {
            throw new EvaluationError("the result of " + function.title() + " does not fit into 64 bits");
        }
    }

    /** Through its shortest text, so that 2.675 is rounded as it is read. */
    private static BigDecimal finite(JsonNode number, Function function) {
        double value = Values.decimal(number);
        if (!Double.isFinite(value)) throw wrong(function, number);
        return new BigDecimal(Double.toString(value));
    }

    private static EvaluationError wrong(Function function, JsonNode value) {
        return new EvaluationError(function.title() + " cannot use " + Values.type(value));
    }
}
