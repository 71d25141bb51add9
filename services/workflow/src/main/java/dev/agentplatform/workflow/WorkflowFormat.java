package dev.agentplatform.workflow;

import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.service.DefinitionFormat;
import dev.agentplatform.service.Reference;
import dev.agentplatform.store.Sql;
import dev.agentplatform.workflow.dsl.Fault;
import dev.agentplatform.workflow.dsl.Findings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Workflows in documents: the spec is the text of nodes and edges. */
final class WorkflowFormat implements DefinitionFormat {
    private static final String RUNS_MAX = "max_concurrent_runs";
    private static final List<String> KINDS = List.of("workflow", "agent", "team", "skill", "tool");

    private final Workflows workflows;
    private final QueueLimits limits;

    WorkflowFormat(Workflows workflows, QueueLimits limits) {
        this.workflows = workflows;
        this.limits = limits;
    }

    @Override
    public String kind() {
        return Workflows.KIND;
    }

    @Override
    public boolean typed() {
        return false;
    }

    /** As {@link WorkflowFile} calls it. */
    @Override
    public List<String> specAliases() {
        return List.of("dsl", "dsl_json");
    }

    @Override
    public JsonNode body(String workspaceId, String type, ObjectNode spec, VersionStatus status) {
        Findings findings = workflows.check(spec);
        List<Fault> faults = status == VersionStatus.PUBLISHED ? findings.faults() : findings.draftFaults();
        if (faults.isEmpty()) return spec;
        throw Problem.invalid(faults.stream()
                .map(fault -> new FieldError(fault.path(), fault.message()))
                .toList());
    }

    @Override
    public ObjectNode spec(JsonNode body) {
        return (ObjectNode) body.deepCopy();
    }

    @Override
    public List<Reference> references(ObjectNode spec) {
        List<Reference> references = new ArrayList<>();
        nodes(spec, "", references);
        return references;
    }

    private static void nodes(JsonNode document, String prefix, List<Reference> references) {
        JsonNode nodes = document.path("nodes");
        for (int i = 0; i < nodes.size(); i++) node(nodes.path(i), prefix + "nodes." + i, references);
    }

    private static void node(JsonNode node, String path, List<Reference> references) {
        JsonNode config = node.path("config");
        String place = path + ".config";
        boolean loop = node.path("type").asString("").equals("loop");
        for (String kind : KINDS) {
            String code = kind + "_code";
            String field = config.has(kind + "_id") ? kind + "_id" : code;
            // A loop knows its workflow by one field only, which takes a code as well.
            Reference.in(config, place, field, loop ? field : code, kind).ifPresent(references::add);
            Reference.unnamed(config, place, kind + "_version_id").ifPresent(references::add);
        }
        Reference.unnamed(config, place, "tool_binding_id").ifPresent(references::add);
        if (config.has("body")) nodes(config.path("body"), place + ".body.", references);
        if (config.has("node")) node(config.path("node"), place + ".node", references);
    }

    // ---- how many runs execute at once

    @Override
    public List<String> settings() {
        return List.of(RUNS_MAX);
    }

    @Override
    public void checkSettings(String workspaceId, ObjectNode document) {
        JsonNode wanted = document.path(RUNS_MAX);
        if (Json.isNothing(wanted)) return;
        boolean fits = wanted.isIntegralNumber()
                && wanted.canConvertToInt()
                && wanted.intValue() >= 1
                && wanted.intValue() <= QueueLimits.MAX;
        if (!fits) throw Problem.invalid(RUNS_MAX, "must be a whole number from 1 to " + QueueLimits.MAX);
    }

    @Override
    public void showSettings(Sql sql, Definition workflow, ObjectNode document) throws SQLException {
        int limit = QueueLimits.find(sql, workflow.workspaceId(), workflow.id());
        if (limit > 0) document.put(RUNS_MAX, limit);
    }

    @Override
    public boolean applySettings(Sql sql, Definition workflow, ObjectNode document) throws SQLException {
        int wanted = document.path(RUNS_MAX).asInt(0);
        if (wanted == QueueLimits.find(sql, workflow.workspaceId(), workflow.id())) return false;
        QueueLimits.set(sql, workflow.workspaceId(), workflow.id(), wanted);
        return true;
    }

    @Override
    public void applied() {
        limits.refresh();
    }
}
