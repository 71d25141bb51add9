package dev.agentplatform.event;

import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** The SQL of {@code inbound_endpoint}. */
final class InboundTable {
    private InboundTable() {}

    static void insert(Sql sql, InboundEndpoint it) throws SQLException {
        sql.update(
                "INSERT INTO inbound_endpoint (workspace_id, id, hook_key, name, event_type, source_service, signature,"
                        + " status, secret, created_time, updated_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                it.workspaceId(),
                it.id(),
                it.key(),
                it.name(),
                it.eventType(),
                it.sourceService(),
                it.signature(),
                it.active() ? "active" : "disabled",
                it.secret(),
                it.createdTime(),
                it.updatedTime());
    }

    static boolean update(Sql sql, InboundEndpoint it) throws SQLException {
        return sql.update(
                        "UPDATE inbound_endpoint SET name = ?, event_type = ?, source_service = ?, signature = ?,"
                                + " status = ?, secret = ?, updated_time = ? WHERE workspace_id = ? AND id = ?",
                        it.name(),
                        it.eventType(),
                        it.sourceService(),
                        it.signature(),
                        it.active() ? "active" : "disabled",
                        it.secret(),
                        it.updatedTime(),
                        it.workspaceId(),
                        it.id())
                == 1;
    }

    static boolean delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.update("DELETE FROM inbound_endpoint WHERE workspace_id = ? AND id = ?", workspaceId, id) == 1;
    }

    static Optional<InboundEndpoint> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                "SELECT * FROM inbound_endpoint WHERE workspace_id = ? AND id = ?",
                InboundTable::read,
                workspaceId,
                id);
    }

    static Optional<InboundEndpoint> ofKey(Sql sql, String workspaceId, String key) throws SQLException {
        return sql.one(
                "SELECT * FROM inbound_endpoint WHERE workspace_id = ? AND hook_key = ?",
                InboundTable::read,
                workspaceId,
                key);
    }

    static Page<InboundEndpoint> page(Sql sql, String workspaceId, PageRequest page) throws SQLException {
        return Listing.of("SELECT * FROM inbound_endpoint WHERE workspace_id = ?", workspaceId)
                .page(sql, page, InboundTable::read, InboundEndpoint::id);
    }

    private static InboundEndpoint read(Row row) throws SQLException {
        return new InboundEndpoint(
                row.id("id"),
                row.text("workspace_id"),
                row.text("hook_key"),
                row.text("name"),
                row.text("event_type"),
                row.text("source_service"),
                row.text("signature"),
                row.text("status").equals("active"),
                row.text("secret"),
                row.number("created_time"),
                row.number("updated_time"));
    }
}
