package dev.agentplatform.memory;

import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** The SQL of {@code memory_scope} and {@code memory_gone}: what changed in a scope, in which order. */
final class ScopeTable {
    private ScopeTable() {}

    /** How far a scope is. @param floorNo deletions up to here are forgotten */
    record State(long changeNo, long floorNo) {
        static final State NEW = new State(0, 0);
    }

    record Changed(long changeNo, long size) {}

    /** A deletion. */
    record Gone(long changeNo, UUID id) {}

    /** Numbers a change, and keeps others from changing the scope until the transaction ends. */
    static Changed change(Sql sql, Scope scope, int more) throws SQLException {
        return sql.one(
                        "INSERT INTO memory_scope (workspace_id, scope_type, scope_id, change_no, floor_no, size)"
                                + " VALUES (?, ?, ?, 1, 0, ?) ON CONFLICT (workspace_id, scope_type, scope_id)"
                                + " DO UPDATE SET change_no = memory_scope.change_no + 1,"
                                + " size = memory_scope.size + excluded.size RETURNING change_no, size",
                        row -> new Changed(row.number("change_no"), row.number("size")),
                        scope.workspaceId(),
                        scope.type(),
                        scope.id(),
                        more)
                .orElseThrow();
    }

    static State state(Sql sql, Scope scope) throws SQLException {
        return sql.one(
                        "SELECT change_no, floor_no FROM memory_scope"
                                + " WHERE workspace_id = ? AND scope_type = ? AND scope_id = ?",
                        row -> new State(row.number("change_no"), row.number("floor_no")),
                        scope.workspaceId(),
                        scope.type(),
                        scope.id())
                .orElse(State.NEW);
    }

    static void gone(Sql sql, Scope scope, long changeNo, Collection<UUID> ids, long now) throws SQLException {
        for (UUID id : ids) {
            sql.update(
                    "INSERT INTO memory_gone (workspace_id, scope_type, scope_id, change_no, id, gone_time)"
                            + " VALUES (?, ?, ?, ?, ?, ?)",
                    scope.workspaceId(),
                    scope.type(),
                    scope.id(),
                    changeNo,
                    id,
                    now);
        }
    }

    /** A page of what was deleted after a place in the order, which is the change and the id. */
    static List<Gone> goneAfter(Sql sql, Scope scope, Gone after, int limit) throws SQLException {
        return sql.list(
                "SELECT change_no, id FROM memory_gone WHERE workspace_id = ? AND scope_type = ? AND scope_id = ?"
                        + " AND (change_no > ? OR (change_no = ? AND id > ?)) ORDER BY change_no, id LIMIT ?",
                row -> new Gone(row.number("change_no"), row.id("id")),
                scope.workspaceId(),
                scope.type(),
                scope.id(),
                after.changeNo(),
                after.changeNo(),
                after.id(),
                limit);
    }

    /** A scope of any workspace with deletions that nobody needs any more. */
    record Old(Scope scope, long changeNo) {}

    static List<Old> old(Sql sql, long before, int limit) throws SQLException {
        return sql.list(
                "SELECT workspace_id, scope_type, scope_id, MAX(change_no) AS change_no FROM memory_gone"
                        + " WHERE gone_time <= ? GROUP BY workspace_id, scope_type, scope_id LIMIT ?",
                row -> new Old(
                        new Scope(row.text("workspace_id"), row.text("scope_type"), row.text("scope_id")),
                        row.number("change_no")),
                before,
                limit);
    }

    /** Indexes that are further behind than this begin anew. */
    static int forget(Sql sql, Old old) throws SQLException {
        Scope scope = old.scope();
        sql.update(
                "UPDATE memory_scope SET floor_no = ? WHERE workspace_id = ? AND scope_type = ? AND scope_id = ?"
                        + " AND floor_no < ?",
                old.changeNo(),
                scope.workspaceId(),
                scope.type(),
                scope.id(),
                old.changeNo());
        return sql.update(
                "DELETE FROM memory_gone WHERE workspace_id = ? AND scope_type = ? AND scope_id = ?"
                        + " AND change_no <= ?",
                scope.workspaceId(),
                scope.type(),
                scope.id(),
                old.changeNo());
    }
}
