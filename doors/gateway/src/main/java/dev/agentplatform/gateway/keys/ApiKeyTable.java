package dev.agentplatform.gateway.keys;

import dev.agentplatform.auth.Words;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The SQL of API keys. */
final class ApiKeyTable {
    private static final String KEY = "SELECT id, workspace_id, name, prefix, scopes, user_id, status, expires_time,"
            + " last_used_time, created_time, updated_time FROM api_key WHERE workspace_id = ?";

    private ApiKeyTable() {}

    /** Which keys a list shows; null does not filter. */
    record Filter(String name, String status, String userId, String prefix) {}

    static void insert(Sql sql, ApiKey key, byte[] hash) throws SQLException {
        sql.update(
                "INSERT INTO api_key (id, workspace_id, name, prefix, hash, scopes, user_id, status, expires_time,"
                        + " last_used_time, created_time, updated_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                key.id(),
                key.workspaceId(),
                key.name(),
                key.prefix(),
                hash,
                key.scopes().isEmpty() ? null : Json.write(Words.json(key.scopes())),
                key.userId(),
                key.status(),
                key.expiresTime() == 0 ? null : key.expiresTime(),
                key.lastUsedTime() == 0 ? null : key.lastUsedTime(),
                key.createdTime(),
                key.updatedTime());
    }

    /** Whether this is the first key of the installation; who comes at the same moment waits and is told no. */
    static boolean claimFirst(Sql sql, UUID keyId, long now) throws SQLException {
        return sql.update(
                        "INSERT INTO api_key_first (id, api_key_id, created_time) VALUES (1, ?, ?)"
                                + " ON CONFLICT (id) DO NOTHING",
                        keyId,
                        now)
                == 1;
    }

    static boolean anyKey(Sql sql) throws SQLException {
        return sql.one("SELECT id FROM api_key_first WHERE id = 1", row -> row.small("id"))
                .isPresent();
    }

    /** In whatever workspace it is: the key itself says where it belongs. */
    static Optional<ApiKey> findByHash(Sql sql, byte[] hash) throws SQLException {
        return sql.one(
                "SELECT id, workspace_id, name, prefix, scopes, user_id, status, expires_time, last_used_time,"
                        + " created_time, updated_time FROM api_key WHERE hash = ?",
                ApiKeyTable::read,
                hash);
    }

    static Optional<ApiKey> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(KEY + " AND id = ?", ApiKeyTable::read, workspaceId, id);
    }

    /** Nobody else changes the key until the transaction ends. */
    static Optional<ApiKey> lock(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(KEY + " AND id = ?" + sql.dialect().forUpdate(), ApiKeyTable::read, workspaceId, id);
    }

    static Page<ApiKey> list(Sql sql, String workspaceId, Filter filter, PageRequest page) throws SQLException {
        return Listing.of(KEY, workspaceId)
                .where("name", filter.name())
                .where("status", filter.status())
                .where("user_id", filter.userId())
                .where("prefix", filter.prefix())
                .page(sql, page, ApiKeyTable::read, ApiKey::id);
    }

    static void setStatus(Sql sql, ApiKey key) throws SQLException {
        sql.update(
                "UPDATE api_key SET status = ?, updated_time = ? WHERE workspace_id = ? AND id = ?",
                key.status(),
                key.updatedTime(),
                key.workspaceId(),
                key.id());
    }

    static void used(Sql sql, String workspaceId, UUID id, long time) throws SQLException {
        sql.update(
                "UPDATE api_key SET last_used_time = ? WHERE workspace_id = ? AND id = ?"
                        + " AND (last_used_time IS NULL OR last_used_time < ?)",
                time,
                workspaceId,
                id,
                time);
    }

    private static ApiKey read(Row row) throws SQLException {
        JsonNode scopes = row.json("scopes");
        return new ApiKey(
                row.id("id"),
                row.text("workspace_id"),
                row.text("name"),
                row.text("prefix"),
                Json.isNothing(scopes) ? List.of() : Words.read(scopes),
                row.text("user_id"),
                row.text("status"),
                orZero(row.numberOrNull("expires_time")),
                orZero(row.numberOrNull("last_used_time")),
                row.number("created_time"),
                row.number("updated_time"));
    }

    private static long orZero(Long time) {
        return time == null ? 0 : time;
    }
}
