package dev.agentplatform.catalog;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import dev.agentplatform.store.UniqueViolation;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Definitions of every kind and their versions. Versions count up under a lock on their definition, and their bodies
 * never change. A definition or version of another workspace is not found.
 */
public final class Catalog {
    private final Database database;
    private final Clock clock;
    private final Ids ids;
    private final VersionCache cache = new VersionCache();

    public Catalog(Database database, Clock clock, Ids ids) {
        this.database = database;
        this.clock = clock;
        this.ids = ids;
    }

    // ---- definitions

    /** @throws Problem 409 {@code code_taken} */
    public Definition create(String workspaceId, NewDefinition asked) {
        Definition definition = fresh(workspaceId, asked);
        try {
            return database.transact(sql -> {
                DefinitionTable.insert(sql, definition);
                return definition;
            });
        } catch (UniqueViolation taken) {
            throw Problem.conflict(
                    "code_taken", "There is a " + asked.kind() + " with the code '" + asked.code() + "' already.");
        }
    }

    /** @throws Problem 404 */
    public Definition find(String workspaceId, String kind, UUID id) {
        return database.read(sql -> DefinitionTable.find(sql, workspaceId, kind, id))
                .orElseThrow(() -> Problem.notFound(kind, id));
    }

    public Optional<Definition> findByCode(String workspaceId, String kind, String code) {
        return database.read(sql -> DefinitionTable.findByCode(sql, workspaceId, kind, code));
    }

    public Page<Definition> list(String workspaceId, DefinitionFilter filter, PageRequest page) {
        return database.read(sql -> DefinitionTable.list(sql, workspaceId, filter, page));
    }

    /** Changes what is not null. @throws Problem 404 */
    public Definition patch(String workspaceId, String kind, UUID id, String name, String appId, String description) {
        return patch(workspaceId, kind, id, name, appId, description, sql -> null);
    }

    /** {@link #patch}, with something of the kind's own room in the same transaction. */
    public Definition patch(
            String workspaceId,
            String kind,
            UUID id,
            String name,
            String appId,
            String description,
            Database.Work<?> own) {
        return database.transact(sql -> {
            Definition now = lock(sql, workspaceId, kind, id);
            own.run(sql);
            return rename(
                    sql,
                    now,
                    name == null ? now.name() : name,
                    appId == null ? now.appId() : appId,
                    description == null ? now.description() : description);
        });
    }

    /** Runs keep their version, so a definition that has versions stays. @throws Problem 404, 409 {@code has_versions} */
    public void delete(String workspaceId, String kind, UUID id) {
        database.transact(sql -> {
            Definition definition = lock(sql, workspaceId, kind, id);
            if (definition.lastNo() > 0) {
                throw Problem.conflict(
                        "has_versions", "A " + kind + " that has versions cannot be deleted; archive its versions.");
            }
            DefinitionTable.delete(sql, workspaceId, id);
            return null;
        });
    }

    // ---- versions

    /** Saves the next version. The kind's room has checked the body. @throws Problem 404 */
    public DefinitionVersion save(
            String workspaceId, String kind, UUID definitionId, JsonNode body, VersionStatus status) {
        return database.transact(sql -> append(sql, lock(sql, workspaceId, kind, definitionId), body, status));
    }

    /** What {@link #upsert} did. */
    public record Upserted(Definition definition, DefinitionVersion version, boolean created, boolean versionCreated) {}

    /**
     * Makes the definition with this code be as asked: creates it when it is missing, and saves a version when the newest
     * one has another body. {@code PUBLISHED} publishes the version that is there too. One transaction.
     */
    public Upserted upsert(String workspaceId, NewDefinition asked, JsonNode body, VersionStatus status) {
        // Stored text is what counts: 1.50 and 1.5 are read back as one number.
        JsonNode stored = Json.parse(Json.write(body));
        try {
            return database.transact(sql -> upsert(sql, workspaceId, asked, stored, status));
        } catch (UniqueViolation createdMeanwhile) {
            return database.transact(sql -> upsert(sql, workspaceId, asked, stored, status));
        }
    }

    /** Publishing what is published changes nothing. @throws Problem 404, 409 {@code version_archived} */
    public DefinitionVersion publish(String workspaceId, String kind, UUID versionId) {
        return move(workspaceId, kind, versionId, VersionStatus.PUBLISHED);
    }

    /** Takes a version out of use; runs that have begun keep it. @throws Problem 404 */
    public DefinitionVersion archive(String workspaceId, String kind, UUID versionId) {
        return move(workspaceId, kind, versionId, VersionStatus.ARCHIVED);
    }

    /** A version as it stands. @throws Problem 404 */
    public DefinitionVersion version(String workspaceId, String kind, UUID versionId) {
        return database.read(sql -> version(sql, workspaceId, kind, versionId));
    }

    /** @throws Problem 404 */
    public DefinitionVersion version(String workspaceId, String kind, UUID definitionId, int no) {
        return database.read(sql -> {
            if (DefinitionTable.find(sql, workspaceId, kind, definitionId).isEmpty()) {
                throw Problem.notFound(kind, definitionId);
            }
            return DefinitionTable.version(sql, workspaceId, definitionId, no)
                    .orElseThrow(() -> new Problem(404, "not_found", "The " + kind + " has no version " + no + "."));
        });
    }

    /** What never changes of a version, mostly without asking the database. @throws Problem 404 */
    public VersionBody body(String workspaceId, String kind, UUID versionId) {
        return cache.find(workspaceId, kind, versionId).orElseGet(() -> {
            VersionBody read = version(workspaceId, kind, versionId).fixed();
            cache.put(kind, read, Json.write(read.body()).length());
            return read;
        });
    }

