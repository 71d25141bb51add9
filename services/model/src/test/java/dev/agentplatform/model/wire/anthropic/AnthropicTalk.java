package dev.agentplatform.model.wire.anthropic;

import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers of the Messages API, whole and as the events of a stream. */
public final class AnthropicTalk {
    private static final List<String> STOPS = List.of("end_turn", "max_tokens", "stop_sequence", "refusal");

    private AnthropicTalk() {}

    /** A random answer. */
    static ObjectNode answer(Random random) {
        ArrayNode content = Json.array();
        if (random.nextInt(3) == 0) {
            content.addObject()
                    .put("type", "thinking")
                    .put("thinking", "Hm, let me see")
                    .put("signature", "c2ln");
        }
        if (random.nextInt(6) == 0)
            content.addObject().put("type", "redacted_thinking").put("data", "xyz");
        if (random.nextInt(3) > 0) content.addObject().put("type", "text").put("text", "Guten Tag, 你好 \uD83D\uDE00!");
        if (random.nextInt(4) == 0) content.addObject().put("type", "text").put("text", " And more.");
        boolean structured = random.nextInt(4) == 0;
        int calls = structured ? 1 : random.nextInt(3);
        for (int i = 0; i < calls; i++) {
            ObjectNode call = content.addObject().put("type", "tool_use").put("id", "toolu_" + i);
            call.put("name", structured ? AnthropicRequest.ANSWER_TOOL : "tool_" + i);
            ObjectNode input = call.putObject("input");
            if (random.nextBoolean()) input.put("city", "Rome \"x\"").put("n", i);
        }
        String stop = calls > 0 ? "tool_use" : STOPS.get(random.nextInt(STOPS.size()));
        return message(content, stop, 7 + random.nextInt(9), 1 + random.nextInt(9));
    }

    public static ObjectNode message(ArrayNode content, String stopReason, int input, int output) {
        ObjectNode answer =
                Json.object().put("id", "msg_1").put("type", "message").put("role", "assistant");
        answer.put("model", "claude-test");
        answer.set("content", content);
        answer.put("stop_reason", stopReason).putNull("stop_sequence");
        ObjectNode usage = answer.putObject("usage");
        usage.put("input_tokens", input).put("cache_read_input_tokens", 3).put("output_tokens", output);
        return answer;
    }

    /** The same as events, with texts cut at random. */
    public static List<ObjectNode> events(ObjectNode answer, Random random) {
        List<ObjectNode> events = new ArrayList<>();
        ObjectNode head = answer.deepCopy().putNull("stop_reason");
        head.putArray("content");
        ((ObjectNode) head.get("usage")).put("output_tokens", 1);
        ObjectNode start = Json.object().put("type", "message_start");
        start.set("message", head);
        events.add(start);
        for (int i = 0; i < answer.get("content").size(); i++) {
            if (random.nextInt(3) == 0) events.add(Json.object().put("type", "ping"));
            block(events, i, (ObjectNode) answer.get("content").get(i), random);
        }
        ObjectNode end = Json.object().put("type", "message_delta");
        end.putObject("delta")
                .put("stop_reason", answer.get("stop_reason").stringValue())
                .putNull("stop_sequence");
        end.putObject("usage")
                .put("output_tokens", answer.at("/usage/output_tokens").asInt());
        events.add(end);
        events.add(Json.object().put("type", "message_stop"));
        return events;
    }

    private static void block(List<ObjectNode> events, int index, ObjectNode block, Random random) {
        ObjectNode begin = block.deepCopy();
        String type = block.get("type").stringValue();
        switch (type) {
            case "text" -> begin.put("text", "");
            case "thinking" -> begin.put("thinking", "").put("signature", "");
            case "tool_use" -> begin.putObject("input");
            default -> {}
        }
        ObjectNode start = Json.object().put("type", "content_block_start").put("index", index);
        start.set("content_block", begin);
        events.add(start);
        switch (type) {
            case "text" ->
                cut(events, index, "text_delta", "text", block.get("text").stringValue(), random);
            case "thinking" -> {
                cut(
                        events,
                        index,
                        "thinking_delta",
                        "thinking",
                        block.get("thinking").stringValue(),
                        random);
                cut(
                        events,
                        index,
                        "signature_delta",
                        "signature",
                        block.get("signature").stringValue(),
                        random);
            }
            case "tool_use" -> {
                // Without parameters the API sends one empty piece, or none.
                String json =
                        block.get("input").isEmpty() ? "" : block.get("input").toString();
                cut(events, index, "input_json_delta", "partial_json", json, random);
            }
            default -> {}
        }
        events.add(Json.object().put("type", "content_block_stop").put("index", index));
    }

    private static void cut(List<ObjectNode> events, int index, String type, String field, String text, Random random) {
        int at = 0;
        do {
            int end = Math.min(text.length(), at + 1 + random.nextInt(6));
            // A real server cuts between characters, not inside one.
            if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) end++;
            ObjectNode event = Json.object().put("type", "content_block_delta").put("index", index);
            event.putObject("delta").put("type", type).put(field, text.substring(at, end));
            events.add(event);
            at = end;
        } while (at < text.length());
    }
}
