package dev.agentplatform.model.wire.openai;

import tools.jackson.databind.node.ObjectNode;

/** What the answer has to be. @param schema of an object, null for any; @param json false for free text */
public record AnswerFormat(boolean json, ObjectNode schema, String description) {
    public static final AnswerFormat TEXT = new AnswerFormat(false, null, null);
}
