package dev.agentplatform.team.modes;

import dev.agentplatform.kernel.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads what a member decided from what it said. Pure. Models wrap JSON in prose and fences, and forget it at times. */
final class Decisions {
    private Decisions() {}

    /** The first JSON object in a text. */
    static Optional<JsonNode> json(String text) {
        for (int from = text.indexOf('{'); from >= 0; from = text.indexOf('{', from + 1)) {
            int end = end(text, from);
            if (end < 0) continue;
            try {
                JsonNode tree = Json.parse(text.substring(from, end + 1));
                if (tree.isObject()) return Optional.of(tree);
            } catch (IllegalArgumentException notJson) {
                // The next brace may begin it.
            }
        }
        return Optional.empty();
    }

    /** Where the object that begins at {@code from} ends; -1 when it does not. */
    private static int end(String text, int from) {
        int depth = 0;
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '\\') i++;
                else if (c == '"') quoted = false;
            } else if (c == '"') quoted = true;
            else if (c == '{') depth++;
            else if (c == '}' && --depth == 0) return i;
        }
        return -1;
    }

    /** The member that a text names: by the field of that name, else the first key that appears in it. */
    static Optional<Member> member(String text, List<Member> members) {
        String named = json(text).map(json -> json.path("member").asString("")).orElse("");
        Optional<Member> exact = named(named, members);
        if (exact.isPresent()) return exact;
        return members.stream()
                .filter(member -> text.contains(member.key()))
                .min((one, other) -> Integer.compare(text.indexOf(one.key()), text.indexOf(other.key())));
    }

    static Optional<Member> named(String key, List<Member> members) {
        return members.stream().filter(member -> member.key().equals(key)).findFirst();
    }

    static String described(List<Member> members) {
        StringBuilder lines = new StringBuilder();
        for (Member member : members)
            lines.append("- ").append(member.described()).append('\n');
        return lines.toString();
    }

    /** What was said so far. */
    static String transcript(List<Turn> turns) {
        StringBuilder text = new StringBuilder();
        for (Turn turn : turns)
            text.append(turn.member()).append(": ").append(turn.answer()).append("\n\n");
        return text.toString().strip();
    }
}
