package dev.agentplatform.budget;

import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of {@code budget}. */
final class BudgetTable {
    private BudgetTable() {}

    /** What a list shows; null fields do not restrict it. */
    record Filter(String scopeType, String scope, String code) {}

    static void insert(Sql sql, Budget budget) throws SQLException {
        Limit limit = budget.limit();
        sql.update(
                """
                INSERT INTO budget (workspace_id, id, code, scope_type, scope, max_cost, max_tokens, max_steps,
                    max_seconds, period, on_exceed, assigned_to, created_time, updated_time)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
                """,
                budget.workspaceId(),
                budget.id(),
                budget.code(),
                budget.scope().type(),
                budget.scope().key(),
                limit.cost(),
                limit.tokens(),
                limit.steps(),
                limit.seconds(),
                budget.period().word(),
                budget.onExceed(),
                budget.assignedTo(),
                budget.createdTime(),
                budget.updatedTime());
    }

    static void update(Sql sql, Budget budget) throws SQLException {
        Limit limit = budget.limit();
        sql.update(
                """
                UPDATE budget SET code = ?, max_cost = ?, max_tokens = ?, max_steps = ?, max_seconds = ?, on_exceed = ?,
                    assigned_to = ?, updated_time = ? WHERE workspace_id = ? AND id = ?\
                """,
                budget.code(),
                limit.cost(),
                limit.tokens(),
                limit.steps(),
                limit.seconds(),
                budget.onExceed(),
                budget.assignedTo(),
                budget.updatedTime(),
                budget.workspaceId(),
                budget.id());
    }

    /** With all that was counted for it. */
    static void delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        sql.update("DELETE FROM budget_entry WHERE workspace_id = ? AND budget_id = ?", workspaceId, id);
        sql.update("DELETE FROM budget_use WHERE workspace_id = ? AND budget_id = ?", workspaceId, id);
        sql.update("DELETE FROM budget WHERE workspace_id = ? AND id = ?", workspaceId, id);
    }

    static Optional<Budget> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one("SELECT * FROM budget WHERE workspace_id = ? AND id = ?", BudgetTable::read, workspaceId, id);
    }

    /** Its row is the lock under which its use changes. */
    static Optional<Budget> lock(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                "SELECT * FROM budget WHERE workspace_id = ? AND id = ?"
                        + sql.dialect().forUpdate(),
                BudgetTable::read,
                workspaceId,
                id);
    }

    /** Those of these scopes, locked in the order of their ids. */
    static List<Budget> lock(Sql sql, String workspaceId, Collection<String> scopes) throws SQLException {
        return sql.list(
                "SELECT * FROM budget WHERE workspace_id = ? AND scope IN (" + Sql.marks(scopes) + ") ORDER BY id"
                        + sql.dialect().forUpdate(),
                BudgetTable::read,
                workspaceId,
                scopes);
    }

    /** Whether one of these scopes has a budget. @param steps only one that counts steps or time */
    static boolean any(Sql sql, String workspaceId, Collection<String> scopes, boolean steps) throws SQLException {
        String counting = steps ? " AND (max_steps IS NOT NULL OR max_seconds IS NOT NULL)" : "";
        return sql.one(
                        "SELECT scope FROM budget WHERE workspace_id = ? AND scope IN (" + Sql.marks(scopes) + ")"
                                + counting + " LIMIT 1",
                        row -> true,
                        workspaceId,
                        scopes)
                .isPresent();
    }

    /** The scopes that have a budget, those of runs left out, and whether one of them counts steps. */
    static List<Known.Entry> known(Sql sql, String workspaceId) throws SQLException {
        return sql.list("""
            SELECT scope, MAX(CASE WHEN max_steps IS NOT NULL OR max_seconds IS NOT NULL THEN 1 ELSE 0 END) AS steps
                FROM budget WHERE workspace_id = ? AND scope_type <> 'run' GROUP BY scope\
            """, row -> new Known.Entry(row.text("scope"), row.flag("steps")), workspaceId);
    }

    /** Whether any run has one of its own. */
    static boolean ofRuns(Sql sql, String workspaceId) throws SQLException {
        return sql.one(
                        "SELECT scope FROM budget WHERE workspace_id = ? AND scope_type = 'run' LIMIT 1",
                        row -> true,
                        workspaceId)
                .isPresent();
    }

    static int count(Sql sql, String workspaceId) throws SQLException {
        return sql.one(
                        "SELECT COUNT(*) AS n FROM budget WHERE workspace_id = ? AND scope_type <> 'run'",
                        row -> row.small("n"),
                        workspaceId)
                .orElse(0);
    }

    static Page<Budget> list(Sql sql, String workspaceId, Filter filter, PageRequest page) throws SQLException {
        return Listing.of("SELECT * FROM budget WHERE workspace_id = ?", workspaceId)
                .where("scope_type", filter.scopeType())
                .where("scope", filter.scope())
                .where("code", filter.code())
                .page(sql, page, BudgetTable::read, Budget::id);
    }

    private static Budget read(Row row) throws SQLException {
        return new Budget(
                row.id("id"),
                row.text("workspace_id"),
                row.text("code"),
                Scope.read(row.text("scope")),
                new Limit(
                        row.numberOrNull("max_cost"),
                        row.numberOrNull("max_tokens"),
                        row.numberOrNull("max_steps"),
                        row.numberOrNull("max_seconds")),
                Period.of(row.text("period")),
                row.text("on_exceed").equals("pause"),
                row.text("assigned_to"),
                row.number("created_time"),
                row.number("updated_time"));
    }
}
