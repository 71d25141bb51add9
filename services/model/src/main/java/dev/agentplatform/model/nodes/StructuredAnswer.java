package dev.agentplatform.model.nodes;

import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks for an answer that fits a schema; shows the model what was wrong with it, once. */
final class StructuredAnswer {
    private static final int QUOTE_CHARACTERS_MAX = 20_000;

    private final AnswerSchema schema;
    private final UnaryOperator<JsonNode> tidy;

    /** @param tidy puts an answer right before it is checked */
    StructuredAnswer(AnswerSchema schema, UnaryOperator<JsonNode> tidy) {
        this.schema = schema;
        this.tidy = tidy;
    }

    /** @param value null when there is none that fits; {@code fault} then says why */
    record Given(JsonNode value, String content, String fault) {}

    Given ask(Call call, ObjectNode request, String name) throws InterruptedException {
        schema.putInto(request, name);
        String content = call.ask(request);
        AnswerSchema.Read read = read(content);
        // An answer that was cut off, withheld, or that calls tools would not be better the next time.
        boolean repairable = call.finishReason().equals("stop")
                && call.message().path("tool_calls").isEmpty();
        if (read.fault() != null && repairable) {
            content = call.ask(repaired(request, content, read.fault()));
            read = read(content);
        }
        return read.fault() == null ? new Given(read.value(), content, null) : new Given(null, content, read.fault());
    }

    private AnswerSchema.Read read(String content) {
        AnswerSchema.Read read = schema.read(content);
        return read.value() == null ? read : schema.check(tidy.apply(read.value()));
    }

    private static ObjectNode repaired(ObjectNode request, String content, String fault) {
        ObjectNode again = request.deepCopy();
        ArrayNode messages = again.withArray("messages");
        String quoted = content.length() <= QUOTE_CHARACTERS_MAX ? content : content.substring(0, QUOTE_CHARACTERS_MAX);
        messages.addObject().put("role", "assistant").put("content", quoted);
        messages.addObject()
                .put("role", "user")
                .put(
                        "content",
                        "This answer does not fit the JSON Schema: " + fault
                                + ". Give the whole answer again, as JSON that fits and nothing else.");
        return again;
    }
}
