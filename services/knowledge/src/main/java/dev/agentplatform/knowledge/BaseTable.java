package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.knowledge.chunk.Chunking;
import dev.agentplatform.search.Feed;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of {@code knowledge_base}. */
final class BaseTable {
    private static final String SELECT =
            "SELECT id, workspace_id, code, name, description, embedding_provider, embedder, next_embedder,"
                    + " embedding_error, stale_vectors, reindex_after, chunk_size, chunk_overlap, metadata,"
                    + " document_count, chunk_count, deleted_time, created_time, updated_time FROM knowledge_base WHERE"
                    + " workspace_id = ?";
    private static final String LIVE = " AND deleted_time IS NULL";

    private BaseTable() {}

    static void insert(Sql sql, KnowledgeBase base) throws SQLException {
        sql.update(
                "INSERT INTO knowledge_base (workspace_id, id, code, name, description, embedding_provider, embedder,"
                        + " stale_vectors, chunk_size, chunk_overlap, metadata, change_no, floor_no, document_count,"
                        + " chunk_count, created_time, updated_time)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, 0, 0, 0, 0, ?, ?)",
                base.workspaceId(),
                base.id(),
                base.code(),
                base.name(),
                base.description(),
                base.embedding().provider(),
                base.embedding().embedder(),
                base.chunking().size(),
                base.chunking().overlap(),
                Json.writeOrNull(base.metadata()),
                base.createdTime(),
                base.updatedTime());
    }

    static void update(Sql sql, KnowledgeBase base) throws SQLException {
        sql.update(
                "UPDATE knowledge_base SET code = ?, name = ?, description = ?, embedding_provider = ?, embedder = ?,"
                    + " next_embedder = ?, embedding_error = ?, stale_vectors = ?, reindex_after = ?, chunk_size = ?,"
                    + " chunk_overlap = ?, metadata = ?, updated_time = ? WHERE workspace_id = ? AND id = ?",
                base.code(),
                base.name(),
                base.description(),
                base.embedding().provider(),
                base.embedding().embedder(),
                base.embedding().next(),
                base.embedding().error(),
                base.embedding().stale(),
                base.reindexAfter(),
                base.chunking().size(),
                base.chunking().overlap(),
                Json.writeOrNull(base.metadata()),
                base.updatedTime(),
                base.workspaceId(),
                base.id());
    }

    static Optional<KnowledgeBase> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(SELECT + " AND id = ?" + LIVE, BaseTable::read, workspaceId, id);
    }

    static Optional<KnowledgeBase> findByCode(Sql sql, String workspaceId, String code) throws SQLException {
        return sql.one(SELECT + " AND code = ?" + LIVE, BaseTable::read, workspaceId, code);
    }

    /** A deleted one too. */
    static Optional<KnowledgeBase> findAny(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(SELECT + " AND id = ?", BaseTable::read, workspaceId, id);
    }

    /** Keeps others from changing the base until the transaction ends; a deleted one too. */
    static Optional<KnowledgeBase> lock(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(SELECT + " AND id = ?" + sql.dialect().forUpdate(), BaseTable::read, workspaceId, id);
    }

    static Page<KnowledgeBase> list(Sql sql, String workspaceId, String code, PageRequest page) throws SQLException {
        return Listing.of(SELECT + LIVE, workspaceId)
                .where("code", code)
                .page(sql, page, BaseTable::read, KnowledgeBase::id);
    }

    /** A base of any workspace. */
    record Named(String workspaceId, UUID id) {}

    /** Of all workspaces, those whose vectors come from a setting. */
    static List<Named> ofProvider(Sql sql, String provider) throws SQLException {
        return sql.list(
                "SELECT workspace_id, id FROM knowledge_base WHERE embedding_provider = ? AND deleted_time IS NULL",
                row -> new Named(row.text("workspace_id"), row.id("id")),
                provider);
    }

    /**
     * Takes change numbers, and keeps others from taking any until the transaction ends.
     *
     * @return the last of them
     */
    static long change(Sql sql, String workspaceId, UUID id, long numbers, long documents, long chunks)
            throws SQLException {
        return sql.one(
                        "UPDATE knowledge_base SET change_no = change_no + ?, document_count = document_count + ?,"
                                + " chunk_count = chunk_count + ? WHERE workspace_id = ? AND id = ?"
                                + " RETURNING change_no",
                        row -> row.number("change_no"),
                        numbers,
                        documents,
                        chunks,
                        workspaceId,
                        id)
                .orElseThrow(() -> Bases.missing(id));
    }

    static Feed.State state(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                        "SELECT change_no, floor_no FROM knowledge_base WHERE workspace_id = ? AND id = ?",
                        row -> new Feed.State(row.number("change_no"), row.number("floor_no")),
                        workspaceId,
                        id)
                .orElse(Feed.State.NEW);
    }

    static void raiseFloor(Sql sql, String workspaceId, UUID id, long floorNo) throws SQLException {
        sql.update(
                "UPDATE knowledge_base SET floor_no = ? WHERE workspace_id = ? AND id = ? AND floor_no < ?",
                floorNo,
                workspaceId,
                id,
                floorNo);
    }

    static void delete(Sql sql, String workspaceId, UUID id, long now) throws SQLException {
        sql.update(
                "UPDATE knowledge_base SET deleted_time = ? WHERE workspace_id = ? AND id = ?", now, workspaceId, id);
    }

    static void remove(Sql sql, String workspaceId, UUID id) throws SQLException {
        sql.update("DELETE FROM knowledge_base WHERE workspace_id = ? AND id = ?", workspaceId, id);
    }

    private static KnowledgeBase read(Row row) throws SQLException {
        return new KnowledgeBase(
                row.id("id"),
                row.text("workspace_id"),
                row.text("code"),
                row.text("name"),
                row.text("description"),
                new KnowledgeBase.Embedding(
                        row.text("embedding_provider"),
                        row.text("embedder"),
                        row.text("next_embedder"),
                        row.text("embedding_error"),
                        row.flag("stale_vectors")),
                new Chunking(row.small("chunk_size"), row.small("chunk_overlap")),
                row.json("metadata"),
                row.idOrNull("reindex_after"),
                row.number("document_count"),
                row.number("chunk_count"),
                row.numberOrNull("deleted_time") != null,
                row.number("created_time"),
                row.number("updated_time"));
    }
}
