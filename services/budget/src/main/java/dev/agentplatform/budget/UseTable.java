package dev.agentplatform.budget;

import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of {@code budget_use} and {@code budget_entry}. All of it under the lock of the budget's row. */
final class UseTable {
    private UseTable() {}

    /** A row of {@code budget_use}. @param extra by how much people raised the limit @param told that it was exceeded */
    record Use(Amount used, Amount reserved, Limit extra, boolean told) {
        static final Use NONE = new Use(Amount.NONE, Amount.NONE, new Limit(0L, 0L, 0L, 0L), false);
    }

    /** A row of {@code budget_entry}: what is set aside for a call. */
    record Entry(UUID id, String periodKey, Amount amount) {}

    static Optional<Use> find(Sql sql, String workspaceId, UUID budgetId, String periodKey) throws SQLException {
        return sql.one(
                "SELECT * FROM budget_use WHERE workspace_id = ? AND budget_id = ? AND period_key = ?",
                UseTable::read,
                workspaceId,
                budgetId,
                periodKey);
    }

    /** Makes the row when there is none yet. */
    static Use open(Sql sql, String workspaceId, UUID budgetId, String periodKey) throws SQLException {
        Optional<Use> known = find(sql, workspaceId, budgetId, periodKey);
        if (known.isPresent()) return known.get();
        sql.update("""
            INSERT INTO budget_use (workspace_id, budget_id, period_key, used_cost, used_tokens, used_steps,
                reserved_cost, reserved_tokens, extra_cost, extra_tokens, extra_steps, extra_seconds, told)
                VALUES (?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)\
            """, workspaceId, budgetId, periodKey);
        return Use.NONE;
    }

    static void use(Sql sql, String workspaceId, UUID budgetId, String periodKey, Amount more) throws SQLException {
        sql.update("""
            UPDATE budget_use SET used_cost = used_cost + ?, used_tokens = used_tokens + ?,
                used_steps = used_steps + ? WHERE workspace_id = ? AND budget_id = ? AND period_key = ?\
            """, more.cost(), more.tokens(), more.steps(), workspaceId, budgetId, periodKey);
    }

    private static void reserve(Sql sql, String workspaceId, UUID budgetId, String periodKey, long cost, long tokens)
            throws SQLException {
        sql.update("""
            UPDATE budget_use SET reserved_cost = reserved_cost + ?, reserved_tokens = reserved_tokens + ?
                WHERE workspace_id = ? AND budget_id = ? AND period_key = ?\
            """, cost, tokens, workspaceId, budgetId, periodKey);
    }

    static void raise(Sql sql, String workspaceId, UUID budgetId, String periodKey, Limit extra) throws SQLException {
        sql.update("""
            UPDATE budget_use SET extra_cost = ?, extra_tokens = ?, extra_steps = ?, extra_seconds = ?, told = 0
                WHERE workspace_id = ? AND budget_id = ? AND period_key = ?\
            """, extra.cost(), extra.tokens(), extra.steps(), extra.seconds(), workspaceId, budgetId, periodKey);
    }

    /** True the first time since the limit was raised. */
    static boolean tell(Sql sql, String workspaceId, UUID budgetId, String periodKey) throws SQLException {
        return sql.update("""
            UPDATE budget_use SET told = 1
                WHERE workspace_id = ? AND budget_id = ? AND period_key = ? AND told = 0\
            """, workspaceId, budgetId, periodKey) == 1;
    }

    /** The limit has changed: that it is exceeded is news again. */
    static void untell(Sql sql, String workspaceId, UUID budgetId) throws SQLException {
        sql.update("UPDATE budget_use SET told = 0 WHERE workspace_id = ? AND budget_id = ?", workspaceId, budgetId);
    }

    static Optional<Entry> entry(Sql sql, String workspaceId, UUID budgetId, UUID id) throws SQLException {
        return sql.one(
                "SELECT * FROM budget_entry WHERE workspace_id = ? AND budget_id = ? AND id = ?",
                UseTable::readEntry,
                workspaceId,
                budgetId,
                id);
    }

    static List<Entry> expired(Sql sql, String workspaceId, UUID budgetId, long now, int limit) throws SQLException {
        return sql.list(
                "SELECT * FROM budget_entry WHERE workspace_id = ? AND budget_id = ? AND expires_time <= ?"
                        + " ORDER BY expires_time LIMIT ?",
                UseTable::readEntry,
                workspaceId,
                budgetId,
                now,
                limit);
    }

    /** @param expiresTime null for a step, which sets nothing aside */
    static void insert(Sql sql, String workspaceId, UUID budgetId, Entry entry, Long expiresTime) throws SQLException {
        Amount amount = entry.amount();
        sql.update(
                """
                INSERT INTO budget_entry (workspace_id, budget_id, id, period_key, cost, tokens, expires_time)
                    VALUES (?, ?, ?, ?, ?, ?, ?)\
                """, workspaceId, budgetId, entry.id(), entry.periodKey(), amount.cost(), amount.tokens(), expiresTime);
        if (expiresTime != null) reserve(sql, workspaceId, budgetId, entry.periodKey(), amount.cost(), amount.tokens());
    }

    /** Gives back what was set aside. */
    static void release(Sql sql, String workspaceId, UUID budgetId, Entry entry) throws SQLException {
        sql.update(
                "DELETE FROM budget_entry WHERE workspace_id = ? AND budget_id = ? AND id = ?",
                workspaceId,
                budgetId,
                entry.id());
        Amount amount = entry.amount();
        reserve(sql, workspaceId, budgetId, entry.periodKey(), -amount.cost(), -amount.tokens());
    }

    private static Entry readEntry(Row row) throws SQLException {
        Amount amount = new Amount(row.number("cost"), row.number("tokens"), 0);
        return new Entry(row.id("id"), row.text("period_key"), amount);
    }

    private static Use read(Row row) throws SQLException {
        return new Use(
                new Amount(row.number("used_cost"), row.number("used_tokens"), row.number("used_steps")),
                new Amount(row.number("reserved_cost"), row.number("reserved_tokens"), 0),
                new Limit(
                        row.number("extra_cost"),
                        row.number("extra_tokens"),
                        row.number("extra_steps"),
                        row.number("extra_seconds")),
                row.flag("told"));
    }
}
