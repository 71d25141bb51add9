package dev.agentplatform.human;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A JSON Schema that an answer must fit. References to other documents are not followed. */
final class Form {
    private static final int ERRORS_MAX = 50;

    /** It comes with the library. */
    private static final Schema SCHEMA_OF_SCHEMAS =
            registry().getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()));

    private Form() {}

    /** @throws Problem 422 when the form is no schema; {@code field} is where it stood */
    static void checkSchema(String field, JsonNode form) {
        if (Json.isNothing(form)) return;
        if (!form.isObject()) throw Problem.invalid(field, "must be an object, a JSON Schema");
        refuse(field, SCHEMA_OF_SCHEMAS.validate(form));
        try {
            // Compiles all parts, which plain loading leaves for later.
            schema(form).initializeValidators();
        } catch (SchemaException | IllegalArgumentException wrong) {
            throw Problem.invalid(field, "is no valid JSON Schema: " + wrong.getMessage());
        }
    }

    /** @throws Problem 422 with the path of each field that does not fit, below {@code field} */
    static void check(String field, JsonNode form, JsonNode answer) {
        if (Json.isNothing(form)) return;
        refuse(field, schema(form).validate(answer));
    }

    private static void refuse(String field, List<Error> found) {
        List<FieldError> errors = new ArrayList<>();
        for (Error error : found) {
            if (errors.size() < ERRORS_MAX) errors.add(new FieldError(path(field, error), error.getMessage()));
        }
        if (!errors.isEmpty()) throw Problem.invalid(errors);
    }

    private static SchemaRegistry registry() {
        return SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                registry -> registry.schemaLoader(loader -> loader.fetchRemoteResources(false)));
    }

    // A registry of its own: one that is shared would remember every form by its $id.
    private static Schema schema(JsonNode form) {
        return registry().getSchema(form);
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
