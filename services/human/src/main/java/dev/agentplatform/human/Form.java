package dev.agentplatform.human;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.language.JsonSchema;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A JSON Schema that an answer must fit. */
final class Form {
    private Form() {}

    /** @throws Problem 422 when the form is no schema; {@code field} is where it stood */
    static void checkSchema(String field, JsonNode form) {
        if (!Json.isNothing(form)) JsonSchema.checkSchema(field, form);
    }

    /** @throws Problem 422 with the path of each field that does not fit, below {@code field} */
    static void check(String field, JsonNode form, JsonNode answer) {
        if (Json.isNothing(form)) return;
        List<FieldError> errors = JsonSchema.errors(field, form, answer);
        if (!errors.isEmpty()) throw Problem.invalid(errors);
    }
}
