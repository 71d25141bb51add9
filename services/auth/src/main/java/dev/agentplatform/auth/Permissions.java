package dev.agentplatform.auth;

import dev.agentplatform.store.Database;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Who may do what. Answers from memory when it was asked a moment ago (see {@link Recent}). */
public final class Permissions {
    /** A right and the role that gives it. */
    public record Grant(String roleCode, Permission permission) {
        static List<Grant> of(String roleCode, List<String> words) {
            return words.stream()
                    .flatMap(word -> Permission.parse(word).stream())
                    .map(permission -> new Grant(roleCode, permission))
                    .toList();
        }
    }

    private record Who(String workspaceId, String user) {}

    private final Database database;
    private final Recent<Who, List<Grant>> recent;

    Permissions(Database database, Clock clock) {
        this.database = database;
        this.recent = new Recent<>(clock);
    }

    /**
     * The first grant that covers {@code wanted}; empty when the user may not, is disabled or does not exist.
     *
     * @param user an id or a user name
     */
    public Optional<Grant> find(String workspaceId, String user, Permission wanted) {
        return recent.get(new Who(workspaceId, user), this::read).stream()
                .filter(grant -> grant.permission().covers(wanted))
                .findFirst();
    }

    /** Whether nobody has a role in the workspace yet. */
    public boolean unclaimed(String workspaceId) {
        return !database.read(sql -> RoleTable.anyAssignment(sql, workspaceId));
    }

    /** To be called after each commit that changes what somebody may. */
    void changed() {
        recent.forgetAll();
    }

    private List<Grant> read(Who who) {
        return database.read(sql -> RoleTable.grants(sql, who.workspaceId(), who.user()));
    }
}
