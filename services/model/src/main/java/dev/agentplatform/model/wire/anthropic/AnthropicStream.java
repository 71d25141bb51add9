package dev.agentplatform.model.wire.anthropic;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.wire.WireError;
import dev.agentplatform.model.wire.WireStream;
import dev.agentplatform.model.wire.openai.ChatRequest;
import dev.agentplatform.model.wire.openai.Chunks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Translates the events of one message. */
final class AnthropicStream implements WireStream {
    private final Chunks chunks;
    /** A JSON answer is wanted: plain text is held back until it is sure that none comes. */
    private final boolean structured;

    private final StringBuilder held = new StringBuilder();
    private final Map<Integer, Open> blocks = new HashMap<>();
    private final ObjectNode usage = Json.object();
    private boolean answered;
    private String stopReason = "";
    private boolean finished;

    /** A block that is being sent. */
    private static final class Open {
        private final ObjectNode start;
        private final int call;
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder signature = new StringBuilder();

        Open(ObjectNode start, int call) {
            this.start = start;
            this.call = call;
        }

        String type() {
            return start.path("type").asString("");
        }

        boolean answer() {
            return type().equals("tool_use") && start.path("name").asString("").equals(AnthropicRequest.ANSWER_TOOL);
        }
    }

    AnthropicStream(String model, ObjectNode request) {
        chunks = new Chunks(model, request);
        structured = ChatRequest.read(request).format().schema() != null;
    }

    @Override
    public boolean finished() {
        return finished;
    }

    @Override
    public List<ObjectNode> event(String name, String data) {
        JsonNode event;
        try {
            event = Json.parse(data);
        } catch (IllegalArgumentException notJson) {
            throw new WireError(502, "server_error", "invalid_answer", "The provider sent an event that is not JSON.");
        }
        List<ObjectNode> out = new ArrayList<>();
        switch (event.path("type").asString(name == null ? "" : name)) {
            case "message_start" -> {
                JsonNode message = event.path("message");
                chunks.name(
                        message.path("id").asString(""), message.path("model").asString(""));
                merge(message.path("usage"));
                out.addAll(chunks.begin());
            }
            case "content_block_start" -> start(out, index(event), event.path("content_block"));
            case "content_block_delta" -> delta(out, blocks.get(index(event)), event.path("delta"));
            case "content_block_stop" -> stop(out, blocks.remove(index(event)));
            case "message_delta" -> {
                stopReason = event.path("delta").path("stop_reason").asString(stopReason);
                merge(event.path("usage"));
            }
            case "message_stop" -> end(out);
            case "error" -> throw AnthropicWire.error(502, event.path("error"));
            // ping, and events that come later.
            default -> {}
        }
        return out;
    }

    private static int index(JsonNode event) {
        return event.path("index").asInt(0);
    }

    /** Counts in later events are totals, and leave out what did not change. */
    private void merge(JsonNode counts) {
        for (Map.Entry<String, JsonNode> count : counts.properties()) {
            if (!Json.isNothing(count.getValue())) usage.set(count.getKey(), count.getValue());
        }
    }

    private void start(List<ObjectNode> out, int index, JsonNode start) {
        if (!(start instanceof ObjectNode block)) return;
        Open open = new Open(block, chunks.calls());
        blocks.put(index, open);
        switch (open.type()) {
            case "text" -> text(out, block.path("text").asString(""));
            case "tool_use" -> {
                if (open.answer()) answer(index, open);
                else
                    out.add(chunks.call(
                            block.path("id").asString(""), block.path("name").asString(""), "", Json.nothing()));
            }
            default -> {}
        }
    }

    private void answer(int index, Open open) {
        // One answer is enough.
        if (answered) blocks.remove(index, open);
        answered = true;
    }

    private void delta(List<ObjectNode> out, Open open, JsonNode delta) {
        if (open == null) return;
        switch (delta.path("type").asString("")) {
            case "text_delta" -> text(out, delta.path("text").asString(""));
            case "input_json_delta" -> {
                String more = delta.path("partial_json").asString("");
                open.text.append(more);
                if (more.isEmpty()) return;
                out.add(open.answer() ? chunks.text(more) : chunks.arguments(open.call, more));
            }
            case "thinking_delta" -> {
                String more = delta.path("thinking").asString("");
                open.text.append(more);
                if (!more.isEmpty()) out.add(chunks.reasoning(more));
            }
            case "signature_delta" ->
                open.signature.append(delta.path("signature").asString(""));
            default -> {}
        }
    }

    private void stop(List<ObjectNode> out, Open open) {
        if (open == null) return;
        switch (open.type()) {
            case "thinking" -> {
                ObjectNode thought = Json.object().put("type", "thinking").put("thinking", open.text.toString());
                out.add(chunks.thought(thought.put("signature", open.signature.toString())));
            }
            case "redacted_thinking" -> out.add(chunks.thought(open.start));
            // A tool without parameters may come without a word of input.
            case "tool_use" -> {
                if (open.text.isEmpty()) out.add(open.answer() ? chunks.text("{}") : chunks.arguments(open.call, "{}"));
            }
            default -> {}
        }
    }

    private void text(List<ObjectNode> out, String more) {
        if (more.isEmpty()) return;
        if (structured) held.append(more);
        else out.add(chunks.text(more));
    }

    private void end(List<ObjectNode> out) {
        if (!answered && !held.isEmpty()) out.add(chunks.text(held.toString()));
        String reason = AnthropicAnswer.finishReason(stopReason, chunks.calls());
        out.addAll(chunks.end(reason, AnthropicAnswer.usage(usage).json()));
        finished = true;
    }
}
