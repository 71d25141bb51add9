package dev.agentplatform.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.agentplatform.kernel.Json;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ExpressionTest {
    private static final JsonNode ROOTS = Json.parse("""
        {"state": {"n": 7, "price": 2.5, "name": "Ada", "tags": ["new", "vip"], "empty": [], "none": null,
                   "two words": 1, "user-name": "x", "count": 5, "big": 9223372036854775807, "flag": true,
                   "table": {"a": {"b": [10, 20, {"c": "deep"}]}}, "position": 1},
         "nodes": {"check": {"output": {"items": [{"title": "First"}, {"title": "Second"}]}, "text": "ok"},
                   "step-1": {"text": "one"}, "fetch-2-b": {"output": 3}},
         "input": {"x": 1}}
        """);
    private static final Scope SCOPE = ROOTS::get;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        1 + 2 * 3                                   | 7
        (1 + 2) * 3                                 | 9
        10 - 2 - 3                                  | 5
        7 / 2                                       | 3.5
        6 / 2                                       | 3
        -7 % 3                                      | -1
        2 * -3                                      | -6
        1.5e2                                       | 150.0
        0.1 + 0.2                                   | 0.30000000000000004
        9007199254740993 + 0                        | 9007199254740993
        'a' + 1                                     | "a1"
        'a' + state.missing + 'b'                   | "ab"
        [1] + [2, 'x']                              | [1,2,"x"]
        'x: ' + [1, 2]                              | "x: [1,2]"
        nodes.check.output.items.0.title            | "First"
        nodes.check.output.items[1].title           | "Second"
        nodes["check"].output.items[state.position].title | "Second"
        nodes.step-1.text                           | "one"
        nodes.fetch-2-b.output - 1                  | 2
        nodes.fetch-2-b.output-1                    | 2
        state["two words"]                          | 1
        state["user-name"]                          | "x"
        state.count-1                               | 4
        state.table.a.b.2.c                         | "deep"
        state.table['a']["b"][0]                    | 10
        state.missing.deeper.0.still                | null
        state.tags[-1]                              | null
        state.tags[state.missing]                   | null
        nothing.at.all                              | null
        state.name.size()                           | 3
        state.tags.size                             | null
        state.tags.length()                         | 2
        size(state.table)                           | 1
        size(state.missing)                         | 0
        state.n > 5 ? 'big' : 'small'               | "big"
        false ? 1 : true ? 2 : 3                    | 2
        {{ state.n }} + 1                           | 8
        lower('ÄB') + upper('c')                    | "äbC"
        trim('  a ')                                | "a"
        substring('hello', 1, 3)                    | "el"
        'hello'.substring(-5, 99)                   | "hello"
        'hello'.substring(2)                        | "llo"
        substring('a😀b', 1, 2)                      | "😀"
        replace('aXbX', 'X', '--')                  | "a--b--"
        split('a,b,,c', ',')                        | ["a","b","","c"]
        split('abc', '')                            | ["a","b","c"]
        split('a,b', ',').1                         | "b"
        split('a,b', ',')[0]                        | "a"
        join(['a', 1, null], '-')                   | "a-1-"
        int('42') + int(3.9) + int(-3.9) + int(true) | 43
        double('2.5') * 2                           | 5.0
        number('7')                                 | 7
        string(12) + string(null) + string([1])     | "12[1]"
        bool('false')                               | false
        bool('yes')                                 | true
        abs(-3) + abs(2.5)                          | 5.5
        min(3, 1, 2)                                | 1
        max([3, null, 9.5])                         | 9.5
        max([])                                     | null
        min('b', 'a')                               | "a"
        round(2.5) + round(-2.5)                    | 0
        round(2.675, 2)                             | 2.68
        floor(-1.5)                                 | -2
        ceil(1.2)                                   | 2
        has(state.name)                             | true
        exists(state.none)                          | false
        default(state.missing, 'x')                 | "x"
        state.missing.default(1) + 1                | 2
        default(1, 1 / 0)                           | 1
        "quo\\"te" + 'it\\'s' + "\\u0041\\n"        | "quo\\"teit'sA\\n"
        """)
    void values(String source, String json) {
        assertThat(Expression.parse(source).evaluate(SCOPE)).isEqualTo(Json.parse(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "state.n == 7.0",
                "state.n == 7",
                "1 == 1.0 and 1 != '1'",
                "state.none == null and state.missing == null",
                "not (state.missing > 1) and not (state.missing < 1) and not (state.missing <= null)",
                "not ('a' < 1) and not (1 < 'a') and not ([1] < [2])",
                "'a' < 'b' and 'b' >= 'a'",
                "9223372036854775807 < 9223372036854775808.0",
                "9007199254740993 != 9007199254740992.0",
                "[1, {{ 'a' }}, [2]] == [1.0, 'a', [2.0]]",
                "'vip' in state.tags",
                "'old' not in state.tags",
                "state.tags contains 'new'",
                "state.tags not contains 'x'",
                "state.tags.contains('new')",
                "contains(state.name, 'da')",
                "state.name contains 'Ad'",
                "'name' in state",
                "not (1 in '1') and not ('a' in null) and not (null contains 'a')",
                "2 in [1, 2.0]",
                "startsWith(state.name, 'A') && state.name.ends_with('a') && 'abc'.starts_with('ab')",
                "matches('order-1234', '^order-\\d{4}$')",
                "'foo bar'.matches('\\bbar')",
                "!state.missing && !0 && !'' && ![] && !state.none && !0.0",
                "not not state.flag",
                "not state.n == 8",
                "false or false or state.flag",
                "true || 1 / 0",
                "not (false && 1 / 0 == 1)",
            })
    void holds(String source) {
        assertThat(Expression.parse(source).test(SCOPE)).as(source).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        (1 + 2        | expected ')' but the text ends at column 7           | 6
        foo(1)        | there is no function 'foo' at column 1               | 0
        a.foo(1)      | there is no function 'foo' at column 3               | 2
        size()        | 'size' takes 1 argument at column 1                  | 0
        a = 1         | unexpected '='; write == to compare at column 3      | 2
        a &  b        | unexpected '&'; write && or and at column 3          | 2
        1 +           | expected a value but the text ends at column 4       | 3
        'abc          | a string is not closed, it starts at column 1        | 0
        a b           | expected an operator or the end but found 'b' at column 3 | 2
        a.            | expected a name after '.' at column 3                | 2
        1 < 2 < 3     | comparisons cannot follow each other; join them with 'and' at column 7 | 6
        a not b       | expected 'in' or 'contains' after 'not' but found 'b' at column 7 | 6
        and           | unexpected 'and' at column 1                         | 0
        99999999999999999999 | number too large at column 1                  | 0
        a ? b         | expected ':' but the text ends at column 6           | 5
        [1 2]         | expected ',' or ']' but found a value at column 4    | 3
        5x            | unexpected 'x' in a number at column 2               | 1
        {{ a }        | unexpected '}' at column 6                           | 5
        """)
    void faultsOfTheText(String source, String message, int position) {
        LanguageError error = catchThrowableOfType(LanguageError.class, () -> Expression.parse(source));
        assertThat(error).hasMessage(message);
        assertThat(error.position()).isEqualTo(position);
    }

    @Test
    void faultsNameLineAndColumnOfLongTexts() {
        assertThatThrownBy(() -> Expression.parse("a and\n b = 1")).hasMessageEndingWith("at line 2, column 4");
        assertThatThrownBy(() -> Expression.parse(" ")).hasMessage("the expression is empty at column 2");
        assertThatThrownBy(() -> Expression.parse("")).isInstanceOf(LanguageError.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        1 / 0                    | division by zero
        1.5 % 0                  | division by zero
        state.missing + 1        | cannot compute null + a number; default(x, 0) replaces a missing value
        [1] - 1                  | cannot compute a list - a number
        state.big + 1            | the result of '+' does not fit into 64 bits
        1e308 * 10               | the result is too large for a number
        -'a'                     | cannot negate a string
        int('12a')               | int() cannot read this text as a number
        double('NaN')            | double() cannot read this text as a number
        int(null)                | int() cannot use null
        int(1e300)               | the result of int() does not fit into 64 bits
        lower([1])               | lower() cannot use a list
        size(5)                  | size() cannot use a number
        max(1, 'a')              | max() compares numbers or texts, not both
        'x'.matches(state.name + '(') | not a pattern: missing closing )
        """)
    void errorsOfEvaluation(String source, String message) {
        Expression expression = Expression.parse(source);
        assertThatThrownBy(() -> expression.evaluate(SCOPE))
                .isInstanceOf(EvaluationError.class)
                .hasMessage(message);
    }

    @Test
    void tellsWhatItReads() {
        Expression expression = Expression.parse(
                "nodes.a-b.output.0.x > 1 and has(nodes['c'].text) or secrets.KEY == input.items[state.n].y");
        assertThat(expression.roots()).containsExactly("nodes", "secrets", "input", "state");
        assertThat(expression.members("nodes")).containsExactly("a-b", "c");
        assertThat(expression.members("secrets")).containsExactly("KEY");
        assertThat(expression.paths())
                .containsExactly("nodes.a-b.output.0.x", "nodes.c.text", "secrets.KEY", "input.items", "state.n");
    }

    @Test
    void scopeOfAMap() {
        assertThat(Expression.parse("a + b").evaluate(Scope.of(Map.of("a", Json.tree(1), "b", Json.tree(2)))))
                .isEqualTo(Json.tree(3));
        assertThat(Expression.parse("a").evaluate(Scope.EMPTY).isNull()).isTrue();
    }

    @Test
    void longFlatExpressionsAreFine() {
        String many = "1" + " + 1".repeat(2_000);
        assertThat(Expression.parse(many).evaluate(SCOPE).longValue()).isEqualTo(2_001);
        String ors = "state.n == 0" + " or state.n == 7".repeat(500);
        assertThat(Expression.parse(ors).test(SCOPE)).isTrue();
    }

    @Test
    void hostileTextsEndQuickly() {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            for (String unit :
                    new String[] {"(", "[", "!", "-", "not ", "size(", "{{", "a[", "a?", "'", "a..", "\u0000", "((("}) {
                for (int length : new int[] {200, 9_999, 100_000}) {
                    String text = unit.repeat(length / unit.length() + 1).substring(0, length);
                    assertThatThrownBy(() -> Expression.parse(text)).isInstanceOf(LanguageError.class);
                }
            }
            for (String chain : new String[] {".trim()", "[input.x]", ".size().string()"}) {
                String text = "(1)" + chain.repeat(9_000 / chain.length());
                assertThatThrownBy(() -> Expression.parse(text)).isInstanceOf(LanguageError.class);
            }
        });
    }

    @Test
    void hostileValuesEndQuickly() {
        String long1 = "a".repeat(1_000_000);
        Scope scope = Scope.of(Map.of(
                "text", Json.text(long1),
                "needle", Json.text("a".repeat(500_000) + "b"),
                "list", Json.tree(new int[90_000]),
                "pattern", Json.text("(a+)+$")));
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            assertThat(Expression.parse("text contains needle").test(scope)).isFalse();
            assertThat(Expression.parse("replace(text, needle, '') == text").test(scope))
                    .isTrue();
            assertThat(Expression.parse("matches(text, '(a+)+b')").test(scope)).isFalse();
            assertThat(Expression.parse("matches(text, pattern)").test(scope)).isTrue();
            for (String source : new String[] {
                "text + text",
                "replace(text, 'a', 'aaaa')",
                "join(split(text, ''), '--')",
                "5 in list or 5 in list",
                "text.matches('(a{1,50}){1,30}b')",
            }) {
                Expression expression = Expression.parse(source);
                assertThatThrownBy(() -> expression.evaluate(scope)).isInstanceOf(EvaluationError.class);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(((a{1000}){1000}){1000}){1000}",
                "(a{999}){999}",
                "(",
                "a{5000}",
                "\\\\Qa(\\\\E",
                "*",
                "[",
                "(?<x"
            })
    void patternsThatCannotBeUsedAreRefusedWhenParsed(String pattern) {
        String source = "matches(input.x, '" + pattern + "')";
        assertThatThrownBy(() -> Expression.parse(source)).isInstanceOf(LanguageError.class);
    }

    @Test
    void deepPatternsAndLongPatternsAreRefused() {
        for (String pattern : new String[] {"(".repeat(400) + ")".repeat(400), "a".repeat(1_001)}) {
            assertThatThrownBy(() -> Expression.parse("matches('', '" + pattern + "')"))
                    .isInstanceOf(LanguageError.class);
        }
    }

    @Test
    void deepValuesAreRefusedOrCompared() {
        JsonNode deep = Json.tree(1);
        JsonNode twin = Json.tree(1);
        for (int i = 0; i < 20_000; i++) {
            deep = Json.array().add(deep);
            twin = Json.array().add(twin);
        }
        Scope scope = Scope.of(Map.of("a", deep, "b", twin));
        assertThatThrownBy(() -> Expression.parse("a == b").evaluate(scope)).isInstanceOf(EvaluationError.class);
        assertThatThrownBy(() -> Expression.parse("string(a)").evaluate(scope)).isInstanceOf(EvaluationError.class);
        assertThatThrownBy(() -> Template.parse("{{a}}").resolve(scope)).isInstanceOf(EvaluationError.class);
    }

    @Test
    void hostNamesAreOrdinaryNames() {
        for (String source :
                new String[] {"__proto__.constructor", "state.__proto__", "state.class.forName", "java.lang.System"}) {
            assertThat(Expression.parse(source).evaluate(SCOPE).isNull()).isTrue();
        }
        assertThatThrownBy(() -> Expression.parse("state.getClass()")).isInstanceOf(LanguageError.class);
    }
}
