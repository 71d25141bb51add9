package dev.agentplatform.auth;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** The SQL of users. */
final class UserTable {
    private static final String USER = "SELECT id, workspace_id, username, display_name, email, password_hash, status,"
            + " created_time, updated_time FROM auth_user WHERE workspace_id = ?";

    private UserTable() {}

    /** Which users a list shows; null does not filter. */
    record Filter(String username, String email, String status) {}

    static void insert(Sql sql, User user) throws SQLException {
        sql.update(
                "INSERT INTO auth_user (id, workspace_id, username, display_name, email, password_hash, status,"
                        + " created_time, updated_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                user.id(),
                user.workspaceId(),
                user.username(),
                user.displayName(),
                user.email(),
                user.passwordHash(),
                user.status(),
                user.createdTime(),
                user.updatedTime());
    }

    static Optional<User> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(USER + " AND id = ?", UserTable::read, workspaceId, id);
    }

    /** Nobody else changes the user until the transaction ends. */
    static Optional<User> lock(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(USER + " AND id = ?" + sql.dialect().forUpdate(), UserTable::read, workspaceId, id);
    }

    /** @param named an id, or a user name; no user name looks like an id */
    static Optional<User> named(Sql sql, String workspaceId, String named) throws SQLException {
        Optional<UUID> id = Ids.parse(named);
        if (id.isPresent()) return find(sql, workspaceId, id.get());
        return sql.one(USER + " AND username = ?", UserTable::read, workspaceId, named);
    }

    static Page<User> list(Sql sql, String workspaceId, Filter filter, PageRequest page) throws SQLException {
        return Listing.of(USER, workspaceId)
                .where("username", filter.username())
                .where("email", filter.email())
                .where("status", filter.status())
                .page(sql, page, UserTable::read, User::id);
    }

    static void update(Sql sql, User user) throws SQLException {
        sql.update(
                "UPDATE auth_user SET display_name = ?, email = ?, password_hash = ?, status = ?, updated_time = ?"
                        + " WHERE workspace_id = ? AND id = ?",
                user.displayName(),
                user.email(),
                user.passwordHash(),
                user.status(),
                user.updatedTime(),
                user.workspaceId(),
                user.id());
    }

    static void delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        sql.update("DELETE FROM auth_assignment WHERE workspace_id = ? AND user_id = ?", workspaceId, id);
        sql.update("DELETE FROM auth_refresh_token WHERE workspace_id = ? AND user_id = ?", workspaceId, id);
        sql.update("DELETE FROM auth_user WHERE workspace_id = ? AND id = ?", workspaceId, id);
    }

    private static User read(Row row) throws SQLException {
        return new User(
                row.id("id"),
                row.text("workspace_id"),
                row.text("username"),
                row.text("display_name"),
                row.text("email"),
                row.text("password_hash"),
                row.text("status"),
                row.number("created_time"),
                row.number("updated_time"));
    }
}
