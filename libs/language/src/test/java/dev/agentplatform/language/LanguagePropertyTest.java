package dev.agentplatform.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Seeded random texts and values. A failing seed is in the message and repeats the failure. */
class LanguagePropertyTest {
    private static final List<String> TOKENS = List.of(
            "state",
            ".",
            "a",
            "b",
            "0",
            "1",
            "2.5",
            "'x'",
            "\"y\"",
            "(",
            ")",
            "[",
            "]",
            ",",
            "+",
            "-",
            "*",
            "/",
            "%",
            "==",
            "!=",
            "<",
            "<=",
            "and",
            "or",
            "not",
            "in",
            "contains",
            "?",
            ":",
            "!",
            "&&",
            "||",
            "{{",
            "}}",
            " ",
            "size(",
            "lower(",
            "split(",
            "matches(",
            "default(",
            "null",
            "true",
            "\n",
            "\\",
            "é",
            "\u0000",
            "$");

    @Test
    void noTextThrowsAnythingButLanguageAndEvaluationErrors() {
        int parsed = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) text.append(TOKENS.get(random.nextInt(TOKENS.size())));
            Scope scope = Scope.of(Map.of("state", value(random, 4), "a", value(random, 2)));
            if (survives(seed, () -> Expression.parse(text.toString()).evaluate(scope))) parsed++;
            survives(seed, () -> Template.parse("{{" + text + "}}").renderJson(scope));
            survives(
                    seed, () -> Template.parse("{\"k\":\"{{ " + text + " }}\"}").renderJson(scope));
        }
        assertThat(parsed).as("enough of the texts are expressions").isGreaterThan(300);
    }

    @Test
    void wellFormedExpressionsOverAnyValuesGiveAValueOrAnEvaluationError() {
        int evaluated = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            String source = expression(random, 4);
            Expression expression = Expression.parse(source);
            Scope scope = Scope.of(Map.of("state", value(random, 4), "a", value(random, 2)));
            if (survives(seed, () -> expression.evaluate(scope))) evaluated++;
        }
        assertThat(evaluated).as("enough of the expressions have a value").isGreaterThan(3_000);
    }

    /** Brackets, spaces and the words for the symbols change nothing. */
    @Test
    void theSameExpressionWrittenOtherwiseHasTheSameValue() {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            String source = expression(random, 4);
            JsonNode state = value(random, 4);
            Scope scope = Scope.of(Map.of("state", state));
            String otherwise =
                    " ( " + source.replace(" ", "  ").replace("&&", "and").replace("||", "or") + ")\n";
            assertThat(outcome(otherwise, scope))
                    .as("seed " + seed + ": " + source)
                    .isEqualTo(outcome(source, scope));
            assertThat(Expression.parse(Expression.parse(source).source()).paths())
                    .isEqualTo(Expression.parse(source).paths());
        }
    }

    @Test
    void literalsReadBackAsTheyWereWritten() {
        for (int seed = 0; seed < 5_000; seed++) {
            JsonNode value = withoutObjects(new Random(seed), 3);
            assertThat(Expression.parse(Json.write(value)).evaluate(Scope.EMPTY))
                    .as("seed " + seed)
                    .isEqualTo(value);
        }
    }

    @Test
    void templatesKeepTypesAndWholeTreesKeepTheirShape() {
        for (int seed = 0; seed < 5_000; seed++) {
            JsonNode value = value(new Random(seed), 4);
            Scope scope = Scope.of(Map.of("v", value));
            assertThat(Template.parse("{{v}}").resolve(scope)).isEqualTo(value);
            assertThat(Template.parse("{\"a\": {{v}}, \"b\": [{{v}}]}")
                            .renderJson(scope)
                            .isObject())
                    .isTrue();
            JsonNode tree = Json.object().set("x", Json.array().add("{{v}}").add("fixed"));
            JsonNode expected = Json.object().set("x", Json.array().add(value).add("fixed"));
            assertThat(Template.resolveTree(tree, scope)).as("seed " + seed).isEqualTo(expected);
        }
    }

    private static boolean survives(int seed, Runnable work) {
        try {
            work.run();
            return true;
        } catch (LanguageError | EvaluationError expected) {
            assertThat(expected.getMessage()).isNotBlank();
            return false;
        } catch (Throwable other) {
            throw new AssertionError("seed " + seed, other);
        }
    }

    private static String outcome(String source, Scope scope) {
        try {
            return Json.write(Expression.parse(source).evaluate(scope));
        } catch (EvaluationError error) {
            return error.getMessage();
        }
    }

    private static String expression(Random random, int depth) {
        if (depth == 0) return leaf(random);
        String a = expression(random, depth - 1);
        String b = expression(random, depth - 1);
        return switch (random.nextInt(12)) {
            case 0 -> "(" + a + ") + (" + b + ")";
            case 1 -> "(" + a + ") " + pick(random, "-", "*", "/", "%") + " (" + b + ")";
            case 2 ->
                "(" + a + ") " + pick(random, "==", "!=", "<", "<=", ">", ">=", "in", "contains") + " (" + b + ")";
            case 3 -> "(" + a + ") && (" + b + ") || " + leaf(random);
            case 4 -> "not (" + a + ")";
            case 5 -> "(" + a + ") ? " + leaf(random) + " : " + b;
            case 6 -> "[" + a + ", " + b + "]";
            case 7 ->
                pick(random, "size", "lower", "trim", "int", "string", "bool", "abs", "max", "round", "has") + "(" + a
                        + ")";
            case 8 ->
                pick(random, "split", "join", "startsWith", "default", "matches", "min") + "(" + a + ", " + b + ")";
            case 9 -> "replace(" + a + ", " + b + ", " + leaf(random) + ")";
            case 10 -> "(" + a + ")[" + b + "]";
            default -> leaf(random);
        };
    }

    private static String leaf(Random random) {
        return pick(
                random,
                "state",
                "state.a",
                "state.b.0",
                "state.b.a",
                "a",
                "missing.x",
                "1",
                "0",
                "2.5",
                "'text'",
                "''",
                "null",
                "true",
                "[]",
                "-3",
                "'[a-z]+'",
                "9223372036854775807");
    }

    private static String pick(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static JsonNode value(Random random, int depth) {
        if (depth > 0 && random.nextInt(3) > 0) {
            if (random.nextBoolean()) {
                ObjectNode object = Json.object();
                for (String name : List.of("a", "b", "c")) object.set(name, value(random, depth - 1));
                return object;
            }
            ArrayNode list = Json.array();
            for (int i = random.nextInt(4); i > 0; i--) list.add(value(random, depth - 1));
            return list;
        }
        return scalar(random);
    }

    private static JsonNode withoutObjects(Random random, int depth) {
        if (depth == 0 || random.nextBoolean()) {
            JsonNode scalar = scalar(random);
            // A literal has no sign: "-5" is an operator on 5, which is another node only for decimals of zero.
            return scalar.isNumber() && scalar.doubleValue() == 0 ? Json.nothing() : scalar;
        }
        ArrayNode list = Json.array();
        for (int i = random.nextInt(4); i > 0; i--) list.add(withoutObjects(random, depth - 1));
        return list;
    }

    private static JsonNode scalar(Random random) {
        return switch (random.nextInt(7)) {
            case 0 -> Json.nothing();
            case 1 -> Json.tree(random.nextBoolean());
            case 2 -> Json.tree(random.nextInt());
            case 3 -> Json.tree(random.nextLong() | 1L << 40);
            case 4 -> Json.tree(random.nextGaussian() * 1e6);
            case 5 -> Json.text("");
            default -> Json.text(pick(random, "text", "\"", "\\", "\n\t", "}}", "{{", "é😀", "1", "[1]", "\u0001"));
        };
    }
}
