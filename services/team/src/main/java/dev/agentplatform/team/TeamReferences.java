package dev.agentplatform.team;

import dev.agentplatform.service.Reference;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The agents that a version of a team names. */
final class TeamReferences {
    private TeamReferences() {}

    static List<Reference> of(ObjectNode spec) {
        List<Reference> references = new ArrayList<>();
        String name = spec.has("member_refs") ? "member_refs" : "member_refs_json";
        JsonNode members = spec.path(name);
        for (int i = 0; i < members.size(); i++) {
            String path = name + "." + i;
            Reference.in(members.get(i), path, "agent_id", "agent_id", "agent").ifPresent(references::add);
            Reference.unnamed(members.get(i), path, "agent_version_id").ifPresent(references::add);
        }
        return references;
    }

    /** Without the fields that were not sent: a version stores them as null. */
    static ObjectNode tidy(ObjectNode spec) {
        for (JsonNode member : spec.path("member_refs")) withoutNulls(member);
        withoutNulls(spec.path("config_json"));
        return spec;
    }

    private static void withoutNulls(JsonNode json) {
        if (json instanceof ObjectNode object) object.removeIf(JsonNode::isNull);
    }
}
