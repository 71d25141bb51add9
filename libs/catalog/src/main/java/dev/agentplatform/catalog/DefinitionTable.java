package dev.agentplatform.catalog;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** The SQL of definitions and versions, for both databases. */
final class DefinitionTable {
    private static final String DEFINITION = "SELECT id, workspace_id, kind, type, code, name, app_id, description,"
            + " published_version_id, last_no, created_time, updated_time FROM definition"
            + " WHERE workspace_id = ?";
    private static final String VERSION = "SELECT id, workspace_id, definition_id, version_no, status, body,"
            + " created_time, published_time FROM definition_version WHERE workspace_id = ?";
    private static final String VERSION_WITHOUT_BODY = "SELECT id, workspace_id, definition_id, version_no, status,"
            + " NULL AS body, created_time, published_time FROM definition_version WHERE workspace_id = ?";

    private DefinitionTable() {}

    // ---- definitions

    static void insert(Sql sql, Definition definition) throws SQLException {
        sql.update(
                "INSERT INTO definition (id, workspace_id, kind, type, code, name, app_id, description,"
                        + " published_version_id, last_no, created_time, updated_time)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 0, ?, ?)",
                definition.id(),
                definition.workspaceId(),
                definition.kind(),
                definition.type(),
                definition.code(),
                definition.name(),
                definition.appId(),
                definition.description(),
                definition.createdTime(),
                definition.updatedTime());
    }

    static Optional<Definition> find(Sql sql, String workspaceId, String kind, UUID id) throws SQLException {
        return sql.one(DEFINITION + " AND id = ? AND kind = ?", DefinitionTable::definition, workspaceId, id, kind);
    }

    /** {@link #find}, and nobody else changes the definition or its versions until the transaction ends. */
    static Optional<Definition> lock(Sql sql, String workspaceId, String kind, UUID id) throws SQLException {
        return sql.one(
                DEFINITION + " AND id = ? AND kind = ?" + sql.dialect().forUpdate(),
                DefinitionTable::definition,
                workspaceId,
                id,
                kind);
    }

    static Optional<Definition> findByCode(Sql sql, String workspaceId, String kind, String code) throws SQLException {
        return sql.one(DEFINITION + " AND kind = ? AND code = ?", DefinitionTable::definition, workspaceId, kind, code);
    }

    static Page<Definition> list(Sql sql, String workspaceId, DefinitionFilter filter, PageRequest page)
            throws SQLException {
        return Listing.of(DEFINITION, workspaceId)
                .where("kind", filter.kind())
                .where("type", filter.type())
                .where("code", filter.code())
                .where("name", filter.name())
                .where("app_id", filter.appId())
                .page(sql, page, DefinitionTable::definition, Definition::id);
    }

    static void update(Sql sql, Definition definition) throws SQLException {
        sql.update(
                "UPDATE definition SET name = ?, app_id = ?, description = ?, updated_time = ?"
                        + " WHERE id = ? AND workspace_id = ?",
                definition.name(),
                definition.appId(),
                definition.description(),
                definition.updatedTime(),
                definition.id(),
                definition.workspaceId());
    }

    static void delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        sql.update("DELETE FROM definition WHERE id = ? AND workspace_id = ?", id, workspaceId);
    }

    // ---- versions

    static void insert(Sql sql, DefinitionVersion version) throws SQLException {
        sql.update(
                "INSERT INTO definition_version (id, workspace_id, definition_id, version_no, status, body,"
                        + " created_time, published_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                version.id(),
                version.workspaceId(),
                version.definitionId(),
                version.versionNo(),
                version.status().word(),
                Json.write(version.body()),
                version.createdTime(),
                version.publishedTime() == 0 ? null : version.publishedTime());
    }

    static Optional<DefinitionVersion> version(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(VERSION + " AND id = ?", DefinitionTable::version, workspaceId, id);
    }

    static Optional<DefinitionVersion> version(Sql sql, String workspaceId, UUID definitionId, int no)
            throws SQLException {
        return sql.one(
                VERSION + " AND definition_id = ? AND version_no = ?",
                DefinitionTable::version,
                workspaceId,
                definitionId,
                no);
    }

    static Page<DefinitionVersion> versions(
            Sql sql, String workspaceId, UUID definitionId, VersionStatus status, PageRequest page)
            throws SQLException {
        return Listing.of(VERSION_WITHOUT_BODY, workspaceId)
                .where("definition_id", definitionId)
                .where("status", status == null ? null : status.word())
                .page(sql, page, DefinitionTable::version, DefinitionVersion::id);
    }

    static void setStatus(Sql sql, DefinitionVersion version) throws SQLException {
        sql.update(
                "UPDATE definition_version SET status = ?, published_time = ? WHERE id = ? AND workspace_id = ?",
                version.status().word(),
                version.publishedTime() == 0 ? null : version.publishedTime(),
                version.id(),
                version.workspaceId());
    }

    /** Brings what the definition says about its versions in line with them. */
    static void summarize(Sql sql, String workspaceId, UUID definitionId, long now) throws SQLException {
        sql.update(
                "UPDATE definition SET updated_time = ?,"
                        + " last_no = (SELECT COALESCE(MAX(version_no), 0) FROM definition_version"
                        + " WHERE definition_id = ? AND workspace_id = ?),"
                        + " published_version_id = (SELECT id FROM definition_version WHERE definition_id = ?"
                        + " AND workspace_id = ? AND status = 'published' ORDER BY version_no DESC LIMIT 1)"
                        + " WHERE id = ? AND workspace_id = ?",
                now,
                definitionId,
                workspaceId,
                definitionId,
                workspaceId,
                definitionId,
                workspaceId);
    }

    private static Definition definition(Row row) throws SQLException {
        return new Definition(
                row.id("id"),
                row.text("workspace_id"),
                row.text("kind"),
                row.text("type"),
                row.text("code"),
                row.text("name"),
                row.text("app_id"),
                row.text("description"),
                row.idOrNull("published_version_id"),
                row.small("last_no"),
                row.number("created_time"),
                row.number("updated_time"));
    }

    private static DefinitionVersion version(Row row) throws SQLException {
        Long publishedTime = row.numberOrNull("published_time");
        return new DefinitionVersion(
                row.id("id"),
                row.text("workspace_id"),
                row.id("definition_id"),
                row.small("version_no"),
                VersionStatus.of(row.text("status")).orElseThrow(),
                row.json("body"),
                row.number("created_time"),
                publishedTime == null ? 0 : publishedTime);
    }
}
