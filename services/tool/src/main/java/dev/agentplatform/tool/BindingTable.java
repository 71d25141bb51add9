package dev.agentplatform.tool;

import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of {@code tool_binding}, for both databases. */
final class BindingTable {
    private static final String SELECT = "SELECT id, workspace_id, tool_id, tool_version_id, scope_type, scope_id,"
            + " config, credential_id, created_time, updated_time FROM tool_binding WHERE workspace_id = ?";

    private BindingTable() {}

    /** Filters that are null do not filter. */
    record Filter(UUID toolId, String scopeType, String scopeId, UUID credentialId) {}

    static void insert(Sql sql, Binding binding) throws SQLException {
        sql.update(
                "INSERT INTO tool_binding (id, workspace_id, tool_id, tool_version_id, scope_type, scope_id, config,"
                        + " credential_id, created_time, updated_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                binding.id(),
                binding.workspaceId(),
                binding.toolId(),
                binding.versionId(),
                binding.scope().type(),
                binding.scope().id(),
                binding.config(),
                binding.credentialId(),
                binding.createdTime(),
                binding.updatedTime());
    }

    static Optional<Binding> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(SELECT + " AND id = ?", BindingTable::read, workspaceId, id);
    }

    static Optional<Binding> lock(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(SELECT + " AND id = ?" + sql.dialect().forUpdate(), BindingTable::read, workspaceId, id);
    }

    static Page<Binding> list(Sql sql, String workspaceId, Filter filter, PageRequest page) throws SQLException {
        return Listing.of(SELECT, workspaceId)
                .where("tool_id", filter.toolId())
                .where("scope_type", filter.scopeType())
                .where("scope_id", filter.scopeId())
                .where("credential_id", filter.credentialId())
                .page(sql, page, BindingTable::read, Binding::id);
    }

    /** The newest binding of a tool for one scope. */
    static Optional<Binding> newest(Sql sql, String workspaceId, UUID toolId, String scopeType, String scopeId)
            throws SQLException {
        return sql.one(
                SELECT + " AND tool_id = ? AND scope_type = ? AND scope_id = ? ORDER BY id DESC LIMIT 1",
                BindingTable::read,
                workspaceId,
                toolId,
                scopeType,
                scopeId);
    }

    static void update(Sql sql, Binding binding) throws SQLException {
        sql.update(
                "UPDATE tool_binding SET tool_version_id = ?, scope_type = ?, scope_id = ?, config = ?,"
                        + " credential_id = ?, updated_time = ? WHERE workspace_id = ? AND id = ?",
                binding.versionId(),
                binding.scope().type(),
                binding.scope().id(),
                binding.config(),
                binding.credentialId(),
                binding.updatedTime(),
                binding.workspaceId(),
                binding.id());
    }

    static void delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        sql.update("DELETE FROM tool_binding WHERE workspace_id = ? AND id = ?", workspaceId, id);
    }

    /** Some of the bindings that use a credential, at most {@code limit}. */
    static List<UUID> using(Sql sql, String workspaceId, UUID credentialId, int limit) throws SQLException {
        return sql.list(
                "SELECT id FROM tool_binding WHERE workspace_id = ? AND credential_id = ? LIMIT ?",
                row -> row.id("id"),
                workspaceId,
                credentialId,
                limit);
    }

    private static Binding read(Row row) throws SQLException {
        return new Binding(
                row.id("id"),
                row.text("workspace_id"),
                row.id("tool_id"),
                row.idOrNull("tool_version_id"),
                new ToolScope(row.text("scope_type"), row.text("scope_id")),
                row.json("config"),
                row.idOrNull("credential_id"),
                row.number("created_time"),
                row.number("updated_time"));
    }
}
