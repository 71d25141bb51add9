package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.outbound.BodyWatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Reads server-sent events up to the response to one request. What else comes is news, or a question to us. */
final class McpEvents implements BodyWatch {
    static final String CONTENT_TYPE = "text/event-stream";
    static final int MESSAGES_MAX = 10_000;

    private final long id;
    private final Consumer<JsonNode> asked;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder data = new StringBuilder();
    private boolean afterReturn;
    private boolean other;
    private int messages;
    private JsonNode response;
    private String fault;

    /** @param asked is given the requests of the server */
    McpEvents(long id, Consumer<JsonNode> asked) {
        this.id = id;
        this.asked = asked;
    }

    /** Null when none came. */
    JsonNode response() {
        return response;
    }

    /** What is wrong with the events; null for nothing. */
    String fault() {
        return fault;
    }

    @Override
    public boolean enough(String contentType, byte[] bytes, int length) {
        if (!contentType.strip().toLowerCase(Locale.ROOT).startsWith(CONTENT_TYPE)) return false;
        for (int i = 0; i < length && response == null && fault == null; i++) take(bytes[i]);
        return response != null || fault != null;
    }

    /** Lines end with CR, LF or both. */
    private void take(byte b) {
        boolean secondHalf = afterReturn && b == '\n';
        afterReturn = b == '\r';
        if (secondHalf) return;
        if (b != '\n' && b != '\r') {
            line.write(b);
            return;
        }
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (text.isEmpty()) event();
        else if (text.startsWith("data:")) {
            if (!data.isEmpty()) data.append('\n');
            data.append(text, text.startsWith("data: ") ? 6 : 5, text.length());
        } else if (text.startsWith("event:")) {
            other = !text.substring(6).strip().equals("message");
        }
    }

    private void event() {
        String text = data.toString();
        boolean message = !other && !text.isBlank();
        data.setLength(0);
        other = false;
        if (!message) return;
        if (++messages > MESSAGES_MAX) {
            fault = "The MCP server sent more than " + MESSAGES_MAX + " events and no answer.";
            return;
        }
        try {
            JsonNode json = Json.parse(text);
            // Answers may come as a list in the version 2025-03-26.
            for (JsonNode one : json.isArray() ? json : Json.array().add(json)) {
                if (JsonRpc.answers(one, id)) response = one;
                else if (JsonRpc.asks(one)) asked.accept(one);
            }
        } catch (IllegalArgumentException noJson) {
            fault = "The MCP server sent an event that is no JSON.";
        }
    }
}
