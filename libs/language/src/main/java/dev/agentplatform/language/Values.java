package dev.agentplatform.language;

import dev.agentplatform.kernel.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What values mean: truth, equality, order, text. A missing value counts as null everywhere. */
final class Values {
    private Values() {}

    static JsonNode of(boolean value) {
        return JsonNodeFactory.instance.booleanNode(value);
    }

    /** The node that reading the number from JSON gives, so that a computed value equals one read back. */
    static JsonNode of(long value) {
        return value == (int) value
                ? JsonNodeFactory.instance.numberNode((int) value)
                : JsonNodeFactory.instance.numberNode(value);
    }

    static JsonNode of(double value) {
        if (!Double.isFinite(value)) throw new EvaluationError("the result is too large for a number");
        return JsonNodeFactory.instance.numberNode(value);
    }

    static JsonNode of(String value) {
        return JsonNodeFactory.instance.stringNode(value);
    }

    static boolean truthy(JsonNode value) {
        if (Json.isNothing(value)) return false;
        if (value.isBoolean()) return value.booleanValue();
        if (value.isNumber()) return isLong(value) ? value.longValue() != 0 : decimal(value) != 0;
        if (value.isString()) return !value.stringValue().isEmpty();
        return !value.isContainer() || !value.isEmpty();
    }

    /** The type of the value in words for messages. */
    static String type(JsonNode value) {
        if (Json.isNothing(value)) return "null";
        return switch (value.getNodeType()) {
            case NUMBER -> "a number";
            case STRING -> "a string";
            case BOOLEAN -> "a boolean";
            case ARRAY -> "a list";
            default -> "an object";
        };
    }

    static boolean isLong(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong();
    }

    static double decimal(JsonNode number) {
        return number.numberValue().doubleValue();
    }

    static boolean equal(JsonNode left, JsonNode right, Budget budget) {
        return equal(left, right, budget, 0);
    }

    private static boolean equal(JsonNode left, JsonNode right, Budget budget, int depth) {
        budget.spend(1);
        if (Json.isNothing(left) || Json.isNothing(right)) return Json.isNothing(left) && Json.isNothing(right);
        if (left.isNumber() && right.isNumber()) return compareNumbers(left, right) == 0;
        if (left.isString() && right.isString()) {
            budget.read(left.stringValue());
            return left.stringValue().equals(right.stringValue());
        }
        if (!left.isContainer() || !right.isContainer()) return left.equals(right);
        if (left.isArray() != right.isArray() || left.size() != right.size()) return false;
        Budget.checkDepth(depth);
        return left.isArray()
                ? equalItems(left, right, budget, depth + 1)
                : equalMembers(left, right, budget, depth + 1);
    }

    private static boolean equalItems(JsonNode left, JsonNode right, Budget budget, int depth) {
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i), budget, depth)) return false;
        }
        return true;
    }

    private static boolean equalMembers(JsonNode left, JsonNode right, Budget budget, int depth) {
        for (Map.Entry<String, JsonNode> member : left.properties()) {
            JsonNode other = right.get(member.getKey());
            if (other == null || !equal(member.getValue(), other, budget, depth)) return false;
        }
        return true;
    }

    /** The order of two numbers or two strings; empty for anything else, which has no order. */
    static OptionalInt compare(JsonNode left, JsonNode right, Budget budget) {
        if (left.isNumber() && right.isNumber()) return OptionalInt.of(compareNumbers(left, right));
        if (!left.isString() || !right.isString()) return OptionalInt.empty();
        budget.read(left.stringValue());
        return OptionalInt.of(left.stringValue().compareTo(right.stringValue()));
    }

    private static int compareNumbers(JsonNode left, JsonNode right) {
        if (isLong(left) && isLong(right)) return Long.compare(left.longValue(), right.longValue());
        double leftDecimal = decimal(left);
        double rightDecimal = decimal(right);
        boolean finite = Double.isFinite(leftDecimal) && Double.isFinite(rightDecimal);
        if (finite && (left.isIntegralNumber() || right.isIntegralNumber())) {
            return exact(left).compareTo(exact(right));
        }
        if (leftDecimal == rightDecimal) return 0;
        return Double.compare(leftDecimal, rightDecimal);
    }

    private static BigDecimal exact(JsonNode number) {
        return switch (number.numberValue()) {
            case BigDecimal decimal -> decimal;
            case BigInteger integer -> new BigDecimal(integer);
            case Double decimal -> new BigDecimal(decimal);
            case Float decimal -> new BigDecimal(decimal);
            case Number integer -> BigDecimal.valueOf(integer.longValue());
        };
    }

    /** The value inside a text: nothing is empty, lists and objects are compact JSON. */
    static String text(JsonNode value, Budget budget) {
        if (Json.isNothing(value)) return "";
        if (value.isString()) return value.stringValue();
        if (value.isContainer()) measure(value, Budget.TEXT_MAX);
        String json = Json.write(value);
        budget.read(json);
        return json;
    }

    /**
     * About how many characters the value has as JSON. Stops with an error beyond {@code most} characters or
     * the depth limit, so that a huge value costs no more than the limit.
     */
    static long measure(JsonNode value, long most) {
        return measure(value, most, 0);
    }

    /** {@code depth}: the levels above the value. */
    static long measure(JsonNode value, long most, int depth) {
        Budget.checkDepth(depth);
        long size = value.isString() ? value.stringValue().length() + 2L : 4;
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                size += member.getKey().length() + 4L + measure(member.getValue(), most - size, depth + 1);
                if (size > most) break;
            }
        } else if (value.isArray()) {
            for (JsonNode item : value) {
                size += 1 + measure(item, most - size, depth + 1);
                if (size > most) break;
            }
        }
        if (size > most) throw new EvaluationError("the result is larger than " + Budget.TEXT_MAX + " characters");
        return size;
    }

    /** A path's next value, or a missing node. */
    static JsonNode member(JsonNode target, Term.Segment segment) {
        JsonNode found = null;
        if (target != null && target.isObject()) found = target.get(segment.name());
        else if (target != null && target.isArray() && segment.index() >= 0) found = target.get(segment.index());
        return found == null ? JsonNodeFactory.instance.missingNode() : found;
    }
}
