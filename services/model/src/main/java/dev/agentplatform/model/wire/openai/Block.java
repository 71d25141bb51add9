package dev.agentplatform.model.wire.openai;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One piece of what a side says. */
public sealed interface Block {
    /** Never blank. */
    record Text(String text) implements Block {}

    /**
     * A picture, a recording or a document. Either {@code data} or {@code url} is there.
     *
     * @param field where it stands in the request
     * @param mediaType null when only a URL is known
     * @param data Base64
     * @param url https
     */
    record Media(String field, Kind kind, String mediaType, String data, String url) implements Block {}

    enum Kind {
        IMAGE,
        AUDIO,
        FILE
    }

    /**
     * The model calls a tool.
     *
     * @param id unique in the conversation
     * @param extra what the provider attached to the call, JSON null for nothing
     */
    record ToolUse(String id, String name, ObjectNode arguments, JsonNode extra) implements Block {}

    /** What a tool answered. @param name of the tool @param content texts and images, empty for nothing */
    record ToolResult(String id, String name, List<Block> content, boolean error) implements Block {
        public ToolResult {
            content = List.copyOf(content);
        }

        /** Its texts, a line each. */
        public String text() {
            StringBuilder text = new StringBuilder();
            for (Block block : content) {
                if (!(block instanceof Text one)) continue;
                if (!text.isEmpty()) text.append('\n');
                text.append(one.text());
            }
            return text.toString();
        }
    }

    /** What the model thought before it spoke, in the form of the provider that gave it. */
    record Thinking(JsonNode raw) implements Block {}
}
