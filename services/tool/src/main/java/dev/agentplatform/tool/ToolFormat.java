package dev.agentplatform.tool;

import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.service.DefinitionFormat;
import dev.agentplatform.service.Reference;
import dev.agentplatform.store.Sql;
import dev.agentplatform.web.Binder;
import dev.agentplatform.web.Length;
import java.sql.SQLException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tools in documents, with their bindings beside the version. */
final class ToolFormat implements DefinitionFormat {
    private final BindingFormat bindings;

    private record Spec(ObjectNode inputSchemaJson, ObjectNode invokeConfigJson, ObjectNode outputSchemaJson) {}

    private record Settings(@Length(max = 200) List<BindingFormat.Entry> bindings) {}

    ToolFormat(BindingFormat bindings) {
        this.bindings = bindings;
    }

    @Override
    public String kind() {
        return Tools.KIND;
    }

    @Override
    public JsonNode body(String workspaceId, String type, ObjectNode spec, VersionStatus status) {
        ToolType known = ToolType.of(type == null ? "" : type)
                .orElseThrow(() -> Problem.invalid("type", "must be one of http, builtin, code, workflow"));
        List<FieldError> unknown = Binder.unknownFields(spec, Spec.class);
        if (!unknown.isEmpty()) throw Problem.invalid(unknown);
        Spec given = Binder.bind(spec, Spec.class);
        ObjectNode body = Json.object();
        body.set(ToolVersion.INPUT_SCHEMA, orEmpty(given.inputSchemaJson()));
        body.set(ToolVersion.INVOKE_CONFIG, orEmpty(given.invokeConfigJson()));
        if (given.outputSchemaJson() != null) body.set(ToolVersion.OUTPUT_SCHEMA, given.outputSchemaJson());
        ToolVersionCheck.check(known, body);
        return body;
    }

    private static ObjectNode orEmpty(ObjectNode json) {
        return json == null ? Json.object() : json;
    }

    @Override
    public ObjectNode spec(JsonNode body) {
        return (ObjectNode) body.deepCopy();
    }

    @Override
    public List<Reference> references(ObjectNode spec) {
        String place = ToolVersion.INVOKE_CONFIG;
        JsonNode config = spec.path(place);
        String field = config.has("workflow_id") ? "workflow_id" : "workflow_code";
        return Reference.of(
                Reference.in(config, place, field, "workflow_code", "workflow"),
                Reference.unnamed(config, place, "workflow_version_id"));
    }

    @Override
    public List<String> settings() {
        return List.of("bindings");
    }

    @Override
    public void checkSettings(String workspaceId, ObjectNode document) {
        List<FieldError> unknown =
                Binder.unknownFields(Json.object().set("bindings", document.path("bindings")), Settings.class);
        if (!unknown.isEmpty()) throw Problem.invalid(unknown);
        bindings.check(workspaceId, entries(document));
    }

    private static List<BindingFormat.Entry> entries(ObjectNode document) {
        Settings settings = Binder.bind(document, Settings.class);
        return settings.bindings() == null ? List.of() : settings.bindings();
    }

    @Override
    public void showSettings(Sql sql, Definition tool, ObjectNode document) throws SQLException {
        List<ObjectNode> shown = bindings.show(sql, tool);
        if (shown.isEmpty()) return;
        document.putArray("bindings").addAll(shown);
    }

    @Override
    public boolean applySettings(Sql sql, Definition tool, ObjectNode document) throws SQLException {
        boolean changed = false;
        List<BindingFormat.Entry> entries = entries(document);
        for (int i = 0; i < entries.size(); i++) {
            changed |= bindings.apply(sql, tool, entries.get(i), "bindings." + i);
        }
        return changed;
    }
}
