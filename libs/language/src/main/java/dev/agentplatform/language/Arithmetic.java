package dev.agentplatform.language;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.Term.Operator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * {@code + - * / %}. Whole numbers of 64 bits are exact and refuse to overflow; a division that leaves a rest
 * gives a decimal, so that 7 / 2 and 7.0 / 2 agree.
 */
final class Arithmetic {
    private Arithmetic() {}

    static JsonNode apply(Operator operator, JsonNode left, JsonNode right, Budget budget) {
        if (left.isNumber() && right.isNumber()) return numbers(operator, left, right);
        if (operator == Operator.ADD) {
            if (left.isString() || right.isString()) return concatenated(left, right, budget);
            if (left.isArray() && right.isArray()) return joined(left, right, budget);
        }
        String hint = Json.isNothing(left) || Json.isNothing(right) ? "; default(x, 0) replaces a missing value" : "";
        throw new EvaluationError(
                "cannot compute " + Values.type(left) + " " + operator.symbol + " " + Values.type(right) + hint);
    }

    static JsonNode negate(JsonNode value) {
        if (!value.isNumber()) throw new EvaluationError("cannot negate " + Values.type(value));
        return numbers(Operator.SUBTRACT, Values.of(0L), value);
    }

    private static JsonNode numbers(Operator operator, JsonNode left, JsonNode right) {
        if (Values.isLong(left) && Values.isLong(right)) {
            try {
                return whole(operator, left.longValue(), right.longValue());
            } catch (ArithmeticException overflow) {
                throw new EvaluationError("the result of '" + operator.symbol + "' does not fit into 64 bits");
            }
        }
        return Values.of(decimal(operator, Values.decimal(left), Values.decimal(right)));
    }

    private static JsonNode whole(Operator operator, long left, long right) {
        return switch (operator) {
            case ADD -> Values.of(Math.addExact(left, right));
            case SUBTRACT -> Values.of(Math.subtractExact(left, right));
            case MULTIPLY -> Values.of(Math.multiplyExact(left, right));
            case REMAINDER -> Values.of(left % divisor(right));
            default ->
                left % divisor(right) == 0
                        ? Values.of(Math.divideExact(left, right))
                        : Values.of((double) left / right);
        };
    }

    private static long divisor(long divisor) {
        if (divisor == 0) throw new EvaluationError("division by zero");
        return divisor;
    }

    private static double decimal(Operator operator, double left, double right) {
        return switch (operator) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case MULTIPLY -> left * right;
            default -> {
                if (right == 0) throw new EvaluationError("division by zero");
                yield operator == Operator.REMAINDER ? left % right : left / right;
            }
        };
    }

    private static JsonNode concatenated(JsonNode left, JsonNode right, Budget budget) {
        String first = Values.text(left, budget);
        String second = Values.text(right, budget);
        Budget.checkLength((long) first.length() + second.length());
        budget.read(first);
        budget.read(second);
        return Values.of(first + second);
    }

    private static JsonNode joined(JsonNode left, JsonNode right, Budget budget) {
        budget.spend((long) left.size() + right.size());
        ArrayNode list = Json.array();
        left.forEach(list::add);
        right.forEach(list::add);
        return list;
    }
}
