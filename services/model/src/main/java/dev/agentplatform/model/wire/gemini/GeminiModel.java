package dev.agentplatform.model.wire.gemini;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.wire.openai.Block;
import dev.agentplatform.model.wire.openai.ChatRequest.Effort;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** What a model can do, told from its name. @param generation 3 for {@code gemini-3-pro}; unknown names count as 2 */
record GeminiModel(String name, int generation, int minor) {
    private static final Pattern NAME = Pattern.compile("(?:models/)?gemini-(\\d+)(?:\\.(\\d+))?(?!\\d).*");

    private static final Map<String, String> MEDIA_TYPES = Map.of(
            "png", "image/png",
            "jpg", "image/jpeg",
            "jpeg", "image/jpeg",
            "webp", "image/webp",
            "gif", "image/gif",
            "heic", "image/heic",
            "heif", "image/heif",
            "pdf", "application/pdf");

    static GeminiModel of(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) return new GeminiModel(name, 2, 0);
        String minor = matcher.group(2);
        return new GeminiModel(name, Integer.parseInt(matcher.group(1)), minor == null ? 0 : Integer.parseInt(minor));
    }

    /** Nothing where the model does not think, or nothing was said. */
    Optional<ObjectNode> thinking(Effort effort) {
        if (effort == Effort.UNSAID) return Optional.empty();
        if (generation >= 3) return Optional.of(Json.object().put("thinkingLevel", level(effort)));
        if (generation == 2 && minor >= 5) return Optional.of(Json.object().put("thinkingBudget", budget(effort)));
        return Optional.empty();
    }

    private String level(Effort effort) {
        return switch (effort) {
            // Only the quick models can do without.
            case UNSAID, NONE, MINIMAL -> name.contains("flash") ? "MINIMAL" : "LOW";
            case LOW -> "LOW";
            case MEDIUM -> "MEDIUM";
            case HIGH, XHIGH -> "HIGH";
        };
    }

    private int budget(Effort effort) {
        return switch (effort) {
            case UNSAID, NONE -> name.contains("pro") ? 128 : 0;
            case MINIMAL, LOW -> 1_024;
            case MEDIUM -> 8_192;
            case HIGH, XHIGH -> 24_576;
        };
    }

    /** The type of a file behind a URL, by its ending. */
    static String mediaType(Block.Media media) {
        String path = media.url().replaceFirst("[?#].*", "");
        String ending = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        String known = MEDIA_TYPES.get(ending);
        if (known != null) return known;
        throw Problem.invalid(
                media.field(), "must end like the file that it is (.png, .jpg, .webp, .pdf), or be a data: URL");
    }
}
