package dev.agentplatform.team.modes;

import dev.agentplatform.kernel.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Members pass control: who has it either hands it on, with a message, or answers. */
public final class Handoff implements Mode {
    @Override
    public Ending run(Task task, Turns turns) {
        Member active = task.leader();
        String message = "";
        // In a dry run nobody decides, so control goes once around.
        for (int passes = 0; ; passes++) {
            Member speaker = active;
            List<Member> others =
                    task.members().stream().filter(member -> member != speaker).toList();
            String said =
                    turns.ask(speaker, text(task, speaker, others, message)).answer();
            Optional<JsonNode> handoff = Decisions.json(said).filter(json -> json.has("handoff"));
            if (turns.dry()) {
                if (passes == task.members().size() - 1) return new Ending("answered", said);
                active = task.members()
                        .get((task.members().indexOf(speaker) + 1)
                                % task.members().size());
                continue;
            }
            Optional<Member> next =
                    handoff.flatMap(json -> Decisions.named(json.path("handoff").asString(""), others));
            // Handing over to nobody is an answer, and so are the last words when no turn is left.
            if (next.isEmpty() || turns.left() == 0) return new Ending("answered", answer(said, handoff));
            active = next.get();
            message = handoff.get().path("message").asString("");
        }
    }

    private static String text(Task task, Member speaker, List<Member> others, String message) {
        String received = message.isBlank() ? "" : "\n\nHanded to you with the words: " + message;
        return task.brief(speaker) + received + "\n\nEither answer, or hand over to one of:\n"
                + Decisions.described(others)
                + "To hand over, answer with JSON only: {\"handoff\": \"<key>\", \"message\": \"<what it must know>\"}";
    }

    private static String answer(String said, Optional<JsonNode> handoff) {
        JsonNode message = handoff.map(json -> json.path("message")).orElse(Json.nothing());
        return message.isString() ? message.stringValue() : said;
    }
}
