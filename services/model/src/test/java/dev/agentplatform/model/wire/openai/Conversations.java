package dev.agentplatform.model.wire.openai;

import dev.agentplatform.kernel.Json;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Random requests that OpenAI would take. */
public final class Conversations {
    private static final List<String> TEXTS =
            List.of("Hello", "", "  ", "Wie geht's?", "{\"a\":1}", "{ not json", "多语言", "line\nline ", "\"quoted\"");

    private final Random random;
    private int calls;

    public Conversations(Random random) {
        this.random = random;
    }

    public ObjectNode request() {
        ObjectNode request = Json.object().put("model", "m");
        ArrayNode messages = request.putArray("messages");
        int turns = 1 + random.nextInt(8);
        for (int i = 0; i < turns; i++) turn(messages);
        messages.addObject().put("role", "user").put("content", "And now?");
        if (random.nextInt(4) == 0)
            messages.addObject().put("role", "assistant").put("content", "It is ");
        tools(request);
        options(request);
        return request;
    }

    private void turn(ArrayNode messages) {
        switch (random.nextInt(6)) {
            case 0 -> messages.addObject().put("role", "system").put("content", text());
            case 1 -> messages.addObject().put("role", "developer").put("content", text());
            case 2 -> messages.addObject().put("role", "user").put("content", text());
            case 3 -> parts(messages.addObject().put("role", "user").putArray("content"));
            case 4 -> messages.addObject().put("role", "assistant").put("content", text());
            default -> calls(messages);
        }
    }

    private void parts(ArrayNode content) {
        content.addObject().put("type", "text").put("text", text());
        String url = random.nextBoolean() ? "data:image/png;base64,iVBORw0K" : "https://example.com/cat.png";
        content.addObject().put("type", "image_url").putObject("image_url").put("url", url);
    }

    private void calls(ArrayNode messages) {
        ObjectNode assistant = messages.addObject().put("role", "assistant");
        if (random.nextBoolean()) assistant.put("content", text());
        else assistant.putNull("content");
        ArrayNode list = assistant.putArray("tool_calls");
        int count = 1 + random.nextInt(3);
        // Some providers count from 0 in every turn.
        int from = random.nextBoolean() ? calls : 0;
        calls += count;
        for (int i = 0; i < count; i++) {
            ObjectNode call = list.addObject().put("id", "call:" + (from + i)).put("type", "function");
            String arguments = random.nextInt(3) == 0 ? "" : "{\"city\":\"Rome\",\"n\":" + i + "}";
            call.putObject("function").put("name", "tool_" + i).put("arguments", arguments);
        }
        for (int i = count - 1; i >= 0; i--) {
            ObjectNode answer = messages.addObject().put("role", "tool").put("tool_call_id", "call:" + (from + i));
            answer.put("content", text());
            if (random.nextInt(4) == 0) answer.put("is_error", true);
        }
    }

    private void tools(ObjectNode request) {
        ArrayNode tools = request.putArray("tools");
        for (int i = 0; i < 3; i++) {
            ObjectNode function = tools.addObject().put("type", "function").putObject("function");
            function.put("name", "tool_" + i);
            if (i == 0) continue;
            function.put("description", "Does " + i);
            ObjectNode schema =
                    function.putObject("parameters").put("type", "object").put("additionalProperties", false);
            schema.putObject("properties").putObject("city").put("type", "string");
            schema.putArray("required").add("city");
        }
        switch (random.nextInt(5)) {
            case 0 -> request.put("tool_choice", "required");
            case 1 -> request.put("tool_choice", "none");
            case 2 ->
                request.putObject("tool_choice")
                        .put("type", "function")
                        .putObject("function")
                        .put("name", "tool_1");
            case 3 -> request.put("tool_choice", "auto");
            default -> {}
        }
    }

    private void options(ObjectNode request) {
        if (random.nextBoolean()) request.put("temperature", 2 * random.nextDouble());
        if (random.nextBoolean()) request.put("top_p", random.nextDouble());
        if (random.nextBoolean()) request.put("max_tokens", 1 + random.nextInt(9_000));
        if (random.nextInt(3) == 0) request.put("stop", "END");
        if (random.nextInt(3) == 0) request.put("stream", true);
        if (random.nextInt(3) == 0)
            request.put("reasoning_effort", List.of("none", "low", "high").get(random.nextInt(3)));
        if (random.nextInt(3) == 0) {
            ObjectNode format = request.putObject("response_format").put("type", "json_schema");
            ObjectNode schema = format.putObject("json_schema")
                    .put("name", "s")
                    .putObject("schema")
                    .put("type", "object");
            schema.putObject("properties").putObject("sum").put("type", "number");
            schema.put("additionalProperties", false);
        }
    }

    private String text() {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }
}
