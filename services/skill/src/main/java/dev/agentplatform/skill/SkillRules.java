package dev.agentplatform.skill;

import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.JsonSchema;
import dev.agentplatform.service.VersionRules;
import dev.agentplatform.web.Binder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a version of a skill must be. */
final class SkillRules implements VersionRules {
    @Override
    public JsonNode body(String workspaceId, JsonNode request, VersionStatus status) {
        SkillBody body = Binder.bind(request, SkillBody.class);
        Implementation.of(body.runtimeType(), body.implementationJson());
        ObjectNode stored = Json.object().put("runtime_type", body.runtimeType());
        if (body.parameterSchemaJson() != null) {
            JsonSchema.checkSchema("parameter_schema_json", JsonSchema.of(body.parameterSchemaJson()));
            stored.set("parameter_schema_json", body.parameterSchemaJson());
        }
        if (body.outputSchemaJson() != null) {
            JsonSchema.checkSchema("output_schema_json", body.outputSchemaJson());
            stored.set("output_schema_json", body.outputSchemaJson());
        }
        stored.set("implementation_json", body.implementationJson());
        return stored;
    }

    @Override
    public void show(JsonNode body, ObjectNode shown) {
        body.properties().forEach(field -> shown.set(field.getKey(), field.getValue()));
    }
}
