package dev.agentplatform.service;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Problem;
import java.util.UUID;

/** Finds definitions of one kind as people name them: by id or by code, at a version or at the latest published one. */
public final class Definitions {
    private final Catalog catalog;
    private final DefinitionKind kind;

    public Definitions(Catalog catalog, DefinitionKind kind) {
        this.catalog = catalog;
        this.kind = kind;
    }

    public DefinitionKind kind() {
        return kind;
    }

    /** @throws Problem 404 */
    public Definition find(String workspaceId, String idOrCode) {
        return Ids.parse(idOrCode)
                .map(id -> catalog.find(workspaceId, kind.name(), id))
                .orElseGet(() -> catalog.findByCode(workspaceId, kind.name(), idOrCode)
                        .orElseThrow(() -> Problem.notFound(kind.name(), idOrCode)));
    }

    /**
     * The version that a run takes: the named one, which may be a draft, else the latest published one.
     *
     * @param idOrCode null when only the version is named
     * @param versionId null for the latest published one
     * @throws Problem 404, 409 {@code no_published_version}, 422 when nothing is named or the version is of another one
     */
    public VersionBody resolve(String workspaceId, String idOrCode, UUID versionId) {
        if (versionId == null) {
            if (idOrCode == null) {
                throw Problem.invalid(kind.idField(), "is required, or " + kind.versionIdField());
            }
            return catalog.latestPublished(
                    workspaceId, kind.name(), find(workspaceId, idOrCode).id());
        }
        VersionBody version = catalog.body(workspaceId, kind.name(), versionId);
        if (idOrCode != null && !find(workspaceId, idOrCode).id().equals(version.definitionId())) {
            throw Problem.invalid(kind.versionIdField(), "is not a version of the " + kind.name() + " " + idOrCode);
        }
        return version;
    }

    /** A version by its id. @throws Problem 404 */
    public VersionBody version(String workspaceId, UUID versionId) {
        return catalog.body(workspaceId, kind.name(), versionId);
    }
}
