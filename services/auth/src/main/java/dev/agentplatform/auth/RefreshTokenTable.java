package dev.agentplatform.auth;

import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** The SQL of refresh tokens. */
final class RefreshTokenTable {
    private RefreshTokenTable() {}

    static void insert(Sql sql, RefreshToken token, byte[] hash, long now) throws SQLException {
        sql.update(
                "INSERT INTO auth_refresh_token (id, workspace_id, family_id, user_id, hash, status, expires_time,"
                        + " created_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                token.id(),
                token.workspaceId(),
                token.familyId(),
                token.userId(),
                hash,
                token.status(),
                token.expiresTime(),
                now);
    }

    /** In whatever workspace it is: the token itself says where its user is. */
    static Optional<RefreshToken> find(Sql sql, byte[] hash) throws SQLException {
        return sql.one(
                "SELECT id, workspace_id, family_id, user_id, status, expires_time FROM auth_refresh_token"
                        + " WHERE hash = ?",
                RefreshTokenTable::read,
                hash);
    }

    /** One caller wins. */
    static boolean use(Sql sql, RefreshToken token) throws SQLException {
        return sql.update(
                        "UPDATE auth_refresh_token SET status = 'used' WHERE workspace_id = ? AND id = ?"
                                + " AND status = 'open'",
                        token.workspaceId(),
                        token.id())
                == 1;
    }

    static void revokeFamily(Sql sql, RefreshToken token) throws SQLException {
        sql.update(
                "UPDATE auth_refresh_token SET status = 'revoked' WHERE workspace_id = ? AND family_id = ?",
                token.workspaceId(),
                token.familyId());
    }

    static void revokeAll(Sql sql, String workspaceId, UUID userId) throws SQLException {
        sql.update(
                "UPDATE auth_refresh_token SET status = 'revoked' WHERE workspace_id = ? AND user_id = ?",
                workspaceId,
                userId);
    }

    /** Of all workspaces. */
    static int purge(Sql sql, long before, int limit) throws SQLException {
        return sql.update(
                "DELETE FROM auth_refresh_token WHERE id IN (SELECT id FROM auth_refresh_token"
                        + " WHERE expires_time < ? ORDER BY expires_time LIMIT ?)",
                before,
                limit);
    }

    private static RefreshToken read(Row row) throws SQLException {
        return new RefreshToken(
                row.id("id"),
                row.text("workspace_id"),
                row.id("family_id"),
                row.id("user_id"),
                row.text("status"),
                row.number("expires_time"));
    }
}
