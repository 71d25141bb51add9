package dev.agentplatform.events;

import dev.agentplatform.events.Subscription.Status;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The SQL of {@code event_subscription}. Every change raises the version that other processes look at. */
final class SubscriptionTable {
    private SubscriptionTable() {}

    static void insert(Sql sql, Subscription it) throws SQLException {
        sql.update(
                "INSERT INTO event_subscription (workspace_id, id, name, kind, status, event_types, filter, target,"
                    + " secret, max_attempts, retry_delay, created_time, updated_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?,"
                    + " ?, ?, ?, ?, ?)",
                it.workspaceId(),
                it.id(),
                it.name(),
                it.kind(),
                it.status().word(),
                Json.write(Json.tree(it.types())),
                it.filter(),
                Json.write(it.target()),
                it.secret(),
                it.maxAttempts(),
                it.retryDelayMs(),
                it.createdTime(),
                it.updatedTime());
        changed(sql);
    }

    /** False when there is none. */
    static boolean update(Sql sql, Subscription it) throws SQLException {
        int rows = sql.update(
                "UPDATE event_subscription SET name = ?, status = ?, event_types = ?, filter = ?, kind = ?, target = ?,"
                        + " secret = ?, max_attempts = ?, retry_delay = ?, updated_time = ?"
                        + " WHERE workspace_id = ? AND id = ?",
                it.name(),
                it.status().word(),
                Json.write(Json.tree(it.types())),
                it.filter(),
                it.kind(),
                Json.write(it.target()),
                it.secret(),
                it.maxAttempts(),
                it.retryDelayMs(),
                it.updatedTime(),
                it.workspaceId(),
                it.id());
        if (rows == 1) changed(sql);
        return rows == 1;
    }

    static boolean delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        int rows = sql.update("DELETE FROM event_subscription WHERE workspace_id = ? AND id = ?", workspaceId, id);
        if (rows == 1) changed(sql);
        return rows == 1;
    }

    private static void changed(Sql sql) throws SQLException {
        sql.update("UPDATE event_subscription_version SET version = version + 1 WHERE only_row = 1");
    }

    static long version(Sql sql) throws SQLException {
        return sql.one(
                        "SELECT version FROM event_subscription_version WHERE only_row = 1",
                        row -> row.number("version"))
                .orElse(0L);
    }

    /** Of all workspaces: what a process keeps in memory. */
    static List<Subscription> all(Sql sql) throws SQLException {
        return sql.list("SELECT * FROM event_subscription ORDER BY workspace_id, id", SubscriptionTable::read);
    }

    static Optional<Subscription> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                "SELECT * FROM event_subscription WHERE workspace_id = ? AND id = ?",
                SubscriptionTable::read,
                workspaceId,
                id);
    }

    /** Nobody changes it until the transaction ends. */
    static Optional<Subscription> lock(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                "SELECT * FROM event_subscription WHERE workspace_id = ? AND id = ?"
                        + sql.dialect().forUpdate(),
                SubscriptionTable::read,
                workspaceId,
                id);
    }

    static int count(Sql sql, String workspaceId) throws SQLException {
        return sql.one(
                        "SELECT count(*) AS n FROM event_subscription WHERE workspace_id = ?",
                        row -> row.small("n"),
                        workspaceId)
                .orElse(0);
    }

    /** Those that clients made. */
    static Page<Subscription> page(Sql sql, String workspaceId, PageRequest page, String kind, String status)
            throws SQLException {
        return Listing.of(
                        "SELECT * FROM event_subscription WHERE kind NOT IN ('claim', 'job') AND workspace_id = ?",
                        workspaceId)
                .where("kind", kind)
                .where("status", status)
                .page(sql, page, SubscriptionTable::read, Subscription::id);
    }

    private static Subscription read(Row row) throws SQLException {
        return new Subscription(
                row.id("id"),
                row.text("workspace_id"),
                row.text("name"),
                row.text("kind"),
                Status.of(row.text("status")),
                row.json("event_types").valueStream().map(JsonNode::asString).toList(),
                row.text("filter"),
                (ObjectNode) row.json("target"),
                row.text("secret"),
                row.small("max_attempts"),
                row.number("retry_delay"),
                row.number("created_time"),
                row.number("updated_time"));
    }
}
