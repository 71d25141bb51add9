package dev.agentplatform.auth;

import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import dev.agentplatform.store.UniqueViolation;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

/** Roles and who has them. Each change is one transaction with its event. */
public final class Roles {
    private static final String NOUN = "auth_role";
    private static final String ASSIGNED = "auth_assignment";

    private final Database database;
    private final Clock clock;
    private final Ids ids;
    private final AuthEvents events;
    private final Permissions permissions;

    Roles(Database database, Outbox outbox, Clock clock, Ids ids, Permissions permissions) {
        this.database = database;
        this.clock = clock;
        this.ids = ids;
        this.events = new AuthEvents(outbox, clock, ids);
        this.permissions = permissions;
    }

    /** @throws Problem 409 {@code code_taken} */
    Role create(String workspaceId, String code, String name, List<String> words, String by) {
        long now = clock.millis();
        Role role = new Role(ids.next(), workspaceId, code, name, words, now, now);
        try {
            return database.transact(sql -> {
                RoleTable.insert(sql, role);
                return tell(sql, role, "created", by);
            });
        } catch (UniqueViolation taken) {
            throw Problem.conflict("code_taken", "There is a role with the code '" + code + "' already.");
        }
    }

    /** @throws Problem 404 */
    Role find(String workspaceId, UUID id) {
        return database.read(sql -> RoleTable.find(sql, workspaceId, id)).orElseThrow(() -> missing(id));
    }

    /** @param code null: with any */
    Page<Role> list(String workspaceId, String code, PageRequest page) {
        return database.read(sql -> RoleTable.list(sql, workspaceId, code, page));
    }

    /** Null stays as it is. @throws Problem 404 */
    Role patch(String workspaceId, UUID id, String name, List<String> words, String by) {
        Role after = database.transact(sql -> {
            Role before = RoleTable.lock(sql, workspaceId, id).orElseThrow(() -> missing(id));
            Role changed = new Role(
                    id,
                    workspaceId,
                    before.code(),
                    name == null ? before.name() : name,
                    words == null ? before.permissions() : words,
                    before.createdTime(),
                    clock.millis());
            RoleTable.update(sql, changed);
            return tell(sql, changed, "changed", by);
        });
        permissions.changed();
        return after;
    }

    /** Whoever has it loses it. @throws Problem 404 */
    void delete(String workspaceId, UUID id, String by) {
        database.transact(sql -> {
            Role role = RoleTable.lock(sql, workspaceId, id).orElseThrow(() -> missing(id));
            RoleTable.delete(sql, workspaceId, id);
            return tell(sql, role, "deleted", by);
        });
        permissions.changed();
    }

    /**
     * @param user id or user name
     * @param role id or code
     * @throws Problem 404; 409 {@code already_assigned}
     */
    Assignment assign(String workspaceId, String user, String role, String by) {
        Assignment made;
        try {
            made = database.transact(sql -> assign(sql, workspaceId, user, role, by));
        } catch (UniqueViolation again) {
            throw Problem.conflict("already_assigned", "The user has this role already.");
        }
        permissions.changed();
        return made;
    }

    /** Both rows are locked, so that neither is deleted meanwhile. */
    private Assignment assign(Sql sql, String workspaceId, String user, String role, String by) throws SQLException {
        UUID userId =
                UserTable.named(sql, workspaceId, user).map(User::id).orElseThrow(() -> Problem.notFound("user", user));
        UUID roleId =
                RoleTable.named(sql, workspaceId, role).map(Role::id).orElseThrow(() -> Problem.notFound("role", role));
        if (UserTable.lock(sql, workspaceId, userId).isEmpty()) throw Problem.notFound("user", user);
        if (RoleTable.lock(sql, workspaceId, roleId).isEmpty()) throw Problem.notFound("role", role);
        Assignment assignment = new Assignment(ids.next(), workspaceId, userId, roleId, clock.millis());
        RoleTable.insert(sql, assignment);
        events.tell(sql, workspaceId, ASSIGNED, assignment.id(), "created", assignment.json(), by);
        return assignment;
    }

    /** @throws Problem 404 */
    Assignment findAssignment(String workspaceId, UUID id) {
        return database.read(sql -> RoleTable.findAssignment(sql, workspaceId, id))
                .orElseThrow(() -> Problem.notFound("assignment", id));
    }

    /** Null ids do not filter. */
    Page<Assignment> listAssignments(String workspaceId, UUID userId, UUID roleId, PageRequest page) {
        return database.read(sql -> RoleTable.listAssignments(sql, workspaceId, userId, roleId, page));
    }

    /** @throws Problem 404 */
    void unassign(String workspaceId, UUID id, String by) {
        database.transact(sql -> {
            Assignment assignment = RoleTable.findAssignment(sql, workspaceId, id)
                    .orElseThrow(() -> Problem.notFound("assignment", id));
            boolean deleted = RoleTable.deleteAssignment(sql, workspaceId, id);
            if (!deleted) throw Problem.notFound("assignment", id);
            events.tell(sql, workspaceId, ASSIGNED, id, "deleted", assignment.json(), by);
            return assignment;
        });
        permissions.changed();
    }

    private Role tell(Sql sql, Role role, String happened, String by) throws SQLException {
        events.tell(sql, role.workspaceId(), NOUN, role.id(), happened, role.json(), by);
        return role;
    }

    private static Problem missing(UUID id) {
        return Problem.notFound("role", id);
    }
}
