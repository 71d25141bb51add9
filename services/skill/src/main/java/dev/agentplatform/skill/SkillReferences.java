package dev.agentplatform.skill;

import dev.agentplatform.service.Reference;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The workflow or agent that a version of a skill runs. */
final class SkillReferences {
    private SkillReferences() {}

    static List<Reference> of(ObjectNode spec) {
        String kind = spec.path("runtime_type").asString("");
        if (!kind.equals("workflow") && !kind.equals("agent")) return List.of();
        String name = spec.has(Implementation.FIELD) ? Implementation.FIELD : "implementation";
        JsonNode implementation = spec.path(name);
        String field = implementation.has(kind + "_id") ? kind + "_id" : "code";
        return Reference.of(
                Reference.in(implementation, name, field, "code", kind),
                Reference.unnamed(implementation, name, kind + "_version_id"));
    }
}
