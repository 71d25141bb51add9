package dev.agentplatform.model.wire.openai;

import dev.agentplatform.kernel.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a {@code chat.completion}, in the order in which the provider said things. {@code created} is 0: a wire has no
 * clock; whoever sends the answer on sets it.
 */
public final class Completion {
    private final String id;
    private final String model;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final ArrayNode thoughts = Json.array();
    private final ArrayNode calls = Json.array();

    public Completion(String id, String model) {
        this.id = id;
        this.model = model;
    }

    public void text(String more) {
        text.append(more);
    }

    public void reasoning(String more) {
        reasoning.append(more);
    }

    /** What the provider wants back in the next request, in its own form. */
    public void thought(JsonNode raw) {
        thoughts.add(raw);
    }

    /** @param extra what the provider wants back with the call, JSON null for nothing */
    public void call(String callId, String name, String arguments, JsonNode extra) {
        ObjectNode call = calls.addObject();
        call.put("id", callId);
        call.put("type", "function");
        call.putObject("function").put("name", name).put("arguments", arguments);
        if (!Json.isNothing(extra)) call.set("extra_content", extra);
    }

    public int calls() {
        return calls.size();
    }

    /** @param finishReason {@code stop, length, tool_calls} or {@code content_filter} */
    public ObjectNode end(String finishReason, ObjectNode usage) {
        ObjectNode message = Json.object().put("role", "assistant");
        boolean silent = text.isEmpty() && !calls.isEmpty();
        message.set("content", silent ? Json.nothing() : Json.text(text.toString()));
        message.putNull("refusal");
        if (!reasoning.isEmpty()) message.put("reasoning_content", reasoning.toString());
        if (!thoughts.isEmpty()) message.set("thinking_blocks", thoughts);
        if (!calls.isEmpty()) message.set("tool_calls", calls);
        ObjectNode answer = Json.object();
        answer.put("id", id);
        answer.put("object", "chat.completion");
        answer.put("created", 0);
        answer.put("model", model);
        ObjectNode choice = answer.putArray("choices").addObject();
        choice.put("index", 0);
        choice.set("message", message);
        choice.putNull("logprobs");
        choice.put("finish_reason", finishReason);
        answer.set("usage", usage);
        return answer;
    }
}
