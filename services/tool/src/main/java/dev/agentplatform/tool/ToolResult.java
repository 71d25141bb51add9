package dev.agentplatform.tool;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What came of a call. {@code output} is shown; it and all texts are free of secrets when they leave this room. */
public sealed interface ToolResult {
    ObjectNode output();

    /**
     * @param value what the tool itself answered, which its output schema is about
     * @param text the answer as text; may be null
     */
    record Done(ObjectNode output, JsonNode value, String text) implements ToolResult {}

    /** @param retryable whether the same call may succeed a little later */
    record Failed(String code, String message, boolean retryable, ObjectNode output) implements ToolResult {}

    /** It goes on by itself: a workflow that was not done within the time limit. */
    record Running(ObjectNode output) implements ToolResult {}
}
