package dev.agentplatform.engine;

import dev.agentplatform.kernel.Json;
import tools.jackson.databind.JsonNode;

/**
 * What a step left behind: {@code json} is shown as {@code output_json}, {@code text} as {@code output_text}.
 * {@code json} is never null but may be JSON null; {@code text} may be null.
 */
public record StepOutput(JsonNode json, String text) {
    public static final StepOutput NONE = new StepOutput(Json.nothing(), null);

    /** {@code {"j":…,"t":…}} with absent parts left out; null for nothing at all. */
    String write() {
        return write(Json.writeOrNull(json), text);
    }

    /** {@link #write()} when the JSON has been written already; both may be null. */
    static String write(String json, String text) {
        if (json == null && text == null) return null;
        StringBuilder out = new StringBuilder(128).append('{');
        if (json != null) out.append("\"j\":").append(json);
        if (text != null) {
            if (json != null) out.append(',');
            out.append("\"t\":").append(Json.write(Json.text(text)));
        }
        return out.append('}').toString();
    }

    /** Characters that it takes in the journal. */
    static int size(String json, String text) {
        return (json == null ? 0 : json.length()) + (text == null ? 0 : text.length());
    }

    static StepOutput read(String stored) {
        return stored == null ? NONE : of(Json.parse(stored));
    }

    static StepOutput of(JsonNode tree) {
        if (Json.isNothing(tree)) return NONE;
        return new StepOutput(
                tree.has("j") ? tree.get("j") : Json.nothing(),
                tree.has("t") ? tree.get("t").asString() : null);
    }
}
