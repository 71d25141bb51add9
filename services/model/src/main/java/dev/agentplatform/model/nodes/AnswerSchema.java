package dev.agentplatform.model.nodes;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A JSON Schema that an answer must fit, and how a model is asked for it. */
final class AnswerSchema {
    private static final int ERRORS_MAX = 10;

    private final ObjectNode json;
    private final Schema schema;

    private AnswerSchema(ObjectNode json, Schema schema) {
        this.json = json;
        this.schema = schema;
    }

    /** @param field of the config, for the problem @throws Problem when it is no schema of an object */
    static AnswerSchema of(String field, JsonNode tree) {
        if (!(tree instanceof ObjectNode given)) throw Problem.invalid(field, "must be an object, a JSON Schema");
        ObjectNode json = given;
        if (!json.has("type") && json.has("properties")) json = json.deepCopy().put("type", "object");
        if (!json.path("type").asString("").equals("object")) throw Problem.invalid(field + ".type", "must be object");
        try {
            // A registry of its own: one that is shared would remember every schema by its $id.
            Schema schema = SchemaRegistry.withDefaultDialect(
                            SpecificationVersion.DRAFT_2020_12,
                            registry -> registry.schemaLoader(loader -> loader.fetchRemoteResources(false)))
                    .getSchema(json);
            schema.initializeValidators();
            return new AnswerSchema(json, schema);
        } catch (SchemaException | IllegalArgumentException wrong) {
            throw Problem.invalid(field, "is no valid JSON Schema: " + wrong.getMessage());
        }
    }

    JsonNode json() {
        return json;
    }

    void putInto(ObjectNode request, String name) {
        ObjectNode format = request.putObject("response_format").put("type", "json_schema");
        format.putObject("json_schema").put("name", name).set("schema", json);
    }

    /** An answer that was read, or what is wrong with it. */
    record Read(JsonNode value, String fault) {}

    Read read(String content) {
        Optional<JsonNode> parsed = parse(content);
        if (parsed.isEmpty()) return new Read(null, "it is not JSON");
        return check(parsed.get());
    }

    Read check(JsonNode value) {
        String fault = schema.validate(value).stream()
                .limit(ERRORS_MAX)
                .map(Error::toString)
                .collect(Collectors.joining("; "));
        return new Read(value, fault.isEmpty() ? null : fault);
    }

    /** JSON, also inside a code fence: models like to put one around it. */
    static Optional<JsonNode> parse(String content) {
        String text = content.strip();
        if (text.startsWith("```") && text.endsWith("```") && text.length() > 6) {
            int line = text.indexOf('\n');
            text = line < 0 ? text : text.substring(line + 1, text.length() - 3);
        }
        if (text.isBlank()) return Optional.empty();
        try {
            return Optional.of(Json.parse(text));
        } catch (IllegalArgumentException notJson) {
            return Optional.empty();
        }
    }
}
