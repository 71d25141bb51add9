package dev.agentplatform.agent;

import dev.agentplatform.agent.Agent.Ref;
import dev.agentplatform.kernel.Json;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;

/**
 * What an agent uses for one input. Pure.
 *
 * <p>A tool is selected when it is required, invoked by itself, or one of its keywords is in the input. A skill is
 * selected unless it says that it is not invoked by itself; then, too, a keyword selects it.
 */
record Selection(List<Ref> tools, List<Ref> skills) {
    static Selection of(Agent agent, String input) {
        String text = input.toLowerCase(Locale.ROOT);
        return new Selection(
                agent.tools().stream()
                        .filter(ref -> ref.required() || Boolean.TRUE.equals(ref.autoInvoke()) || named(ref, text))
                        .toList(),
                agent.skills().stream()
                        .filter(ref -> ref.required() || !Boolean.FALSE.equals(ref.autoInvoke()) || named(ref, text))
                        .toList());
    }

    private static boolean named(Ref ref, String text) {
        return ref.keywords().stream()
                .anyMatch(keyword -> !keyword.isBlank()
                        && text.contains(keyword.toLowerCase(Locale.ROOT).strip()));
    }

    /** The references as a finished run shows them. */
    static ArrayNode shown(List<Ref> refs) {
        ArrayNode shown = Json.array();
        for (Ref ref : refs) shown.add(ref.shown());
        return shown;
    }
}
