package dev.agentplatform.team;

import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.service.VersionRules;
import dev.agentplatform.web.Binder;
import dev.agentplatform.web.Reply;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a version of a team must be. Its agents are looked up when their turns come: they may be made later. */
final class TeamRules implements VersionRules {
    @Override
    public JsonNode body(String workspaceId, JsonNode request, VersionStatus status) {
        TeamBody body = Binder.bind(request, TeamBody.class);
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < body.memberRefs().size(); i++) {
            if (!keys.add(body.memberRefs().get(i).memberKey())) {
                throw Problem.invalid("member_refs." + i + ".member_key", "is there twice");
            }
        }
        ObjectNode stored = Json.object();
        Reply.tree(body).properties().forEach(field -> {
            if (!Json.isNothing(field.getValue())) stored.set(field.getKey(), field.getValue());
        });
        return stored;
    }

    @Override
    public void show(JsonNode body, ObjectNode shown) {
        body.properties().forEach(field -> shown.set(field.getKey(), field.getValue()));
        shown.set("member_refs_json", body.path("member_refs"));
    }
}
