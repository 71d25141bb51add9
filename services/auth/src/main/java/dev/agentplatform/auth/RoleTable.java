package dev.agentplatform.auth;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of roles and of who has them. */
final class RoleTable {
    private static final String ROLE = "SELECT id, workspace_id, code, name, permissions, created_time, updated_time"
            + " FROM auth_role WHERE workspace_id = ?";
    private static final String ASSIGNMENT =
            "SELECT id, workspace_id, user_id, role_id, created_time" + " FROM auth_assignment WHERE workspace_id = ?";
    private static final String GRANTS = "SELECT r.code, r.permissions FROM auth_user u"
            + " JOIN auth_assignment a ON a.user_id = u.id AND a.workspace_id = u.workspace_id"
            + " JOIN auth_role r ON r.id = a.role_id AND r.workspace_id = u.workspace_id"
            + " WHERE u.workspace_id = ? AND u.status = 'active' AND ";

    private RoleTable() {}

    static void insert(Sql sql, Role role) throws SQLException {
        sql.update(
                "INSERT INTO auth_role (id, workspace_id, code, name, permissions, created_time, updated_time)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                role.id(),
                role.workspaceId(),
                role.code(),
                role.name(),
                Words.json(role.permissions()),
                role.createdTime(),
                role.updatedTime());
    }

    static Optional<Role> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(ROLE + " AND id = ?", RoleTable::role, workspaceId, id);
    }

    /** Nobody else changes the role until the transaction ends. */
    static Optional<Role> lock(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(ROLE + " AND id = ?" + sql.dialect().forUpdate(), RoleTable::role, workspaceId, id);
    }

    /** @param named an id, or a code; no code looks like an id */
    static Optional<Role> named(Sql sql, String workspaceId, String named) throws SQLException {
        Optional<UUID> id = Ids.parse(named);
        if (id.isPresent()) return find(sql, workspaceId, id.get());
        return sql.one(ROLE + " AND code = ?", RoleTable::role, workspaceId, named);
    }

    static Page<Role> list(Sql sql, String workspaceId, String code, PageRequest page) throws SQLException {
        return Listing.of(ROLE, workspaceId).where("code", code).page(sql, page, RoleTable::role, Role::id);
    }

    static void update(Sql sql, Role role) throws SQLException {
        sql.update(
                "UPDATE auth_role SET name = ?, permissions = ?, updated_time = ? WHERE workspace_id = ? AND id = ?",
                role.name(),
                Words.json(role.permissions()),
                role.updatedTime(),
                role.workspaceId(),
                role.id());
    }

    static void delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        sql.update("DELETE FROM auth_assignment WHERE workspace_id = ? AND role_id = ?", workspaceId, id);
        sql.update("DELETE FROM auth_role WHERE workspace_id = ? AND id = ?", workspaceId, id);
    }

    static void insert(Sql sql, Assignment assignment) throws SQLException {
        sql.update(
                "INSERT INTO auth_assignment (id, workspace_id, user_id, role_id, created_time)"
                        + " VALUES (?, ?, ?, ?, ?)",
                assignment.id(),
                assignment.workspaceId(),
                assignment.userId(),
                assignment.roleId(),
                assignment.createdTime());
    }

    static Optional<Assignment> findAssignment(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(ASSIGNMENT + " AND id = ?", RoleTable::assignment, workspaceId, id);
    }

    static Page<Assignment> listAssignments(Sql sql, String workspaceId, UUID userId, UUID roleId, PageRequest page)
            throws SQLException {
        return Listing.of(ASSIGNMENT, workspaceId)
                .where("user_id", userId)
                .where("role_id", roleId)
                .page(sql, page, RoleTable::assignment, Assignment::id);
    }

    static boolean deleteAssignment(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.update("DELETE FROM auth_assignment WHERE workspace_id = ? AND id = ?", workspaceId, id) == 1;
    }

    static boolean anyAssignment(Sql sql, String workspaceId) throws SQLException {
        return sql.one(ASSIGNMENT + " ORDER BY id LIMIT 1", RoleTable::assignment, workspaceId)
                .isPresent();
    }

    /** What an active user may, role by role. */
    static List<Permissions.Grant> grants(Sql sql, String workspaceId, String userNamed) throws SQLException {
        Optional<UUID> id = Ids.parse(userNamed);
        String whose = id.isPresent() ? "u.id = ?" : "u.username = ?";
        Object user = id.isPresent() ? id.get() : userNamed;
        List<Permissions.Grant> grants = new ArrayList<>();
        List<List<Permissions.Grant>> roles = sql.list(
                GRANTS + whose + " ORDER BY r.code",
                row -> Permissions.Grant.of(row.text("code"), Words.read(row.json("permissions"))),
                workspaceId,
                user);
        roles.forEach(grants::addAll);
        return List.copyOf(grants);
    }

    private static Role role(Row row) throws SQLException {
        return new Role(
                row.id("id"),
                row.text("workspace_id"),
                row.text("code"),
                row.text("name"),
                Words.read(row.json("permissions")),
                row.number("created_time"),
                row.number("updated_time"));
    }

    private static Assignment assignment(Row row) throws SQLException {
        return new Assignment(
                row.id("id"),
                row.text("workspace_id"),
                row.id("user_id"),
                row.id("role_id"),
                row.number("created_time"));
    }
}
