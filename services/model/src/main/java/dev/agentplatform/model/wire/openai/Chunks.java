package dev.agentplatform.model.wire.openai;

import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes the chunks of one stream. The first names the role. {@code created} is 0, as in {@link Completion}. */
public final class Chunks {
    private final boolean includeUsage;
    private String id = "chatcmpl-0";
    private String model;
    private boolean begun;
    private int calls;

    /** @param model until the provider names it */
    public Chunks(String model, ObjectNode request) {
        this.model = model;
        this.includeUsage = ChatRequest.includesUsage(request);
    }

    public void name(String newId, String newModel) {
        if (!newId.isEmpty()) id = newId;
        if (!newModel.isEmpty()) model = newModel;
    }

    public int calls() {
        return calls;
    }

    public List<ObjectNode> begin() {
        return begun ? List.of() : List.of(chunk(Json.object(), null));
    }

    public ObjectNode text(String more) {
        return chunk(Json.object().put("content", more), null);
    }

    public ObjectNode reasoning(String more) {
        return chunk(Json.object().put("reasoning_content", more), null);
    }

    public ObjectNode thought(JsonNode raw) {
        ObjectNode delta = Json.object();
        delta.putArray("thinking_blocks").add(raw);
        return chunk(delta, null);
    }

    /** A new call, with the arguments that are known. */
    public ObjectNode call(String callId, String name, String arguments, JsonNode extra) {
        ObjectNode delta = Json.object();
        ObjectNode call = delta.putArray("tool_calls").addObject();
        call.put("index", calls++);
        call.put("id", callId);
        call.put("type", "function");
        call.putObject("function").put("name", name).put("arguments", arguments);
        if (!Json.isNothing(extra)) call.set("extra_content", extra);
        return chunk(delta, null);
    }

    /** More arguments of a call. @param index counts calls from 0 */
    public ObjectNode arguments(int index, String more) {
        ObjectNode delta = Json.object();
        ObjectNode call = delta.putArray("tool_calls").addObject();
        call.put("index", index);
        call.putObject("function").put("arguments", more);
        return chunk(delta, null);
    }

    /** The last chunks: why it ended, and the usage when the request wanted it. */
    public List<ObjectNode> end(String finishReason, ObjectNode usage) {
        List<ObjectNode> last = new ArrayList<>();
        last.add(chunk(Json.object(), finishReason));
        if (includeUsage) {
            ObjectNode chunk = head();
            chunk.putArray("choices");
            chunk.set("usage", usage);
            last.add(chunk);
        }
        return last;
    }

    private ObjectNode chunk(ObjectNode delta, String finishReason) {
        if (!begun) {
            begun = true;
            delta.put("role", "assistant");
            if (!delta.has("content")) delta.put("content", "");
        }
        ObjectNode chunk = head();
        ObjectNode choice = chunk.putArray("choices").addObject();
        choice.put("index", 0);
        choice.set("delta", delta);
        choice.putNull("logprobs");
        choice.set("finish_reason", Json.text(finishReason));
        return chunk;
    }

    private ObjectNode head() {
        ObjectNode chunk = Json.object();
        chunk.put("id", id);
        chunk.put("object", "chat.completion.chunk");
        chunk.put("created", 0);
        chunk.put("model", model);
        return chunk;
    }
}
