package dev.agentplatform.model.mock;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.mock.MockReply.ToolCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One chat as the mock answers it: whole or in chunks. Pure. */
final class MockChat {
    private static final int QUOTE_CHARS_MAX = 200;
    private static final int CHARS_PER_TOKEN = 4;

    private final ObjectNode asked;
    private final MockReply reply;
    private final long created;
    private final List<ToolCall> calls;
    private final String content;
    private final String finishReason;
    private final String id;

    MockChat(ObjectNode asked, MockReply reply, long created) {
        this.asked = asked;
        this.reply = reply;
        this.created = created;
        this.calls = reply.content() == null && reply.toolCalls().isEmpty() ? chosenTools(asked) : reply.toolCalls();
        this.content = reply.content() == null && calls.isEmpty() ? spoken(asked) : reply.content();
        String usual = calls.isEmpty() ? "stop" : "tool_calls";
        this.finishReason = reply.finishReason() == null ? usual : reply.finishReason();
        this.id = "chatcmpl-mock-" + Integer.toHexString(asked.path("messages").hashCode());
    }

    ObjectNode completion() {
        ObjectNode answer = envelope("chat.completion");
        ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
        ObjectNode message =
                choice.putObject("message").put("role", "assistant").put("content", content);
        message.putNull("refusal");
        if (!calls.isEmpty()) toolCalls(message.putArray("tool_calls"));
        choice.putNull("logprobs").put("finish_reason", finishReason);
        answer.set("usage", usage());
        return answer;
    }

