package dev.agentplatform.agent;

import dev.agentplatform.kernel.Json;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a model that has no native tool calls says it wants to do, as JSON:
 * {@code {"action":"tool","tool_code":…,"input_json":{…}}} or {@code {"action":"finish","answer":…}}. Pure.
 */
sealed interface Action {
    record UseTool(String code, JsonNode input) implements Action {}

    record Finish(String answer) implements Action {}

    /** @param why what the model is told about it */
    record Malformed(String why) implements Action {}

    /** Empty when the text is no action at all: prose, or JSON without {@code action}. */
    static Optional<Action> read(String text) {
        String json = unfenced(text.strip());
        if (!json.startsWith("{")) return Optional.empty();
        JsonNode tree;
        try {
            tree = Json.parse(json);
        } catch (IllegalArgumentException broken) {
            // Prose may begin with a brace; what names an action was meant as one.
            boolean meant = json.contains("\"action\"");
            return meant ? Optional.of(new Malformed("The action is not valid JSON.")) : Optional.empty();
        }
        if (!tree.has("action")) return Optional.empty();
        return Optional.of(
                switch (tree.path("action").asString("")) {
                    case "tool" -> tool(tree);
                    case "finish" -> new Finish(answer(tree.path("answer")));
                    default -> new Malformed("action must be \"tool\" or \"finish\".");
                });
    }

    private static Action tool(JsonNode tree) {
        String code = tree.path("tool_code").asString("");
        if (code.isBlank()) return new Malformed("tool_code is missing.");
        JsonNode input = tree.path("input_json");
        if (Json.isNothing(input)) return new UseTool(code, Json.object());
        return input.isObject() ? new UseTool(code, input) : new Malformed("input_json must be an object.");
    }

    private static String answer(JsonNode answer) {
        if (Json.isNothing(answer)) return "";
        return answer.isString() ? answer.stringValue() : Json.write(answer);
    }

    /** Models like to wrap JSON into a Markdown fence. */
    private static String unfenced(String text) {
        if (!text.startsWith("```") || !text.endsWith("```") || text.length() < 7) return text;
        int firstLine = text.indexOf('\n');
        return firstLine < 0
                ? text
                : text.substring(firstLine + 1, text.length() - 3).strip();
    }
}
