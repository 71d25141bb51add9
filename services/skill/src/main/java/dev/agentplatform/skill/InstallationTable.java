package dev.agentplatform.skill;

import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** The SQL of installations, for both databases. */
final class InstallationTable {
    private static final String SELECT =
            "SELECT id, workspace_id, skill_id, install_scope, scope_id, installed_by, status,"
                    + " created_time, updated_time FROM skill_installation WHERE workspace_id = ?";

    private InstallationTable() {}

    /** Installing again makes it active again. */
    static Installation put(Sql sql, Installation asked) throws SQLException {
        sql.update(
                "INSERT INTO skill_installation (id, workspace_id, skill_id, install_scope, scope_id, installed_by,"
                        + " status, created_time, updated_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (workspace_id, skill_id, install_scope, scope_id) DO UPDATE SET"
                        + " status = excluded.status, installed_by = excluded.installed_by,"
                        + " updated_time = excluded.updated_time",
                asked.id(),
                asked.workspaceId(),
                asked.skillId(),
                asked.scope(),
                asked.scopeId(),
                asked.installedBy(),
                asked.status(),
                asked.createdTime(),
                asked.updatedTime());
        return sql.one(
                        SELECT + " AND skill_id = ? AND install_scope = ? AND scope_id = ?",
                        InstallationTable::installation,
                        asked.workspaceId(),
                        asked.skillId(),
                        asked.scope(),
                        asked.scopeId())
                .orElseThrow();
    }

    static Optional<Installation> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(SELECT + " AND id = ?", InstallationTable::installation, workspaceId, id);
    }

    static Page<Installation> list(
            Sql sql, String workspaceId, UUID skillId, String scope, String scopeId, String status, PageRequest page)
            throws SQLException {
        return Listing.of(SELECT, workspaceId)
                .where("skill_id", skillId)
                .where("install_scope", scope)
                .where("scope_id", scopeId)
                .where("status", status)
                .page(sql, page, InstallationTable::installation, Installation::id);
    }

    static int setStatus(Sql sql, String workspaceId, UUID id, String status, long now) throws SQLException {
        return sql.update(
                "UPDATE skill_installation SET status = ?, updated_time = ? WHERE id = ? AND workspace_id = ?",
                status,
                now,
                id,
                workspaceId);
    }

    static int delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.update("DELETE FROM skill_installation WHERE id = ? AND workspace_id = ?", id, workspaceId);
    }

    private static Installation installation(Row row) throws SQLException {
        return new Installation(
                row.id("id"),
                row.text("workspace_id"),
                row.id("skill_id"),
                row.text("install_scope"),
                row.text("scope_id"),
                row.text("installed_by"),
                row.text("status"),
                row.number("created_time"),
                row.number("updated_time"));
    }
}