    /** The published version with the highest number. @throws Problem 404, 409 {@code no_published_version} */
    public VersionBody latestPublished(String workspaceId, String kind, UUID definitionId) {
        UUID published = find(workspaceId, kind, definitionId).publishedVersionId();
        if (published == null) {
            throw Problem.conflict("no_published_version", "The " + kind + " has no published version.");
        }
        return body(workspaceId, kind, published);
    }

    /** Versions without their bodies; {@code status} null: all. @throws Problem 404 */
    public Page<DefinitionVersion> versions(
            String workspaceId, String kind, UUID definitionId, VersionStatus status, PageRequest page) {
        return database.read(sql -> {
            if (DefinitionTable.find(sql, workspaceId, kind, definitionId).isEmpty()) {
                throw Problem.notFound(kind, definitionId);
            }
            return DefinitionTable.versions(sql, workspaceId, definitionId, status, page);
        });
    }

    // ---- inside a transaction

    private Definition fresh(String workspaceId, NewDefinition asked) {
        long now = clock.millis();
        return new Definition(
                ids.next(),
                workspaceId,
                asked.kind(),
                asked.type(),
                asked.code(),
                asked.name(),
                asked.appId(),
                asked.description(),
                null,
                0,
                now,
                now);
    }

    private static Definition lock(Sql sql, String workspaceId, String kind, UUID id) throws SQLException {
        return DefinitionTable.lock(sql, workspaceId, kind, id).orElseThrow(() -> Problem.notFound(kind, id));
    }

    private static DefinitionVersion version(Sql sql, String workspaceId, String kind, UUID versionId)
            throws SQLException {
        Optional<DefinitionVersion> version = DefinitionTable.version(sql, workspaceId, versionId);
        if (version.isEmpty()
                || DefinitionTable.find(sql, workspaceId, kind, version.get().definitionId())
                        .isEmpty()) {
            throw Problem.notFound(kind + " version", versionId);
        }
        return version.get();
    }

    private Definition rename(Sql sql, Definition before, String name, String appId, String description)
            throws SQLException {
        boolean same = before.name().equals(name)
                && Objects.equals(before.appId(), appId)
                && Objects.equals(before.description(), description);
        if (same) return before;
        Definition after = new Definition(
                before.id(),
                before.workspaceId(),
                before.kind(),
                before.type(),
                before.code(),
                name,
                appId,
                description,
                before.publishedVersionId(),
                before.lastNo(),
                before.createdTime(),
                clock.millis());
        DefinitionTable.update(sql, after);
        return after;
    }

    private DefinitionVersion append(Sql sql, Definition definition, JsonNode body, VersionStatus status)
            throws SQLException {
        long now = clock.millis();
        DefinitionVersion version = new DefinitionVersion(
                ids.next(),
                definition.workspaceId(),
                definition.id(),
                definition.lastNo() + 1,
                status,
                body,
                now,
                status == VersionStatus.PUBLISHED ? now : 0);
        DefinitionTable.insert(sql, version);
        DefinitionTable.summarize(sql, definition.workspaceId(), definition.id(), now);
        return version;
    }

    private DefinitionVersion move(String workspaceId, String kind, UUID versionId, VersionStatus status) {
        return database.transact(sql -> {
            // The lock comes before the look, so that two moves of one version cannot cross.
            lock(
                    sql,
                    workspaceId,
                    kind,
                    version(sql, workspaceId, kind, versionId).definitionId());
            return move(sql, version(sql, workspaceId, kind, versionId), status);
        });
    }

    private DefinitionVersion move(Sql sql, DefinitionVersion before, VersionStatus status) throws SQLException {
        if (before.status() == status) return before;
        if (before.status() == VersionStatus.ARCHIVED) {
            throw Problem.conflict(
                    "version_archived", "An archived version cannot be published; save it as a new one.");
        }
        long now = clock.millis();
        DefinitionVersion after = new DefinitionVersion(
                before.id(),
                before.workspaceId(),
                before.definitionId(),
                before.versionNo(),
                status,
                before.body(),
                before.createdTime(),
                status == VersionStatus.PUBLISHED ? now : before.publishedTime());
        DefinitionTable.setStatus(sql, after);
        DefinitionTable.summarize(sql, before.workspaceId(), before.definitionId(), now);
        return after;
    }

    private Upserted upsert(Sql sql, String workspaceId, NewDefinition asked, JsonNode body, VersionStatus status)
            throws SQLException {
        Optional<Definition> known = DefinitionTable.findByCode(sql, workspaceId, asked.kind(), asked.code());
        Definition definition;
        if (known.isPresent()) {
            Definition locked = lock(sql, workspaceId, asked.kind(), known.get().id());
            definition = rename(sql, locked, asked.name(), asked.appId(), asked.description());
        } else {
            definition = fresh(workspaceId, asked);
            DefinitionTable.insert(sql, definition);
        }
        Optional<DefinitionVersion> newest =
                DefinitionTable.version(sql, workspaceId, definition.id(), definition.lastNo());
        boolean keep = newest.isPresent()
                && newest.get().status() != VersionStatus.ARCHIVED
                && newest.get().body().equals(body);
        DefinitionVersion version;
        if (!keep) version = append(sql, definition, body, status);
        else if (status == VersionStatus.PUBLISHED) version = move(sql, newest.get(), status);
        else version = newest.get();
        Definition stored = lock(sql, workspaceId, asked.kind(), definition.id());
        return new Upserted(stored, version, known.isEmpty(), !keep);
    }
}
