package dev.agentplatform.queue;

import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * How many tasks of a definition may be owned at a time, over all processes. A limit is a row; the definition's
 * tasks wait in a queue of their own, and who claims from it locks the row, counts, and takes no more than fit.
 *
 * <p>Which definitions have a limit is known from memory, at most a second late; how high it is, is read under
 * the lock.
 */
public final class QueueLimits {
    public static final int MAX = 1_000_000;

    private final Database database;
    private volatile Map<String, Integer> known = Map.of();

    public QueueLimits(Database database) {
        this.database = database;
    }

    /** The normal queue for tasks of a definition; {@code definitionId} may be null. */
    public String queue(String workspaceId, UUID definitionId) {
        if (definitionId == null || known.isEmpty()) return Queues.normal(workspaceId);
        String limited = Queues.limited(workspaceId, definitionId);
        return known.containsKey(limited) ? limited : Queues.normal(workspaceId);
    }

    /** The limit of a definition, as far as this process knows. */
    public OptionalInt of(String workspaceId, UUID definitionId) {
        Integer limit = known.get(Queues.limited(workspaceId, definitionId));
        return limit == null ? OptionalInt.empty() : OptionalInt.of(limit);
    }

    /** Sets a limit, 0 for none, inside the transaction that changes the definition; {@link #refresh} after it. */
    public static void set(Sql sql, String workspaceId, UUID definitionId, int ownedMax) throws SQLException {
        String queue = Queues.limited(workspaceId, definitionId);
        sql.update("DELETE FROM queue_limit WHERE queue = ? AND workspace_id = ?", queue, workspaceId);
        if (ownedMax == 0) return;
        sql.update(
                "INSERT INTO queue_limit (queue, workspace_id, owned_max) VALUES (?, ?, ?)",
                queue,
                workspaceId,
                ownedMax);
    }

    /** Reads which queues have a limit. */
    public void refresh() {
        known = database.read(sql -> {
            Map<String, Integer> limits = new HashMap<>();
            sql.list(
                    "SELECT queue, owned_max FROM queue_limit",
                    row -> limits.put(row.text("queue"), row.small("owned_max")));
            return Map.copyOf(limits);
        });
    }

    /** How many more tasks of the queue may be owned; the answer holds until the transaction ends. */
    static int room(Sql sql, String queue) throws SQLException {
        if (!Queues.isLimited(queue)) return Integer.MAX_VALUE;
        Integer limit = sql.one(
                        "SELECT owned_max FROM queue_limit WHERE queue = ?"
                                + sql.dialect().forUpdate(),
                        row -> row.small("owned_max"),
                        queue)
                .orElse(null);
        if (limit == null) return Integer.MAX_VALUE;
        // The index serves only queries that say its condition.
        int owned = sql.one(
                        "SELECT count(*) AS n FROM task WHERE status = 'owned' AND queue = ?"
                                + " AND replace(queue, '/', '') <> queue",
                        row -> row.small("n"),
                        queue)
                .orElse(0);
        return Math.max(0, limit - owned);
    }
}
