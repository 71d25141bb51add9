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
import java.util.UUID;

/** The people of a workspace. Each change is one transaction with its event. */
public final class Users {
    private static final String NOUN = "auth_user";

    private final Database database;
    private final Clock clock;
    private final Ids ids;
    private final AuthEvents events;
    private final Passwords passwords;
    private final Permissions permissions;

    /** {@code username} is not null, the rest may be. */
    record NewUser(String username, String displayName, String email, String password) {}

    /** What changes; null stays as it is. */
    record Patch(String displayName, String email, String password, String status) {}

    Users(Database database, Outbox outbox, Clock clock, Ids ids, Passwords passwords, Permissions permissions) {
        this.database = database;
        this.clock = clock;
        this.ids = ids;
        this.events = new AuthEvents(outbox, clock, ids);
        this.passwords = passwords;
        this.permissions = permissions;
    }

    /** @throws Problem 409 {@code username_taken} */
    User create(String workspaceId, NewUser asked, String by) {
        String hash = asked.password() == null ? null : passwords.hash(asked.password());
        long now = clock.millis();
        User user = new User(
                ids.next(),
                workspaceId,
                asked.username(),
                asked.displayName(),
                asked.email(),
                hash,
                User.ACTIVE,
                now,
                now);
        try {
            database.transact(sql -> {
                UserTable.insert(sql, user);
                return tell(sql, user, "created", by);
            });
        } catch (UniqueViolation taken) {
            throw Problem.conflict("username_taken", "There is a user named '" + asked.username() + "' already.");
        }
        permissions.changed();
        return user;
    }

    /** @throws Problem 404 */
    User find(String workspaceId, UUID id) {
        return database.read(sql -> UserTable.find(sql, workspaceId, id)).orElseThrow(() -> missing(id));
    }

    Page<User> list(String workspaceId, UserTable.Filter filter, PageRequest page) {
        return database.read(sql -> UserTable.list(sql, workspaceId, filter, page));
    }

    /** A new password, or being disabled, ends what the user had signed in to. @throws Problem 404 */
    User patch(String workspaceId, UUID id, Patch patch, String by) {
        String hash = patch.password() == null ? null : passwords.hash(patch.password());
        User after = database.transact(sql -> {
            User before = UserTable.lock(sql, workspaceId, id).orElseThrow(() -> missing(id));
            User changed = new User(
                    id,
                    workspaceId,
                    before.username(),
                    patch.displayName() == null ? before.displayName() : patch.displayName(),
                    patch.email() == null ? before.email() : patch.email(),
                    hash == null ? before.passwordHash() : hash,
                    patch.status() == null ? before.status() : patch.status(),
                    before.createdTime(),
                    clock.millis());
            UserTable.update(sql, changed);
            if (hash != null || !changed.active()) RefreshTokenTable.revokeAll(sql, workspaceId, id);
            return tell(sql, changed, "changed", by);
        });
        permissions.changed();
        return after;
    }

    /** With the roles and sign-ins of the user. @throws Problem 404 */
    void delete(String workspaceId, UUID id, String by) {
        database.transact(sql -> {
            User user = UserTable.lock(sql, workspaceId, id).orElseThrow(() -> missing(id));
            UserTable.delete(sql, workspaceId, id);
            return tell(sql, user, "deleted", by);
        });
        permissions.changed();
    }

    private User tell(Sql sql, User user, String happened, String by) throws SQLException {
        events.tell(sql, user.workspaceId(), NOUN, user.id(), happened, user.json(), by);
        return user;
    }

    private static Problem missing(UUID id) {
        return Problem.notFound("user", id);
    }
}
