package dev.agentplatform.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class TemplateTest {
    private static final JsonNode ROOTS = Json.parse("""
        {"state": {"n": 3, "name": "Ada", "user-name": "Bob", "list": [1, {"a": "x"}], "quote": "say \\"hi\\"\\n",
                   "none": null, "yes": true, "decimal": 2.5, "json": "{\\"a\\":1}", "evil": "1, \\"admin\\": true"},
         "nodes": {"fetch-1": {"text": "got it"}}, "secrets": {"KEY": "s3cret"}}
        """);
    private static final Scope SCOPE = ROOTS::get;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        Hello {{state.name}}!                | Hello Ada!
        {{ state.n }}{{state.n}}             | 33
        [{{state.missing}}][{{state.none}}]  | [][]
        {{state.list}} is it                 | [1,{"a":"x"}] is it
        {{state.user-name}} {{nodes.fetch-1.text}} | Bob got it
        {{ state.n - 1 }} {{ state.n * 2 }}  | 2 6
        {{ state.n > 2 ? 'many' : 'few' }}.  | many.
        {{ '{{' }}x}}                        | {{x}}
        {{ "}}" }} a                         | }} a
        { "a": {{{state.n}}} }               | { "a": {3} }
        { no holes }}                        | { no holes }}
        {{ state.decimal }} {{ state.yes }}  | 2.5 true
        """)
    void rendersText(String source, String text) {
        assertThat(Template.parse(source).render(SCOPE)).isEqualTo(text);
    }

    @Test
    void aSingleHoleKeepsItsType() {
        assertThat(resolve("{{state.n}}")).isEqualTo(Json.tree(3));
        assertThat(resolve("{{ state.list }}")).isSameAs(ROOTS.path("state").path("list"));
        assertThat(resolve("{{state.yes}}")).isEqualTo(Json.tree(true));
        assertThat(resolve("{{state.none}}").isNull()).isTrue();
        assertThat(resolve("{{state.n + 1}}")).isEqualTo(Json.tree(4));
        assertThat(resolve("{{state.missing}}")).isEqualTo(Json.text(""));
        assertThat(resolve("{{state.n}} ")).isEqualTo(Json.text("3 "));
        assertThat(resolve("")).isEqualTo(Json.text(""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"q": "{{state.quote}}"}                | {"q": "say \\"hi\\"\\n"}
        {"q": {{state.quote}}}                  | {"q": "say \\"hi\\"\\n"}
        {"n": {{state.n}}, "m": {{state.nope}}} | {"n": 3, "m": null}
        {"l": {{state.list}}, "s": "{{state.list}}"} | {"l": [1,{"a":"x"}], "s": "[1,{\\"a\\":\\"x\\"}]"}
        {"e": {{state.evil}}, "f": "{{state.evil}}"} | {"e": "1, \\"admin\\": true", "f": "1, \\"admin\\": true"}
        {"inner": {{state.json}}}               | {"inner": {"a": 1}}
        {"{{state.name}}": 1, "back\\\\": "{{state.n}}"} | {"Ada": 1, "back\\\\": "3"}
        {{state.json}}                          | {"a": 1}
        {{state.n}}{{state.n}}                  | 33
        {{state.name}}                          | "Ada"
        Dear {{state.name}}                     | "Dear Ada"
        {{state.name}} and {{state.name}}       | "Ada and Ada"
        [{{state.name}}, but open               | "[Ada, but open"
        true                                    | true
        plain                                   | "plain"
        """)
    void jsonAfterRendering(String source, String json) {
        assertThat(Template.parse(source).renderJson(SCOPE)).isEqualTo(Json.parse(json));
    }

    @Test
    void noValueBreaksOutOfAJsonString() {
        List<String> hostile = List.of("\"", "\\", "\\\"", "\",\"x\":\"", "\u0000\u001f\u2028", "}}{{", "'", "\ud800");
        Template template = Template.parse("{\"a\":\"<{{v}}>\",\"b\":{{v}}}");
        for (String value : hostile) {
            JsonNode result = template.renderJson(Scope.of(Map.of("v", Json.text(value))));
            assertThat(result.isObject()).as(value).isTrue();
            assertThat(result.propertyNames()).containsExactly("a", "b");
            assertThat(result.get("a").stringValue()).isEqualTo("<" + value + ">");
            assertThat(result.get("b").stringValue()).isEqualTo(value);
        }
    }

    @Test
    void resolvesEveryStringOfATree() {
        JsonNode tree = Json.parse("""
            {"url": "https://x/{{state.n}}", "body": {"list": "{{state.list}}", "fixed": [1, 2, "a"], "deep": [{"n": "{{state.n}}"}]},
             "{{state.name}}": 1}
            """);
        CompiledTree compiled = CompiledTree.parse(tree);
        JsonNode first = compiled.resolve(SCOPE);
        assertThat(first).isEqualTo(Json.parse("""
            {"url": "https://x/3", "body": {"list": [1, {"a": "x"}], "fixed": [1, 2, "a"], "deep": [{"n": 3}]},
             "{{state.name}}": 1}
            """));
        assertThat(first.path("body").path("fixed")).isSameAs(tree.path("body").path("fixed"));
        assertThat(Template.resolveTree(tree, SCOPE)).isEqualTo(first);
        assertThat(compiled.paths()).containsExactly("state.n", "state.list");
        JsonNode constant = Json.parse("{\"a\":[1,\"x\"]}");
        assertThat(CompiledTree.parse(constant).resolve(SCOPE)).isSameAs(constant);
        assertThat(CompiledTree.parse(constant).isConstant()).isTrue();
    }

    @Test
    void aTreeTellsAllItsFaults() {
        JsonNode tree = Json.parse("{\"a\": \"{{ 1 + }}\", \"b\": [\"ok\", \"{{\"], \"c\": \"{{state.n}}\"}");
        List<String> faults = new ArrayList<>();
        CompiledTree.parse(tree, (path, error) -> faults.add(path + " " + error.position()));
        assertThat(faults).containsExactly("a 7", "b.1 0");
        assertThatThrownBy(() -> CompiledTree.parse(tree))
                .isInstanceOf(LanguageError.class)
                .hasMessageStartingWith("a: expected a value");
    }

    @Test
    void tellsWhetherItTouchesSecrets() {
        Template template = Template.parse("Bearer {{secrets.KEY}} for {{ nodes.fetch-1.text }}");
        assertThat(template.roots()).containsExactly("secrets", "nodes");
        assertThat(template.members("secrets")).containsExactly("KEY");
        assertThat(template.paths()).containsExactly("secrets.KEY", "nodes.fetch-1.text");
    }

    @Test
    void resultsAreBounded() {
        Scope scope = Scope.of(Map.of("text", Json.text("x".repeat(600_000))));
        assertThatThrownBy(() -> Template.parse("{{text}}{{text}}").render(scope))
                .isInstanceOf(EvaluationError.class);
        JsonNode tree = Json.parse("{\"a\":\"{{text}}\",\"b\":\"{{text}}\"}");
        assertThatThrownBy(() -> Template.resolveTree(tree, scope)).isInstanceOf(EvaluationError.class);
        JsonNode deep = Json.tree("{{text}}");
        for (int i = 0; i < 150; i++) deep = Json.array().add(deep);
        JsonNode tooDeep = deep;
        assertThatThrownBy(() -> CompiledTree.parse(tooDeep)).isInstanceOf(LanguageError.class);
    }

    /** A variable that wraps itself again and again must stop before it cannot be read back. */
    @Test
    void wrappingAgainAndAgainEndsWithAnError() {
        CompiledTree wrap = CompiledTree.parse(Json.parse("{\"inner\": \"{{state}}\"}"));
        assertThatThrownBy(() -> {
                    JsonNode value = Json.tree(1);
                    for (int i = 0; i < 1_000; i++) {
                        JsonNode now = value;
                        value = wrap.resolve(name -> now);
                        Json.parse(Json.write(value));
                    }
                })
                .isInstanceOf(EvaluationError.class)
                .hasMessageContaining("nested deeper");
    }

    @Test
    void hostileTextsEndQuickly() {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            for (String source : List.of(
                    "{{{{{{",
                    "{{".repeat(100_000),
                    "{{".repeat(50_000) + "}}".repeat(50_000),
                    "{{ '",
                    "{{ }}",
                    "{{}}",
                    "{{ a }",
                    "{{ {{ a }} }}",
                    "{{ \u0000 }}",
                    "{{ " + "(".repeat(20_000) + " }}",
                    "{{ a b }}",
                    "{{ " + "a".repeat(20_000) + " + 1 }}",
                    "{{ '}} }}",
                    "x".repeat(2_000_000))) {
                assertThatThrownBy(() -> Template.parse(source)).isInstanceOf(LanguageError.class);
            }
            assertThat(Template.parse("}}".repeat(100_000)).render(SCOPE)).hasSize(200_000);
            assertThat(Template.parse("{{__proto__.x}}{{state.__proto__}}-").render(SCOPE))
                    .isEqualTo("-");
        });
    }

    private static JsonNode resolve(String source) {
        return Template.parse(source).resolve(SCOPE);
    }
}
