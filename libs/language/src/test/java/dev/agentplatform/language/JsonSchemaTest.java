package dev.agentplatform.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JsonSchemaTest {
    private static JsonNode json(String text) {
        return Json.parse(text.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|{'type':'object'}",
                "null|{'type':'object'}",
                "{'query':{'type':'string'}}|{'type':'object','properties':{'query':{'type':'string'}}}",
                "{'type':{'type':'string'}}|{'type':'object','properties':{'type':{'type':'string'}}}",
                "{'required':{'type':'boolean'}}|{'type':'object','properties':{'required':{'type':'boolean'}}}",
                "{'type':'object'}|{'type':'object'}",
                "{'properties':{'a':{}}}|{'properties':{'a':{}}}"
            })
    void aBareMapOfPropertiesIsAnObjectSchema(String written, String meant) {
        assertThat(JsonSchema.of(json(written))).isEqualTo(json(meant));
    }

    @Test
    void tellsThePathOfEachFault() {
        JsonNode schema = json("{'type':'object','properties':{'n':{'type':'integer'}},'required':['q']}");
        assertThat(JsonSchema.compile(schema).errors("input_json", json("{'n':'x'}")))
                .extracting(Problem.FieldError::path)
                .containsExactlyInAnyOrder("input_json.n", "input_json.q");
        assertThat(JsonSchema.compile(schema).errors("input_json", json("{'n':1,'q':0}")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{'type':'nothing'}",
                "{'properties':{'a':{'pattern':'('}}}",
                "{'minimum':'x','type':'number'}"
            })
    void refusesWhatIsNoSchema(String schema) {
        assertThatThrownBy(() -> JsonSchema.checkSchema("s", json(schema))).isInstanceOf(Problem.class);
    }

    @Test
    void aPatternTakesTimeLinearInTheText() {
        JsonNode schema = json("{'type':'object','properties':{'a':{'pattern':'^(a+)+$'}}}");
        JsonNode input = Json.object().put("a", "a".repeat(50_000) + "!");
        long began = System.nanoTime();
        assertThat(JsonSchema.compile(schema).errors("i", input)).hasSize(1);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void followsNoReferenceToAnotherDocument() {
        JsonNode schema = json("{'$ref':'http://127.0.0.1:1/schema.json'}");
        assertThatThrownBy(() -> JsonSchema.checkSchema("s", schema)).isInstanceOf(Problem.class);
    }
}
