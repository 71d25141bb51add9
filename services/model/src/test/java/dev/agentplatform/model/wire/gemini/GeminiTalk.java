package dev.agentplatform.model.wire.gemini;

import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers of {@code generateContent}, whole and as the events of a stream. */
public final class GeminiTalk {
    private static final List<String> STOPS = List.of("STOP", "MAX_TOKENS", "SAFETY", "RECITATION");

    private GeminiTalk() {}

    /** A random answer. */
    static ObjectNode answer(Random random) {
        ArrayNode parts = Json.array();
        if (random.nextInt(3) == 0)
            parts.addObject().put("text", "Hm, let me see").put("thought", true);
        if (random.nextInt(3) > 0) parts.addObject().put("text", "Guten Tag, 你好 \uD83D\uDE00!");
        if (random.nextInt(4) == 0) parts.addObject().put("text", " And more.");
        int calls = random.nextInt(3);
        for (int i = 0; i < calls; i++) {
            ObjectNode part = parts.addObject();
            ObjectNode call = part.putObject("functionCall").put("name", "tool_" + i);
            if (random.nextBoolean())
                call.putObject("args").put("city", "Rome \"x\"").put("n", i);
            if (random.nextBoolean()) call.put("id", "id" + i);
            if (i == 0 && random.nextBoolean()) part.put("thoughtSignature", "c2ln");
        }
        return answer(parts, STOPS.get(random.nextInt(STOPS.size())), 7 + random.nextInt(9), 1 + random.nextInt(9));
    }

    public static ObjectNode answer(ArrayNode parts, String finishReason, int input, int output) {
        ObjectNode answer = Json.object();
        ObjectNode candidate = answer.putArray("candidates").addObject().put("index", 0);
        candidate.putObject("content").put("role", "model").set("parts", parts);
        candidate.put("finishReason", finishReason);
        ObjectNode usage = answer.putObject("usageMetadata");
        usage.put("promptTokenCount", input).put("candidatesTokenCount", output).put("thoughtsTokenCount", 5);
        usage.put("totalTokenCount", input + output + 5);
        answer.put("modelVersion", "gemini-test").put("responseId", "resp_1");
        return answer;
    }

    /** The same as events, with texts cut at random. */
    public static List<ObjectNode> events(ObjectNode answer, Random random) {
        List<ObjectNode> events = new ArrayList<>();
        ObjectNode current = empty(answer);
        for (JsonNode part : answer.at("/candidates/0/content/parts")) {
            for (ObjectNode piece : pieces((ObjectNode) part, random)) {
                parts(current).add(piece);
                if (random.nextInt(3) == 0) continue;
                events.add(current);
                current = empty(answer);
            }
        }
        ((ObjectNode) current.at("/candidates/0")).set("finishReason", answer.at("/candidates/0/finishReason"));
        current.set("usageMetadata", answer.get("usageMetadata"));
        events.add(current);
        return events;
    }

    private static ObjectNode empty(ObjectNode answer) {
        ObjectNode event = answer.deepCopy();
        ((ObjectNode) event.at("/candidates/0")).remove("finishReason");
        parts(event).removeAll();
        ((ObjectNode) event.get("usageMetadata")).put("candidatesTokenCount", 1);
        return event;
    }

    private static ArrayNode parts(ObjectNode event) {
        return (ArrayNode) event.at("/candidates/0/content/parts");
    }

    private static List<ObjectNode> pieces(ObjectNode part, Random random) {
        if (!part.has("text")) return List.of(part);
        List<ObjectNode> pieces = new ArrayList<>();
        String text = part.get("text").stringValue();
        for (int at = 0; at < text.length(); ) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(8));
            if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) end++;
            pieces.add(part.deepCopy().put("text", text.substring(at, end)));
            at = end;
        }
        return pieces;
    }
}
