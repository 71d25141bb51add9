package dev.agentplatform.model.published;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.kernel.Json;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What runs below say on the way, each piece behind the name of who says it. Pure but for its memory. */
final class Asides {
    private final Map<String, AnswerText> texts = new HashMap<>();
    private String speaker = "";

    /** What an event adds to a text; empty for nothing. */
    static String heard(AnswerText text, LogEvent event) {
        boolean outcome = event.type().equals("step.completed") || event.type().equals("step.failed");
        if (!outcome && !event.isTransient()) return "";
        JsonNode step = Json.parse(event.json());
        int no = step.path("no").asInt(0);
        if (outcome) return text.ended(no);
        return text.said(no, step.path("offset").asLong(0), step.path("text").asString(""));
    }

    String heard(String path, RunRecord of, LogEvent event) {
        String piece = heard(texts.computeIfAbsent(path, one -> new AnswerText()), event);
        if (piece.isEmpty() || path.equals(speaker)) return piece;
        String name = of.metadata().path("member_key").asString(of.kind());
        String said = (speaker.isEmpty() ? "" : "\n\n") + name + ": " + piece.stripLeading();
        speaker = path;
        return said;
    }
}
