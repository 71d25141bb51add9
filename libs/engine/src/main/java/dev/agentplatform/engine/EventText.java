package dev.agentplatform.engine;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.io.JsonStringEncoder;

/** Writes one event of a run's log as JSON text, without a tree: it is on the hot path. */
final class EventText {
    /** Bytes of a payload that an event may carry itself. */
    private static final int INLINE_MAX = 4_096;

    private static final JsonStringEncoder ENCODER = JsonStringEncoder.getInstance();

    private final StringBuilder out = new StringBuilder(192);

    EventText(long seq, String type, long timeMs) {
        out.append("{\"seq\":").append(seq).append(",\"type\":\"").append(type);
        out.append("\",\"event_time\":\"").append(Times.format(timeMs)).append('"');
    }

    EventText put(String name, String value) {
        if (value == null) return this;
        out.append(",\"").append(name).append("\":\"");
        ENCODER.quoteAsString(value, out);
        out.append('"');
        return this;
    }

    EventText put(String name, long value) {
        out.append(",\"").append(name).append("\":").append(value);
        return this;
    }

    EventText put(String name, boolean value) {
        out.append(",\"").append(name).append("\":").append(value);
        return this;
    }

    /** {@code json} is already JSON; what is too large for the log is left to the journal. */
    EventText json(String name, String json) {
        if (json == null) return this;
        if (json.length() > INLINE_MAX || json.getBytes(StandardCharsets.UTF_8).length > INLINE_MAX) {
            return put(name + "_omitted", true);
        }
        out.append(",\"").append(name).append("\":").append(json);
        return this;
    }

    EventText text(String name, String text) {
        if (text == null) return this;
        return text.length() > INLINE_MAX ? put(name + "_omitted", true) : json(name, Json.write(Json.text(text)));
    }

    /** A piece of a step's text, whatever its size: its stream keeps to a limit. */
    EventText piece(TokenStream.Piece piece) {
        return put("offset", piece.offset()).put("text", piece.text()).put("transient", true);
    }

    String end() {
        return out.append('}').toString();
    }
}
