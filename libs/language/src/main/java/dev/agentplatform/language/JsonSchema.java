package dev.agentplatform.language;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON Schemas of inputs and outputs. A bare map of properties, {@code {"query":{"type":"string"}}}, is read as an
 * object schema. References to other documents are not followed, and patterns take time linear in the text.
 */
public final class JsonSchema {
    private static final int ERRORS_MAX = 50;
    private static final int PATTERN_LENGTH_MAX = 1_000;

    /** One of these says that it is a schema and no map of properties. */
    private static final Set<String> KEYWORDS =
            Set.of("type", "properties", "$schema", "$ref", "allOf", "anyOf", "oneOf", "required", "enum", "const");

    /** What stands there is no schema. */
    private static final Set<String> VALUES = Set.of("const", "enum", "default", "example", "examples");

    private static final SchemaRegistryConfig CONFIG = SchemaRegistryConfig.builder()
            .regularExpressionFactory(JsonSchema::pattern)
            .build();

    /** It comes with the library. */
    private static final Schema SCHEMA_OF_SCHEMAS =
            registry().getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()));

    private final Schema schema;

    private JsonSchema(Schema schema) {
        this.schema = schema;
    }

    /** Compiled, for many values and all threads. @throws Problem 422 for what is no schema */
    public static JsonSchema compile(JsonNode schema) {
        Schema compiled = registry().getSchema(schema);
        try {
            compiled.initializeValidators();
        } catch (SchemaException | IllegalArgumentException wrong) {
            throw Problem.invalid("schema", "is no valid JSON Schema: " + wrong.getMessage());
        }
        return new JsonSchema(compiled);
    }

    /** The schema that a client meant; an object of any kind for nothing. */
    public static JsonNode of(JsonNode written) {
        if (Json.isNothing(written) || (written.isObject() && written.isEmpty())) {
            return Json.object().put("type", "object");
        }
        if (!written.isObject() || isSchema(written)) return written;
        ObjectNode schema = Json.object().put("type", "object");
        schema.set("properties", written);
        return schema;
    }

    // A property may be called "type" or "required": then its value is an object, which the keyword's never is.
    private static boolean isSchema(JsonNode object) {
        for (String keyword : KEYWORDS) {
            JsonNode value = object.path(keyword);
            boolean container = keyword.equals("properties") || keyword.equals("const");
            if (!value.isMissingNode() && (container || !value.isObject())) return true;
        }
        return false;
    }

    /** @throws Problem 422 when it is no schema; {@code field} is where it stood */
    public static void checkSchema(String field, JsonNode schema) {
        if (!schema.isObject()) throw Problem.invalid(field, "must be an object, a JSON Schema");
        refuse(field, SCHEMA_OF_SCHEMAS.validate(schema));
        try {
            // The library would log what users write wrong.
            checkPatterns(schema);
            // All parts: plain loading leaves them for later. A registry of its own: a shared one remembers every $id.
            registry().getSchema(schema).initializeValidators();
        } catch (SchemaException | IllegalArgumentException wrong) {
            throw Problem.invalid(field, "is no valid JSON Schema: " + wrong.getMessage());
        }
    }

    /** Every way in which a value does not fit, below {@code field}; empty when it fits. */
    public List<FieldError> errors(String field, JsonNode value) {
        return errors(field, schema.validate(value));
    }

    /** For one value: compiles the schema each time. */
    public static List<FieldError> errors(String field, JsonNode schema, JsonNode value) {
        return compile(schema).errors(field, value);
    }

    private static void refuse(String field, List<Error> found) {
        List<FieldError> errors = errors(field, found);
        if (!errors.isEmpty()) throw Problem.invalid(errors);
    }

    private static List<FieldError> errors(String field, List<Error> found) {
        List<FieldError> errors = new ArrayList<>();
        for (Error error : found) {
            if (errors.size() < ERRORS_MAX) errors.add(new FieldError(path(field, error), error.getMessage()));
        }
        return errors;
    }

    private static SchemaRegistry registry() {
        return SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                registry -> registry.schemaRegistryConfig(CONFIG)
                        .schemaLoader(loader -> loader.fetchRemoteResources(false)));
    }

    private static void checkPatterns(JsonNode schema) {
        for (Map.Entry<String, JsonNode> member : schema.properties()) {
            JsonNode value = member.getValue();
            if (VALUES.contains(member.getKey())) continue;
            if (member.getKey().equals("pattern") && value.isString()) pattern(value.stringValue());
            if (member.getKey().equals("patternProperties"))
                value.propertyNames().forEach(JsonSchema::pattern);
            if (value.isObject()) checkPatterns(value);
            if (value.isArray()) for (JsonNode item : value) if (item.isObject()) checkPatterns(item);
        }
    }

    private static com.networknt.schema.regex.RegularExpression pattern(String source) {
        if (source.length() > PATTERN_LENGTH_MAX) {
            throw new IllegalArgumentException("a pattern has more than " + PATTERN_LENGTH_MAX + " characters");
        }
        try {
            Pattern pattern = Pattern.compile(source);
            return text -> pattern.matcher(text).find();
        } catch (PatternSyntaxException malformed) {
            throw new IllegalArgumentException("a pattern is not RE2 syntax: " + malformed.getDescription(), malformed);
        }
    }

    private static String path(String field, Error error) {
        StringBuilder path = new StringBuilder(field);
        var location = error.getInstanceLocation();
        for (int i = 0; i < location.getNameCount(); i++) path.append('.').append(location.getElement(i));
        // A missing or surplus field is told about its parent; clients look for the field itself.
        if (error.getProperty() != null) path.append('.').append(error.getProperty());
        return path.toString();
    }
}
