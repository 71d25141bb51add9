package dev.agentplatform.tool;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.Catalog.Upserted;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.DefinitionFilter;
import dev.agentplatform.catalog.DefinitionVersion;
import dev.agentplatform.catalog.NewDefinition;
import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Tools and their versions: definitions of the kind {@code tool}, whose bodies are checked when they are saved. */
public final class Tools {
    /** As in {@code definition.kind}. */
    public static final String KIND = "tool";

    private final Catalog catalog;

    Tools(Catalog catalog) {
        this.catalog = catalog;
    }

    /** @throws Problem 409 {@code code_taken} */
    Definition create(String workspaceId, String code, String name, ToolType type, String description) {
        return catalog.create(workspaceId, asked(code, name, type, description));
    }

    /** @throws Problem 404 */
    public Definition find(String workspaceId, UUID id) {
        return catalog.find(workspaceId, KIND, id);
    }

    /** @param idOrCode an id is looked up first @throws Problem 404 */
    Definition find(String workspaceId, String idOrCode) {
        Optional<UUID> id = Ids.parse(idOrCode);
        if (id.isPresent()) return find(workspaceId, id.get());
        return findByCode(workspaceId, idOrCode).orElseThrow(() -> Problem.notFound(KIND, idOrCode));
    }

    Optional<Definition> findByCode(String workspaceId, String code) {
        return catalog.findByCode(workspaceId, KIND, code);
    }

    /** Filters that are null do not filter. */
    Page<Definition> list(String workspaceId, String type, String code, String name, PageRequest page) {
        return catalog.list(workspaceId, new DefinitionFilter(KIND, type, code, name, null), page);
    }

    /** Changes what is not null. @throws Problem 404 */
    Definition patch(String workspaceId, UUID id, String name, String description) {
        return catalog.patch(workspaceId, KIND, id, name, null, description);
    }

    /** @throws Problem 404, 409 {@code has_versions} */
    void delete(String workspaceId, UUID id) {
        catalog.delete(workspaceId, KIND, id);
    }

    /** @throws Problem 404, 422 with every fault of the body */
    DefinitionVersion save(String workspaceId, UUID toolId, JsonNode body, VersionStatus status) {
        ToolVersionCheck.check(type(find(workspaceId, toolId)), body);
        return catalog.save(workspaceId, KIND, toolId, body, status);
    }

    /** Creates the tool when it is missing, and saves a version when the newest one differs. @throws Problem 422 */
    Upserted upsert(String workspaceId, String code, String name, ToolType type, String description, JsonNode body) {
        ToolVersionCheck.check(type, body);
        return catalog.upsert(workspaceId, asked(code, name, type, description), body, VersionStatus.PUBLISHED);
    }

    /** @throws Problem 404, 409 {@code version_archived} */
    DefinitionVersion publish(String workspaceId, UUID versionId) {
        return catalog.publish(workspaceId, KIND, versionId);
    }

    /** @throws Problem 404 */
    DefinitionVersion archive(String workspaceId, UUID versionId) {
        return catalog.archive(workspaceId, KIND, versionId);
    }

    /** @throws Problem 404 */
    DefinitionVersion version(String workspaceId, UUID versionId) {
        return catalog.version(workspaceId, KIND, versionId);
    }

    /** Its newest version, whatever its status. @throws Problem 404 */
    DefinitionVersion newest(String workspaceId, Definition tool) {
        return catalog.version(workspaceId, KIND, tool.id(), tool.lastNo());
    }

    /** Without their bodies, by number; {@code status} null: all. @throws Problem 404 */
    Page<DefinitionVersion> versions(String workspaceId, UUID toolId, VersionStatus status, PageRequest page) {
        return catalog.versions(workspaceId, KIND, toolId, status, page);
    }

    /**
     * The version that a call takes: the named one, which may be a draft, else the latest published one.
     *
     * @param toolId null when only the version is named
     * @param versionId null for the latest published one
     * @throws Problem 404, 409 {@code no_published_version}, 422 for a version of another tool
     */
    ToolVersion resolve(String workspaceId, UUID toolId, UUID versionId) {
        VersionBody version = versionId == null
                ? catalog.latestPublished(workspaceId, KIND, toolId)
                : catalog.body(workspaceId, KIND, versionId);
        Definition tool = find(workspaceId, version.definitionId());
        if (toolId != null && !tool.id().equals(toolId)) {
            throw Problem.invalid("tool_version_id", "is not a version of the tool " + toolId);
        }
        return new ToolVersion(tool, type(tool), version);
    }

    static ToolType type(Definition tool) {
        return ToolType.of(tool.type()).orElse(ToolType.HTTP);
    }

    private static NewDefinition asked(String code, String name, ToolType type, String description) {
        return new NewDefinition(KIND, type.word(), code, name, null, description);
    }
}
