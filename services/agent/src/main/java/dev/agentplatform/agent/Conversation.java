package dev.agentplatform.agent;

import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The messages of one run in OpenAI's format. Built anew at each replay from what was recorded: no I/O, no clock. */
final class Conversation {
    private static final String ACTIONS = """
        Answer with exactly one JSON object and nothing else. To use a tool:
        {"action":"tool","tool_code":"<name>","input_json":{...}}
        When you are done:
        {"action":"finish","answer":"<the answer>"}
        Tools:
        """;
    private static final String NOW_FINISH = "No more tools can be used. Give your final answer now.";

    private final Agent agent;
    private final ArrayNode messages = Json.array();

    Conversation(Agent agent) {
        this.agent = agent;
    }

    /** Who the agent is, what it remembers and found, and what is asked of it. */
    static Conversation begin(Agent agent, Background background, String question, List<Capability> offered) {
        Conversation conversation = new Conversation(agent);
        conversation.system(background, offered);
        conversation.messages.addAll(background.history());
        conversation.add("user", question);
        return conversation;
    }

    /**
     * What a run knows before the model speaks.
     *
     * @param memories texts, the most relevant first
     * @param passages {@code title: text}
     * @param results of capabilities that were invoked up front, by name
     * @param history earlier messages of the session, the oldest first
     */
    record Background(List<String> memories, List<String> passages, List<Invoked> results, ArrayNode history) {}

    record Invoked(String name, String text) {}

    private void system(Background background, List<Capability> offered) {
        StringBuilder text = new StringBuilder();
        paragraph(text, agent.systemPrompt());
        if (!agent.role().isBlank()) paragraph(text, "Your role: " + agent.role());
        if (!agent.goal().isBlank()) paragraph(text, "Your goal: " + agent.goal());
        list(text, "What you remember:", background.memories());
        list(text, "What the knowledge base says:", background.passages());
        for (Invoked result : background.results()) {
            paragraph(text, "Result of " + result.name() + ":\n" + result.text());
        }
        if (!Json.isNothing(agent.outputSchema())) {
            paragraph(
                    text,
                    "Your final answer must be one JSON value that fits this JSON Schema, and nothing else:\n"
                            + Json.write(agent.outputSchema()));
        }
        if (agent.model().json() && !offered.isEmpty()) paragraph(text, ACTIONS + described(offered));
        if (!text.isEmpty()) add("system", text.toString());
    }

    private static void paragraph(StringBuilder text, String paragraph) {
        if (paragraph.isBlank()) return;
        if (!text.isEmpty()) text.append("\n\n");
        text.append(paragraph.strip());
    }

    private static void list(StringBuilder text, String title, List<String> items) {
        if (!items.isEmpty()) paragraph(text, title + "\n- " + String.join("\n- ", items));
    }

    private static String described(List<Capability> offered) {
        StringBuilder lines = new StringBuilder();
        for (Capability one : offered) {
            lines.append("- ").append(one.name());
            if (!one.description().isBlank()) lines.append(": ").append(one.description());
            lines.append(" Input: ").append(Json.write(one.parameters())).append('\n');
        }
        return lines.toString();
    }

    private void add(String role, String content) {
        messages.addObject().put("role", role).put("content", content);
    }

    void user(String content) {
        add("user", content);
    }

    /** What the model said, tool calls included. */
    void assistant(JsonNode message) {
        ObjectNode said = messages.addObject().put("role", "assistant");
        said.set("content", message.has("content") ? message.get("content") : Json.nothing());
        if (message.path("tool_calls").isArray() && !message.path("tool_calls").isEmpty()) {
            said.set("tool_calls", message.get("tool_calls"));
        }
    }

    void toolResult(String callId, String content) {
        messages.addObject().put("role", "tool").put("tool_call_id", callId).put("content", content);
    }

    int size() {
        return messages.size();
    }

    ArrayNode messages() {
        return messages;
    }

    /**
     * The request for the next answer.
     *
     * @param offered what the model may call now
     * @param last no call comes after this one
     */
    ObjectNode request(List<Capability> offered, boolean last) {
        ObjectNode request = Json.object();
        if (agent.model().name() != null) request.put("model", agent.model().name());
        ArrayNode sent = messages.deepCopy();
        if (last) sent.addObject().put("role", "system").put("content", NOW_FINISH);
        request.set("messages", sent);
        if (agent.model().temperature() != null) {
            request.put("temperature", agent.model().temperature().doubleValue());
        }
        if (agent.model().maxTokens() > 0)
            request.put("max_tokens", agent.model().maxTokens());
        if (!offered.isEmpty() && !last && !agent.model().json()) request.set("tools", tools(offered));
        responseFormat(offered.isEmpty() || last).ifPresent(format -> request.set("response_format", format));
        return request;
    }

    // A schema and tools in one request confuse many models; then the words of the system prompt must do.
    private Optional<JsonNode> responseFormat(boolean withoutTools) {
        if (Json.isNothing(agent.outputSchema()) || !withoutTools) return Optional.empty();
        ObjectNode format = Json.object().put("type", "json_schema");
        format.putObject("json_schema").put("name", "answer").set("schema", agent.outputSchema());
        return Optional.of(format);
    }

    private static ArrayNode tools(List<Capability> offered) {
        ArrayNode tools = Json.array();
        for (Capability one : offered) {
            ObjectNode function = tools.addObject().put("type", "function").putObject("function");
            function.put("name", one.name());
            if (!one.description().isBlank()) function.put("description", one.description());
            function.set("parameters", one.parameters());
        }
        return tools;
    }

    /** What a model wants to call. @param malformed what is wrong with the call; null when nothing is */
    record Call(String id, String name, JsonNode input, String malformed) {}

    /** The calls of an answer in the provider's own form. */
    static List<Call> calls(JsonNode message) {
        List<Call> calls = new ArrayList<>();
        for (JsonNode call : message.path("tool_calls")) {
            String id = call.path("id").asString("call_" + calls.size());
            JsonNode function = call.path("function");
            String arguments = function.path("arguments").asString("");
            JsonNode input = null;
            String malformed = null;
            try {
                input = arguments.isBlank() ? Json.object() : Json.parse(arguments);
                if (!input.isObject()) malformed = "The arguments must be a JSON object.";
            } catch (IllegalArgumentException broken) {
                malformed = "The arguments are not valid JSON.";
            }
            calls.add(new Call(id, function.path("name").asString(""), input, malformed));
        }
        return calls;
    }
}
