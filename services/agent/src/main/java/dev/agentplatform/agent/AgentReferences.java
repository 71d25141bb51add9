package dev.agentplatform.agent;

import dev.agentplatform.service.Reference;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a version of an agent names of other definitions. Its knowledge bases are none. */
final class AgentReferences {
    private AgentReferences() {}

    static List<Reference> of(ObjectNode spec) {
        List<Reference> references = new ArrayList<>();
        list(spec, "tool", references);
        list(spec, "skill", references);
        return references;
    }

    private static void list(ObjectNode spec, String kind, List<Reference> references) {
        String name = spec.has(kind + "_refs") ? kind + "_refs" : kind + "_refs_json";
        JsonNode list = spec.path(name);
        for (int i = 0; i < list.size(); i++) {
            JsonNode ref = list.path(i);
            String path = name + "." + i;
            // An id counts before a code.
            String field = ref.has(kind + "_id") ? kind + "_id" : ref.has("code") ? "code" : kind + "_code";
            Reference.in(ref, path, field, "code", kind).ifPresent(references::add);
        }
    }
}
