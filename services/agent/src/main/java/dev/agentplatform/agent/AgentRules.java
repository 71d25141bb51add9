package dev.agentplatform.agent;

import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.JsonSchema;
import dev.agentplatform.service.VersionRules;
import dev.agentplatform.web.Binder;
import dev.agentplatform.web.Reply;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a version of an agent must be. References are looked up when a run uses them: they may be made later. */
final class AgentRules implements VersionRules {
    /** Under which names a version shows what it stores. */
    private static final Map<String, String> ALSO = Map.of(
            "memory_policy", "memory_policy_json",
            "tool_refs", "tool_refs_json",
            "skill_refs", "skill_refs_json",
            "knowledge_refs", "knowledge_refs_json");

    private final boolean remembers;

    AgentRules(boolean remembers) {
        this.remembers = remembers;
    }

    @Override
    public JsonNode body(String workspaceId, JsonNode request, VersionStatus status) {
        AgentBody body = Binder.bind(request, AgentBody.class);
        if (body.outputSchemaJson() != null) JsonSchema.checkSchema("output_schema_json", body.outputSchemaJson());
        if (status == VersionStatus.PUBLISHED
                && blank(body.systemPrompt())
                && blank(body.goal())
                && blank(body.role())) {
            throw Problem.invalid("system_prompt", "is required to publish, or goal, or role");
        }
        if (status == VersionStatus.PUBLISHED
                && !remembers
                && Agent.of(Reply.tree(body)).memory().reads()) {
            throw new Problem(
                    422, "memory_not_available", "This server has no memories; memory_policy cannot be used.");
        }
        boolean reads = body.knowledgeRefs() != null && !body.knowledgeRefs().isEmpty();
        if (status == VersionStatus.PUBLISHED && reads) {
            throw new Problem(
                    422,
                    "knowledge_not_available",
                    "This server has no knowledge bases; knowledge_refs cannot be used.");
        }
        ObjectNode stored = Json.object();
        // Without the fields that were not sent, so that a default can change for none of them.
        Reply.tree(body).properties().forEach(field -> {
            if (!Json.isNothing(field.getValue())) stored.set(field.getKey(), compact(field.getValue()));
        });
        return stored;
    }

    private static JsonNode compact(JsonNode value) {
        if (value.isArray()) {
            var items = Json.array();
            for (JsonNode item : value) items.add(compact(item));
            return items;
        }
        if (!value.isObject()) return value;
        ObjectNode kept = Json.object();
        value.properties().forEach(field -> {
            if (!Json.isNothing(field.getValue())) kept.set(field.getKey(), compact(field.getValue()));
        });
        return kept;
    }

    private static boolean blank(String text) {
        return text == null || text.isBlank();
    }

    @Override
    public void show(JsonNode body, ObjectNode shown) {
        body.properties().forEach(field -> {
            shown.set(field.getKey(), field.getValue());
            String other = ALSO.get(field.getKey());
            if (other != null) shown.set(other, field.getValue());
        });
    }
}
