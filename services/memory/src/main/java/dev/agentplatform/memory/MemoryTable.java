package dev.agentplatform.memory;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.memory.index.HashEmbedding;
import dev.agentplatform.memory.index.TextIndex;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of {@code memory}. */
final class MemoryTable {
    private static final String COLUMNS =
            "id, workspace_id, scope_type, scope_id, memory_type, content_text, importance,"
                    + " metadata, embedder, expires_time, created_time, updated_time";
    private static final String LIVE = " AND (expires_time IS NULL OR expires_time > ?)";

    private MemoryTable() {}

    /** What a list shows; null fields do not restrict it. */
    record Filter(String scopeType, String scopeId, String type) {}

    /** A row as the index of its scope wants it. */
    record Indexed(long changeNo, TextIndex.Document document) {}

    /** A row that is over. */
    record Expired(Scope scope, UUID id) {}

    /** @param key null for none */
    static void insert(Sql sql, Memory memory, String key, byte[] vector, long changeNo) throws SQLException {
        sql.update(
                "INSERT INTO memory (workspace_id, id, scope_type, scope_id, memory_type, memory_key, content_text,"
                        + " importance, metadata, embedder, vector, change_no, expires_time, created_time,"
                        + " updated_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                memory.scope().workspaceId(),
                memory.id(),
                memory.scope().type(),
                memory.scope().id(),
                memory.type(),
                key,
                memory.text(),
                memory.importance(),
                Json.writeOrNull(memory.metadata()),
                memory.embedder(),
                vector,
                changeNo,
                timeOrNull(memory.expiresTime()),
                memory.createdTime(),
                memory.updatedTime());
    }

    static void update(Sql sql, Memory memory, byte[] vector, long changeNo) throws SQLException {
        sql.update(
                "UPDATE memory SET memory_type = ?, content_text = ?, importance = ?, metadata = ?, embedder = ?,"
                        + " vector = ?, change_no = ?, expires_time = ?, updated_time = ?"
                        + " WHERE workspace_id = ? AND id = ?",
                memory.type(),
                memory.text(),
                memory.importance(),
                Json.writeOrNull(memory.metadata()),
                memory.embedder(),
                vector,
                changeNo,
                timeOrNull(memory.expiresTime()),
                memory.updatedTime(),
                memory.scope().workspaceId(),
                memory.id());
    }

    static boolean delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.update("DELETE FROM memory WHERE workspace_id = ? AND id = ?", workspaceId, id) == 1;
    }

    static Optional<Memory> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                "SELECT " + COLUMNS + " FROM memory WHERE workspace_id = ? AND id = ?",
                MemoryTable::read,
                workspaceId,
                id);
    }

    static Optional<Memory> findByKey(Sql sql, Scope scope, String key) throws SQLException {
        return sql.one(
                "SELECT " + COLUMNS + " FROM memory WHERE workspace_id = ? AND scope_type = ? AND scope_id = ?"
                        + " AND memory_key = ?",
                MemoryTable::read,
                scope.workspaceId(),
                scope.type(),
                scope.id(),
                key);
    }

    /** In any order; what is expired or gone is left out. */
    static List<Memory> findAll(Sql sql, String workspaceId, Collection<UUID> ids, long now) throws SQLException {
        return sql.list(
                "SELECT " + COLUMNS + " FROM memory WHERE workspace_id = ? AND id IN (" + Sql.marks(ids) + ")" + LIVE,
                MemoryTable::read,
                workspaceId,
                ids,
                now);
    }

    /** One row more than the page has. */
    static List<Memory> list(Sql sql, String workspaceId, Filter filter, PageRequest page, long now)
            throws SQLException {
        StringBuilder text = new StringBuilder("SELECT " + COLUMNS + " FROM memory WHERE workspace_id = ?" + LIVE);
        List<Object> arguments = new ArrayList<>(List.of(workspaceId, now));
        equal(text, arguments, "scope_type", filter.scopeType());
        equal(text, arguments, "scope_id", filter.scopeId());
        equal(text, arguments, "memory_type", filter.type());
        if (page.after() != null) {
            text.append(page.ascending() ? " AND id > ?" : " AND id < ?");
            arguments.add(page.after());
        }
        text.append(page.ascending() ? " ORDER BY id LIMIT ?" : " ORDER BY id DESC LIMIT ?");
        arguments.add(page.limit() + 1);
        return sql.list(text.toString(), MemoryTable::read, arguments.toArray());
    }

    private static void equal(StringBuilder text, List<Object> arguments, String column, String value) {
        if (value == null) return;
        text.append(" AND ").append(column).append(" = ?");
        arguments.add(value);
    }

    /** What was written after a change, in the order of the changes. */
    static List<Indexed> changed(Sql sql, Scope scope, long after, int limit) throws SQLException {
        return sql.list(
                "SELECT id, memory_type, content_text, importance, embedder, vector, change_no, expires_time"
                        + " FROM memory WHERE workspace_id = ? AND scope_type = ? AND scope_id = ? AND change_no > ?"
                        + " ORDER BY change_no LIMIT ?",
                MemoryTable::indexed,
                scope.workspaceId(),
                scope.type(),
                scope.id(),
                after,
                limit);
    }

    /** Of all workspaces. */
    static List<Expired> expired(Sql sql, long now, int limit) throws SQLException {
        return sql.list(
                "SELECT workspace_id, scope_type, scope_id, id FROM memory WHERE expires_time <= ?"
                        + " ORDER BY expires_time LIMIT ?",
                row -> new Expired(scope(row), row.id("id")),
                now,
                limit);
    }

    /** Those of the ids that were there and over. */
    static List<UUID> deleteExpired(Sql sql, Scope scope, Collection<UUID> ids, long now) throws SQLException {
        return sql.list(
                "DELETE FROM memory WHERE workspace_id = ? AND scope_type = ? AND scope_id = ? AND id IN ("
                        + Sql.marks(ids) + ") AND expires_time <= ? RETURNING id",
                row -> row.id("id"),
                scope.workspaceId(),
                scope.type(),
                scope.id(),
                ids,
                now);
    }

    private static Indexed indexed(Row row) throws SQLException {
        // Vectors of two embedders have nothing to say to each other.
        boolean comparable = row.text("embedder").equals(HashEmbedding.NAME);
        TextIndex.Document document = new TextIndex.Document(
                row.id("id"),
                row.text("content_text"),
                comparable ? row.bytes("vector") : null,
                row.small("importance") / 100.0,
                row.text("memory_type"),
                orZero(row.numberOrNull("expires_time")));
        return new Indexed(row.number("change_no"), document);
    }

    private static Memory read(Row row) throws SQLException {
        return new Memory(
                row.id("id"),
                scope(row),
                row.text("memory_type"),
                row.text("content_text"),
                row.small("importance"),
                row.json("metadata"),
                row.text("embedder"),
                orZero(row.numberOrNull("expires_time")),
                row.number("created_time"),
                row.number("updated_time"));
    }

    private static Scope scope(Row row) throws SQLException {
        return new Scope(row.text("workspace_id"), row.text("scope_type"), row.text("scope_id"));
    }

    private static Long timeOrNull(long time) {
        return time == 0 ? null : time;
    }

    private static long orZero(Long time) {
        return time == null ? 0 : time;
    }
}
