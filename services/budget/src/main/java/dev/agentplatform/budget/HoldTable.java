package dev.agentplatform.budget;

import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Shape;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of {@code budget_hold}. */
final class HoldTable {
    private static final Shape INSERT =
            Shape.insert("budget_hold", 52, Shape.text("workspace_id"), Shape.id("id"), Shape.id("budget_id"));
    private static final Shape DELETE = Shape.delete("budget_hold", 53, Shape.text("workspace_id"), Shape.id("id"));

    private HoldTable() {}

    static RowWrite insert(String workspaceId, UUID taskId, UUID budgetId) {
        return INSERT.row(workspaceId, taskId, budgetId);
    }

    static RowWrite delete(String workspaceId, UUID taskId) {
        return DELETE.row(workspaceId, taskId);
    }

    static void delete(Sql sql, String workspaceId, UUID taskId) throws SQLException {
        sql.update("DELETE FROM budget_hold WHERE workspace_id = ? AND id = ?", workspaceId, taskId);
    }

    /** The budget that a task asks to raise. */
    static Optional<UUID> budget(Sql sql, String workspaceId, UUID taskId) throws SQLException {
        return sql.one(
                "SELECT budget_id FROM budget_hold WHERE workspace_id = ? AND id = ?",
                row -> row.id("budget_id"),
                workspaceId,
                taskId);
    }

    /** The tasks that ask to raise a budget, the oldest first. */
    static List<UUID> tasks(Sql sql, String workspaceId, UUID budgetId, int limit) throws SQLException {
        return sql.list(
                "SELECT id FROM budget_hold WHERE workspace_id = ? AND budget_id = ? ORDER BY id LIMIT ?",
                row -> row.id("id"),
                workspaceId,
                budgetId,
                limit);
    }

    static int count(Sql sql, String workspaceId, UUID budgetId) throws SQLException {
        return sql.one(
                        "SELECT COUNT(*) AS n FROM budget_hold WHERE workspace_id = ? AND budget_id = ?",
                        row -> row.small("n"),
                        workspaceId,
                        budgetId)
                .orElse(0);
    }
}