    /** Server-sent events, the end included. */
    List<byte[]> events() {
        List<byte[]> events = new ArrayList<>();
        ObjectNode first = Json.object().put("role", "assistant");
        events.add(event(chunk(content == null ? first : first.put("content", ""), null)));
        for (int at = 0; content != null && at < content.length(); ) {
            int end = Math.min(content.length(), at + reply.chunkChars());
            // A pair of surrogates is one character.
            if (end < content.length() && Character.isLowSurrogate(content.charAt(end))) end++;
            events.add(event(chunk(Json.object().put("content", content.substring(at, end)), null)));
            at = end;
        }
        for (int i = 0; i < calls.size(); i++) toolEvents(events, i, calls.get(i));
        events.add(event(chunk(Json.object(), finishReason)));
        if (asked.path("stream_options").path("include_usage").asBoolean(false)) {
            ObjectNode last = envelope("chat.completion.chunk");
            last.putArray("choices");
            last.set("usage", usage());
            events.add(event(last));
        }
        events.add("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
        return events;
    }

    private void toolEvents(List<byte[]> events, int index, ToolCall call) {
        ObjectNode begin = Json.object();
        ObjectNode one =
                begin.putArray("tool_calls").addObject().put("index", index).put("id", callId(index));
        one.put("type", "function")
                .putObject("function")
                .put("name", call.name())
                .put("arguments", "");
        events.add(event(chunk(begin, null)));
        int half = (call.arguments().length() + 1) / 2;
        for (String part :
                List.of(call.arguments().substring(0, half), call.arguments().substring(half))) {
            if (part.isEmpty()) continue;
            ObjectNode more = Json.object();
            ObjectNode rest = more.putArray("tool_calls").addObject().put("index", index);
            rest.putObject("function").put("arguments", part);
            events.add(event(chunk(more, null)));
        }
    }

    private void toolCalls(ArrayNode into) {
        for (int i = 0; i < calls.size(); i++) {
            ObjectNode call = into.addObject();
            call.put("id", callId(i)).put("type", "function");
            call.putObject("function")
                    .put("name", calls.get(i).name())
                    .put("arguments", calls.get(i).arguments());
        }
    }

    private String callId(int index) {
        return "call_mock_" + asked.path("messages").size() + "_" + index;
    }

    private ObjectNode envelope(String object) {
        return Json.object()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", asked.path("model").asString("mock"));
    }

    private ObjectNode chunk(ObjectNode delta, String finished) {
        ObjectNode chunk = envelope("chat.completion.chunk");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.put("finish_reason", finished);
        return chunk;
    }

    private static byte[] event(ObjectNode chunk) {
        return ("data: " + Json.write(chunk) + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    private ObjectNode usage() {
        int prompt = reply.promptTokens();
        if (prompt < 0) {
            prompt = 0;
            for (JsonNode message : asked.path("messages")) prompt += tokens(text(message.path("content")));
        }
        int completion = reply.completionTokens();
        if (completion < 0) {
            completion = content == null ? 0 : tokens(content);
            for (ToolCall call : calls) completion += tokens(call.name() + call.arguments());
        }
        return Json.object()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", completion)
                .put("total_tokens", prompt + completion);
    }

    // What follows from the request

    /** A tool that must be called, or one whose name the person says. */
    private static List<ToolCall> chosenTools(ObjectNode asked) {
        JsonNode tools = asked.path("tools");
        JsonNode choice = asked.path("tool_choice");
        if (tools.isEmpty() || choice.asString("").equals("none")) return List.of();
        if (!lastMessage(asked).path("role").asString("").equals("user")) return List.of();
        String text = lastUserText(asked);
        String named = choice.path("function").path("name").asString("");
        String lower = text.toLowerCase(Locale.ROOT);
        for (JsonNode tool : tools) {
            String name = tool.path("function").path("name").asString("");
            boolean wanted = named.isEmpty() ? lower.contains(name.toLowerCase(Locale.ROOT)) : name.equals(named);
            if (!name.isEmpty() && wanted) return List.of(call(tool, text));
        }
        return choice.asString("").equals("required") ? List.of(call(tools.get(0), text)) : List.of();
    }

    private static ToolCall call(JsonNode tool, String text) {
        JsonNode function = tool.path("function");
        JsonNode parameters = function.path("parameters");
        JsonNode arguments = parameters.isObject() ? SchemaInstance.of(parameters, text) : Json.object();
        return new ToolCall(function.path("name").asString(""), Json.write(arguments));
    }

    private static String spoken(ObjectNode asked) {
        JsonNode format = asked.path("response_format");
        String text = lastUserText(asked);
        switch (format.path("type").asString("")) {
            case "json_schema" -> {
                return Json.write(SchemaInstance.of(format.path("json_schema").path("schema"), text));
            }
            case "json_object" -> {
                return Json.write(Json.object().put("answer", quoted(text)));
            }
            default -> {
                JsonNode last = lastMessage(asked);
                boolean result = last.path("role").asString("").equals("tool");
                return result
                        ? "The tool answered: " + quoted(text(last.path("content")))
                        : "Mock answer to: " + quoted(text);
            }
        }
    }

    private static JsonNode lastMessage(ObjectNode asked) {
        JsonNode messages = asked.path("messages");
        return messages.path(messages.size() - 1);
    }

    /** The text of the last message of a person; empty when there is none. */
    static String lastUserText(ObjectNode asked) {
        JsonNode messages = asked.path("messages");
        for (int i = messages.size() - 1; i >= 0; i--) {
            JsonNode message = messages.get(i);
            if (message.path("role").asString("").equals("user")) return text(message.path("content"));
        }
        return "";
    }

    private static String text(JsonNode content) {
        if (content.isString()) return content.stringValue();
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (part.path("type").asString("").equals("text"))
                text.append(part.path("text").asString(""));
            else if (part.path("type").asString("").equals("image_url")) text.append("[image]");
        }
        return text.toString();
    }

    private static String quoted(String text) {
        return text.length() <= QUOTE_CHARS_MAX ? text : text.substring(0, QUOTE_CHARS_MAX) + "…";
    }

    static int tokens(String text) {
        return (text.length() + CHARS_PER_TOKEN - 1) / CHARS_PER_TOKEN;
    }
}
