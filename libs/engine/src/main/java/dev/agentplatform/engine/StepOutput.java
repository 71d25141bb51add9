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
        boolean noJson = Json.isNothing(json);
        if (noJson && text == null) return null;
        StringBuilder out = new StringBuilder(128).append('{');
        if (!noJson) out.append("\"j\":").append(Json.write(json));
        if (text != null) {
            if (!noJson) out.append(',');
            out.append("\"t\":").append(Json.write(Json.text(text)));
        }
        return out.append('}').toString();
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
