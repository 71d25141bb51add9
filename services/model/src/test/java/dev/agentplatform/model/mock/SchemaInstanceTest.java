package dev.agentplatform.model.mock;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.agentplatform.kernel.Json;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SchemaInstanceTest {
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    @Test
    void theInstanceFitsItsSchema() {
        for (String schema : new String[] {
            "{'type':'object','required':['a','b'],'properties':{'a':{'type':'string','minLength':9},"
                    + "'b':{'type':'integer','minimum':7,'multipleOf':5}},'additionalProperties':false}",
            "{'type':'array','minItems':2,'items':{'enum':['x','y']}}",
            "{'type':'object','required':['n'],'properties':{'n':{'$ref':'#/$defs/node'}},"
                    + "'$defs':{'node':{'type':'object','required':['v'],'properties':{'v':{'type':['number','null'],"
                    + "'exclusiveMaximum':-3}}}}}",
            "{'anyOf':[{'type':'boolean'},{'type':'null'}]}",
            "{'const':{'k':1}}",
            "{'type':'string','maxLength':2}",
            "{'type':'string','format':'date-time'}"
        }) {
            String text = schema.replace('\'', '"');
            JsonNode instance = SchemaInstance.of(Json.parse(text), "");
            assertThat(SCHEMAS.getSchema(text).validate(Json.write(instance), InputFormat.JSON))
                    .as("%s for %s", instance, schema)
                    .isEmpty();
        }
    }

    @Test
    void ofAnEnumerationItTakesWhatTheTextSpeaksOf() {
        JsonNode schema = Json.parse("{\"enum\":[\"billing\",\"refund\"]}");
        assertThat(SchemaInstance.of(schema, "I want a REFUND now").asString()).isEqualTo("refund");
        assertThat(SchemaInstance.of(schema, "hello").asString()).isEqualTo("billing");
    }

    @Test
    void aSchemaThatHoldsItselfEnds() {
        JsonNode schema =
                Json.parse("{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{\"$ref\":\"#\"}}}");
        assertThat(SchemaInstance.of(schema, "").isObject()).isTrue();
    }
}
