package dev.agentplatform.workflow;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.Catalog.Upserted;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.DefinitionFilter;
import dev.agentplatform.catalog.DefinitionVersion;
import dev.agentplatform.catalog.NewDefinition;
import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.workflow.dsl.Fault;
import dev.agentplatform.workflow.dsl.Findings;
import dev.agentplatform.workflow.dsl.NodeTypes;
import dev.agentplatform.workflow.dsl.Validation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Workflows and their versions: definitions of the kind {@code workflow} whose bodies are checked. A draft may have
 * faults as long as it can be read as a workflow; a published version has none.
 */
public final class Workflows {
    /** As in {@code definition.kind}. */
    public static final String KIND = "workflow";

    private static final String DSL = "dsl_json";
    private static final Set<String> OUTSIDE_MAY_HELP = Set.of(Fault.MISSING_CONFIG, Fault.UNKNOWN_NODE);
    private static final int SOUND_KEPT_MAX = 10_000;

    private final Catalog catalog;
    private final NodeTypes types;
    private final QueueLimits limits;

    /** Versions that were checked and had no faults; a version never changes. */
    private final Set<UUID> sound = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
            return size() > SOUND_KEPT_MAX;
        }
    }));

    public Workflows(Catalog catalog, NodeTypes types, QueueLimits limits) {
        this.catalog = catalog;
        this.types = types;
        this.limits = limits;
    }

    // ---- workflows

    /** @param appId may be null @param description may be null @throws Problem 409 {@code code_taken} */
    public Definition create(String workspaceId, String code, String name, String appId, String description) {
        return catalog.create(workspaceId, new NewDefinition(KIND, code, name, appId, description));
    }

    /** @throws Problem 404 */
    public Definition find(String workspaceId, UUID id) {
        return catalog.find(workspaceId, KIND, id);
    }

    public Optional<Definition> findByCode(String workspaceId, String code) {
        return catalog.findByCode(workspaceId, KIND, code);
    }

    /** Filters that are null do not filter. */
    public Page<Definition> list(String workspaceId, String code, String name, String appId, PageRequest page) {
        return catalog.list(workspaceId, new DefinitionFilter(KIND, code, name, appId), page);
    }

    /**
     * What changes; null stays as it is.
     *
     * @param runsMax how many runs may execute at once, 0 for no limit
     */
    public record Patch(String name, String appId, String description, Integer runsMax) {}

    /** @throws Problem 404 */
    public Definition patch(String workspaceId, UUID id, Patch patch) {
        Definition changed =
                catalog.patch(workspaceId, KIND, id, patch.name(), patch.appId(), patch.description(), sql -> {
                    if (patch.runsMax() != null) QueueLimits.set(sql, workspaceId, id, patch.runsMax());
                    return null;
                });
        if (patch.runsMax() != null) limits.refresh();
        return changed;
    }

    /** How many runs of a workflow may execute at once; at most a second old. */
    public OptionalInt runsMax(Definition workflow) {
        return limits.of(workflow.workspaceId(), workflow.id());
    }

    /** @throws Problem 404, 409 {@code has_versions} */
    public void delete(String workspaceId, UUID id) {
        catalog.delete(workspaceId, KIND, id);
    }

    // ---- versions

    /** Every fault and warning at once. */
    public Findings check(JsonNode dsl) {
        return Validation.check(dsl, types);
    }

    /** @throws Problem 404, 422 with every fault that {@code status} does not allow */
    public DefinitionVersion save(String workspaceId, UUID workflowId, JsonNode dsl, VersionStatus status) {
        refuseFaults(dsl, status);
        return catalog.save(workspaceId, KIND, workflowId, dsl, status);
    }

    /** @throws Problem 404, 409 {@code version_archived}, 422 with every fault */
    public DefinitionVersion publish(String workspaceId, UUID versionId) {
        refuseFaults(catalog.body(workspaceId, KIND, versionId).body(), VersionStatus.PUBLISHED);
        return catalog.publish(workspaceId, KIND, versionId);
    }

    /** @throws Problem 404 */
    public DefinitionVersion archive(String workspaceId, UUID versionId) {
        return catalog.archive(workspaceId, KIND, versionId);
    }

    /** @throws Problem 404 */
    public DefinitionVersion version(String workspaceId, UUID versionId) {
        return catalog.version(workspaceId, KIND, versionId);
    }

    /** Without their bodies, by number; {@code status} null: all. @throws Problem 404 */
    public Page<DefinitionVersion> versions(
            String workspaceId, UUID workflowId, VersionStatus status, PageRequest page) {
        return catalog.versions(workspaceId, KIND, workflowId, status, page);
    }

    /**
     * The version that a run takes: the named one, which may be a draft, else the latest published one of the workflow.
     *
     * @param workflowId null when only the version is named
     * @param versionId null for the latest published one
     * @throws Problem 404 unknown, 409 {@code no_published_version}, 422 nothing named, or a version of another workflow
     */
    public VersionBody resolve(String workspaceId, UUID workflowId, UUID versionId) {
        if (versionId == null) {
            if (workflowId == null) throw Problem.invalid("workflow_id", "is required, or workflow_version_id");
            return catalog.latestPublished(workspaceId, KIND, workflowId);
        }
        VersionBody version = catalog.body(workspaceId, KIND, versionId);
        if (workflowId != null && !version.definitionId().equals(workflowId)) {
            find(workspaceId, workflowId);
            throw Problem.invalid("workflow_version_id", "is not a version of the workflow " + workflowId);
        }
        return version;
    }

    /**
     * A draft may have faults, a run of it may not.
     *
     * @throws Problem 422 with every fault
     */
    public void refuseFaults(VersionBody version) {
        if (sound.contains(version.id())) return;
        refuse(check(version.body()).faults());
        sound.add(version.id());
    }

    /**
     * A node that a run brings along, {@code {id, type, config}}. What is missing may come from an executor outside.
     *
     * @return every fault; the first of its path is {@code id}, {@code type} or {@code config}
     */
    public List<FieldError> faultsOfNode(JsonNode node) {
        ObjectNode document = Json.object();
        document.putArray("nodes").add(node);
        document.putArray("edges");
        String place = "nodes.0.";
        return check(document).faults().stream()
                .filter(fault -> fault.path().startsWith(place) && !OUTSIDE_MAY_HELP.contains(fault.code()))
                .map(fault -> new FieldError(fault.path().substring(place.length()), fault.message()))
                .toList();
    }

    // ---- exchange

    /** @param no null: the newest version @throws Problem 404, 409 {@code no_version} */
    public WorkflowFile export(String workspaceId, UUID workflowId, Integer no) {
        Definition workflow = find(workspaceId, workflowId);
        if (no == null && workflow.lastNo() == 0) {
            throw Problem.conflict("no_version", "The workflow has no version yet.");
        }
        DefinitionVersion version = catalog.version(workspaceId, KIND, workflowId, no == null ? workflow.lastNo() : no);
        return new WorkflowFile(
                workflow.code(),
                workflow.name(),
                workflow.appId(),
                workflow.description(),
                version.status() == VersionStatus.PUBLISHED ? VersionStatus.PUBLISHED : VersionStatus.DRAFT,
                version.body());
    }

    /** Makes the workflow with this code be as the file says. @throws Problem 422 with every fault */
    public Upserted importFile(String workspaceId, WorkflowFile file) {
        refuseFaults(file.dsl(), file.status());
        NewDefinition asked = new NewDefinition(KIND, file.code(), file.name(), file.appId(), file.description());
        return catalog.upsert(workspaceId, asked, file.dsl(), file.status());
    }

    private void refuseFaults(JsonNode dsl, VersionStatus status) {
        Findings findings = check(dsl);
        refuse(status == VersionStatus.PUBLISHED ? findings.faults() : findings.draftFaults());
    }

    private static void refuse(List<Fault> faults) {
        if (!faults.isEmpty())
            throw Problem.invalid(faults.stream().map(Workflows::error).toList());
    }

    private static FieldError error(Fault fault) {
        return new FieldError(fault.path().isEmpty() ? DSL : DSL + "." + fault.path(), fault.message());
    }
}
