package dev.agentplatform.workflow.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class DefinitionTextTest {
    /** Texts that YAML would like to be something else. */
    private static final List<String> TRICKY = List.of(
            "",
            " ",
            "yes",
            "no",
            "on",
            "off",
            "true",
            "False",
            "null",
            "~",
            "Null",
            "1",
            "-1",
            "1.0",
            "1e3",
            "0x1F",
            "0o17",
            "012",
            "1_000",
            ".5",
            ".inf",
            ".NaN",
            "=",
            "-",
            "- a",
            "? a",
            ": a",
            "a: b",
            "a #b",
            "#b",
            "&a",
            "*a",
            "!t",
            "|",
            ">",
            "{a}",
            "[a]",
            "'",
            "\"",
            "\\",
            "%a",
            "@a",
            "`a`",
            "2001-01-01",
            "12:30:45",
            "a\nb",
            "a\n",
            "\na",
            "  a",
            "a  ",
            "\ta",
            "a\tb",
            "a\r\nb",
            "\u0000",
            "\u0007",
            "\u0085",
            "\u2028",
            "\ufeff",
            "é😀",
            "---",
            "...",
            "<<",
            "{{state.x}}",
            "{{ '{{' }}",
            "x".repeat(5_000),
            "line\n\n  deeper\nend\n\n",
            "__proto__",
            "\u007f",
            "\u009f");

    @Test
    void trickyTextsComeBack() {
        for (String text : TRICKY) {
            ObjectNode definition = Json.object();
            definition
                    .put("value", text)
                    .set("list", Json.array().add(text).add(Json.object().put(text, text)));
            assertThat(DefinitionText.read(DefinitionText.write(definition)))
                    .as(text)
                    .isEqualTo(definition);
        }
    }

    @Test
    void trickyValuesAreStillYaml() {
        for (String text : TRICKY) {
            assertThat(DefinitionText.write(Json.object().put("value", text)))
                    .as(text)
                    .startsWith("value:");
        }
    }

    @Test
    void anyTreeComesBackFromYamlAndFromJson() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            ObjectNode definition = Json.object();
            for (int i = 0; i < 3; i++) definition.set(TRICKY.get(random.nextInt(TRICKY.size())), value(random, 3));
            String yaml = DefinitionText.write(definition);
            JsonNode read = DefinitionText.read(yaml);
            assertThat(read).as("seed " + seed).isEqualTo(definition);
            assertThat(DefinitionText.write(read)).as("seed " + seed).isEqualTo(yaml);
            assertThat(DefinitionText.read(Json.write(definition)))
                    .as("seed " + seed)
                    .isEqualTo(definition);
        }
    }

    @Test
    void isReadableForPeople() {
        JsonNode definition = Json.parse("""
            {"nodes": [{"id": "a", "type": "answer", "config": {"template": "Hello\\n{{input.name}}", "delay_seconds": 2}}],
             "edges": []}
            """);
        assertThat(DefinitionText.write(definition))
                .contains("nodes:")
                .contains("delay_seconds: 2")
                .doesNotContain("---");
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> DefinitionText.read("a: &x 1\nb: *x"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("alias in line 2");
        for (String text : List.of(
                "", "- a", "text", "a: [", "a: 1\na: 2", "{\"a\":1}}", "a: 1\n---\nb: 2", "\t", "a: !!", "null")) {
            assertThatThrownBy(() -> DefinitionText.read(text)).as(text).isInstanceOf(Problem.class);
        }
    }

    @Test
    void hostileTextsEndQuickly() {
        StringBuilder laughs = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 30; i++)
            laughs.append("a%d: &a%d [*a%d,*a%d,*a%d,*a%d]\n".formatted(i, i, i - 1, i - 1, i - 1, i - 1));
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            for (String text : List.of(
                    laughs.toString(),
                    "a: " + "[".repeat(100_000),
                    "{\"a\":".repeat(100_000),
                    "- ".repeat(100_000),
                    "x".repeat(3_000_000),
                    "a: \"" + "\\x".repeat(10_000),
                    "? ".repeat(50_000))) {
                assertThatThrownBy(() -> DefinitionText.read(text)).isInstanceOf(Problem.class);
            }
        });
    }

    private static JsonNode value(Random random, int depth) {
        if (depth > 0 && random.nextBoolean()) {
            if (random.nextBoolean()) {
                ObjectNode object = Json.object();
                for (int i = random.nextInt(3); i > 0; i--) {
                    object.set(TRICKY.get(random.nextInt(TRICKY.size())), value(random, depth - 1));
                }
                return object;
            }
            ArrayNode list = Json.array();
            for (int i = random.nextInt(3); i > 0; i--) list.add(value(random, depth - 1));
            return list;
        }
        return switch (random.nextInt(6)) {
            case 0 -> Json.nothing();
            case 1 -> Json.tree(random.nextBoolean());
            case 2 -> Json.tree(random.nextInt());
            case 3 -> Json.tree(random.nextLong() | 1L << 40);
            case 4 -> Json.tree(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
            default -> Json.text(TRICKY.get(random.nextInt(TRICKY.size())));
        };
    }
}
