package dev.agentplatform.model.published;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a chat asks of a definition. Pure.
 *
 * @param text of the last message, which is the user's
 * @param history what was said before, each {@code {role: system|user|assistant, content}}; messages of tools are left out
 * @param sessionId null for none
 * @param stream its text is read as it comes
 */
public record Question(String text, ArrayNode history, UUID sessionId, boolean stream) {
    private static final Set<String> TOOLS = Set.of("tool", "function");

    /** @throws Problem 422 that names the field */
    static Question of(ObjectNode body) {
        refuse(body);
        JsonNode messages = body.path("messages");
        int last = messages.size() - 1;
        if (!role(messages.get(last), last).equals("user"))
            throw Problem.invalid("messages." + last + ".role", "must be user: the last message is what is asked");
        ArrayNode history = Json.array();
        for (int i = 0; i < last; i++) {
            String role = role(messages.get(i), i);
            if (TOOLS.contains(role)) continue;
            String text = text(messages.get(i), i);
            // A message of a model that only called tools.
            if (text.isBlank()) continue;
            history.addObject().put("role", role).put("content", text);
        }
        String asked = text(messages.get(last), last);
        if (asked.isBlank()) throw Problem.invalid("messages." + last + ".content", "must not be empty");
        return new Question(asked, history, session(body), body.path("stream").asBoolean(false));
    }

    /** What would be left undone silently. Parameters of models are the version's own, and sent ones count for nothing. */
    private static void refuse(ObjectNode body) {
        JsonNode tools = body.path("tools");
        if (!Json.isNothing(tools) && !(tools.isArray() && tools.isEmpty()))
            throw Problem.invalid("tools", "are those of the definition; a client cannot bring its own");
        if (body.path("n").asInt(1) != 1) throw Problem.invalid("n", "must be 1: a definition gives one answer");
        String format = body.path("response_format").path("type").asString("text");
        if (!format.equals("text"))
            throw Problem.invalid("response_format", "is the definition's: give the agent an output_schema_json");
    }

    private static UUID session(ObjectNode body) {
        JsonNode session = body.path("session_id");
        if (Json.isNothing(session)) return null;
        return Ids.parse(session.asString(""))
                .orElseThrow(() -> Problem.invalid("session_id", "must be the id of a session"));
    }

    private static String role(JsonNode message, int at) {
        String role = message.path("role").asString("");
        return switch (role) {
            case "developer" -> "system";
            case "system", "user", "assistant", "tool", "function" -> role;
            default -> throw Problem.invalid("messages." + at + ".role", "must be system, user, assistant or tool");
        };
    }

    private static String text(JsonNode message, int at) {
        JsonNode content = message.path("content");
        if (Json.isNothing(content)) return "";
        if (content.isString()) return content.stringValue();
        if (!content.isArray())
            throw Problem.invalid("messages." + at + ".content", "must be a text or a list of parts");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < content.size(); i++) {
            JsonNode part = content.get(i);
            if (!part.path("type").asString("").equals("text"))
                throw Problem.invalid(
                        "messages." + at + ".content." + i, "must be a text: definitions read nothing else");
            text.append(part.path("text").asString(""));
        }
        return text.toString();
    }

    /** The text as a JSON object; JSON null when it is none. */
    public JsonNode json() {
        String stripped = text.strip();
        if (!stripped.startsWith("{")) return Json.nothing();
        try {
            JsonNode json = Json.parse(stripped);
            return json.isObject() ? json : Json.nothing();
        } catch (IllegalArgumentException prose) {
            return Json.nothing();
        }
    }
}
