package dev.agentplatform.model.wire.openai;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads messages into turns that alternate: what the system says is lifted out, messages of one side after another
 * become one turn, and each call of a tool must be answered right after it, as OpenAI wants it too.
 */
final class Messages {
    private static final int MESSAGES_MAX = 10_000;
    /** Stands where a conversation begins with the model: other providers want the user first. */
    private static final Block BEGINNING = new Block.Text("(The conversation begins.)");

    private record Open(String id, String name) {}

    private final JsonNode list;
    private final List<Turn> turns = new ArrayList<>();
    private final StringBuilder system = new StringBuilder();
    /** Calls of the latest turn of the model that have no answer yet, by the id that the client knows. */
    private final Map<String, Open> open = new LinkedHashMap<>();

    private final Set<String> usedIds = new HashSet<>();
    private List<Block> current = new ArrayList<>();
    private boolean user = true;
    private String openPath = "";

    Messages(JsonNode list) {
        this.list = list;
    }

    String system() {
        return system.toString();
    }

    List<Turn> turns() {
        return turns;
    }

    void read() {
        if (!list.isArray() || list.isEmpty()) throw Problem.invalid("messages", "must be a list that is not empty");
        if (list.size() > MESSAGES_MAX) throw Problem.invalid("messages", "must be at most " + MESSAGES_MAX);
        for (int i = 0; i < list.size(); i++) message("messages." + i, list.get(i));
        requireAnswered();
        endTurn();
        if (turns.isEmpty()) throw Problem.invalid("messages", "must hold a message of the user");
        if (!turns.getFirst().user()) turns.addFirst(new Turn(true, List.of(BEGINNING)));
    }

    private void message(String path, JsonNode message) {
        String role = message.path("role").asString("");
        switch (role) {
            case "system", "developer" -> system(path, message);
            case "user" -> {
                requireAnswered();
                side(true);
                current.addAll(Content.read(path + ".content", message.path("content")));
            }
            case "assistant" -> {
                requireAnswered();
                side(false);
                assistant(path, message);
            }
            case "tool" -> result(path, message);
            case "function" -> throw Problem.invalid(path + ".role", "function was replaced by tool");
            default -> throw Problem.invalid(path + ".role", "must be system, developer, user, assistant or tool");
        }
    }

    private void system(String path, JsonNode message) {
        for (Block block : Content.read(path + ".content", message.path("content"))) {
            if (!(block instanceof Block.Text text)) throw Problem.invalid(path + ".content", "must be text");
            if (!system.isEmpty()) system.append("\n\n");
            system.append(text.text());
        }
    }

    private void assistant(String path, JsonNode message) {
        for (JsonNode thought : message.path("thinking_blocks")) current.add(new Block.Thinking(thought));
        for (Block block : Content.read(path + ".content", message.path("content"))) {
            if (!(block instanceof Block.Text)) throw Problem.invalid(path + ".content", "must be text");
            current.add(block);
        }
        JsonNode calls = message.path("tool_calls");
        if (Json.isNothing(calls)) return;
        if (!calls.isArray()) throw Problem.invalid(path + ".tool_calls", "must be a list");
        for (int i = 0; i < calls.size(); i++) call(path + ".tool_calls." + i, calls.get(i));
        openPath = path + ".tool_calls";
    }

    private void call(String path, JsonNode call) {
        String id = call.path("id").asString("");
        String name = call.path("function").path("name").asString("");
        if (id.isEmpty()) throw Problem.invalid(path + ".id", "must not be empty");
        if (name.isEmpty()) throw Problem.invalid(path + ".function.name", "must not be empty");
        Open known = new Open(nativeId(id), name);
        if (open.putIfAbsent(id, known) != null) throw Problem.invalid(path + ".id", "is there twice");
        ObjectNode arguments =
                arguments(path + ".function.arguments", call.path("function").path("arguments"));
        current.add(new Block.ToolUse(known.id(), name, arguments, call.path("extra_content")));
    }

    /** Ids of other providers may repeat from turn to turn, or have letters that not all allow. */
    private String nativeId(String id) {
        String plain = id.replaceAll("[^A-Za-z0-9_-]", "_");
        String unique = plain;
        for (int i = 2; !usedIds.add(unique); i++) unique = plain + "_" + i;
        return unique;
    }

    private static ObjectNode arguments(String path, JsonNode value) {
        String text = value.asString("").strip();
        if (text.isEmpty()) return Json.object();
        try {
            if (Json.parse(text) instanceof ObjectNode object) return object;
        } catch (IllegalArgumentException notJson) {
            throw Problem.invalid(path, "is not JSON");
        }
        throw Problem.invalid(path, "must be a JSON object as text");
    }

    private void result(String path, JsonNode message) {
        String id = message.path("tool_call_id").asString("");
        Open call = open.remove(id);
        if (call == null) {
            throw Problem.invalid(path + ".tool_call_id", "names no open call of the assistant message before it");
        }
        side(true);
        List<Block> content = Content.read(path + ".content", message.path("content"));
        boolean error = message.path("is_error").asBoolean(false);
        current.add(new Block.ToolResult(call.id(), call.name(), content, error));
    }

    private void requireAnswered() {
        if (open.isEmpty()) return;
        throw Problem.invalid(openPath, "have no tool message that answers " + String.join(", ", open.keySet()));
    }

    private void side(boolean ofUser) {
        if (user == ofUser) return;
        endTurn();
        user = ofUser;
    }

    private void endTurn() {
        if (current.isEmpty()) return;
        boolean goesOn = !turns.isEmpty() && turns.getLast().user() == user;
        if (goesOn) current.addAll(0, turns.removeLast().blocks());
        turns.add(new Turn(user, current));
        current = new ArrayList<>();
    }
}
