package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.knowledge.extract.SourceType;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The SQL of {@code knowledge_document} and {@code knowledge_source}. */
final class DocumentTable {
    private static final String COLUMNS = "id, workspace_id, base_id, title, source_type, source_url, charset,"
            + " content_hash, content_bytes, metadata, status, progress, error_code, error_message, chunk_count,"
            + " generation, indexed_time, created_time, updated_time";
    private static final String SELECT = "SELECT " + COLUMNS + " FROM knowledge_document WHERE workspace_id = ?";

    /** What is in the column while nobody knows the type. */
    private static final String UNKNOWN = "";

    private DocumentTable() {}

    /** What a list shows; null fields do not restrict it. */
    record Filter(UUID baseId, String status, String sourceType) {}

    static void insert(Sql sql, Document document) throws SQLException {
        sql.update(
                "INSERT INTO knowledge_document (workspace_id, id, base_id, created_time, title, source_type,"
                        + " source_url, charset, content_hash, content_bytes, metadata, status, progress, error_code,"
                        + " error_message, chunk_count, generation, indexed_time, updated_time)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                document.workspaceId(),
                document.id(),
                document.baseId(),
                document.createdTime(),
                document.title(),
                document.type() == null ? UNKNOWN : document.type().word(),
                document.url(),
                document.charset(),
                document.hash(),
                document.bytes(),
                Json.writeOrNull(document.metadata()),
                document.statusWord(),
                document.progress(),
                document.errorCode(),
                document.errorMessage(),
                document.chunks(),
                document.generation(),
                document.indexedTime() == 0 ? null : document.indexedTime(),
                document.updatedTime());
    }

    static void update(Sql sql, Document document) throws SQLException {
        sql.update(
                "UPDATE knowledge_document SET title = ?, source_type = ?, source_url = ?, charset = ?,"
                        + " content_hash = ?, content_bytes = ?, metadata = ?, status = ?, progress = ?,"
                        + " error_code = ?, error_message = ?, chunk_count = ?, generation = ?, indexed_time = ?,"
                        + " updated_time = ? WHERE workspace_id = ? AND id = ?",
                document.title(),
                document.type() == null ? UNKNOWN : document.type().word(),
                document.url(),
                document.charset(),
                document.hash(),
                document.bytes(),
                Json.writeOrNull(document.metadata()),
                document.statusWord(),
                document.progress(),
                document.errorCode(),
                document.errorMessage(),
                document.chunks(),
                document.generation(),
                document.indexedTime() == 0 ? null : document.indexedTime(),
                document.updatedTime(),
                document.workspaceId(),
                document.id());
    }

    static Optional<Document> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(SELECT + " AND id = ?", DocumentTable::read, workspaceId, id);
    }

    static Optional<Document> findByHash(Sql sql, String workspaceId, UUID baseId, String hash) throws SQLException {
        return sql.one(
                SELECT + " AND base_id = ? AND content_hash = ?", DocumentTable::read, workspaceId, baseId, hash);
    }

    static List<Document> findAll(Sql sql, String workspaceId, Collection<UUID> ids) throws SQLException {
        return sql.list(SELECT + " AND id IN (" + Sql.marks(ids) + ")", DocumentTable::read, workspaceId, ids);
    }

    static Page<Document> list(Sql sql, String workspaceId, Filter filter, PageRequest page) throws SQLException {
        return Listing.of(SELECT, workspaceId)
                .where("base_id", filter.baseId())
                .where("status", filter.status())
                .where("source_type", filter.sourceType())
                .page(sql, page, DocumentTable::read, Document::id);
    }

    /** A document as a filter sees it. */
    record Fields(UUID id, String title, String sourceType, JsonNode metadata) {}

    /** A page of what filters look at. */
    static List<Fields> fields(Sql sql, String workspaceId, UUID baseId, UUID after, int limit) throws SQLException {
        return sql.list(
                "SELECT id, title, source_type, metadata FROM knowledge_document"
                        + " WHERE workspace_id = ? AND base_id = ? AND id > ? ORDER BY id LIMIT ?",
                row -> new Fields(row.id("id"), row.text("title"), row.text("source_type"), row.json("metadata")),
                workspaceId,
                baseId,
                after,
                limit);
    }

    static List<UUID> idsAfter(Sql sql, String workspaceId, UUID baseId, UUID after, int limit) throws SQLException {
        return sql.list(
                "SELECT id FROM knowledge_document WHERE workspace_id = ? AND base_id = ? AND id > ?"
                        + " ORDER BY id LIMIT ?",
                row -> row.id("id"),
                workspaceId,
                baseId,
                after,
                limit);
    }

    static void progress(Sql sql, String workspaceId, UUID id, int progress) throws SQLException {
        sql.update(
                "UPDATE knowledge_document SET status = 'indexing', progress = ? WHERE workspace_id = ? AND id = ?",
                progress,
                workspaceId,
                id);
    }

    static boolean delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        sql.update("DELETE FROM knowledge_source WHERE workspace_id = ? AND document_id = ?", workspaceId, id);
        return sql.update("DELETE FROM knowledge_document WHERE workspace_id = ? AND id = ?", workspaceId, id) == 1;
    }

    // ---- what documents were made from

    static void putSource(Sql sql, String workspaceId, UUID documentId, byte[] content) throws SQLException {
        sql.update(
                "INSERT INTO knowledge_source (workspace_id, document_id, content) VALUES (?, ?, ?)"
                        + " ON CONFLICT (workspace_id, document_id) DO UPDATE SET content = excluded.content",
                workspaceId,
                documentId,
                content);
    }

    static Optional<byte[]> source(Sql sql, String workspaceId, UUID documentId) throws SQLException {
        return sql.one(
                "SELECT content FROM knowledge_source WHERE workspace_id = ? AND document_id = ?",
                row -> row.bytes("content"),
                workspaceId,
                documentId);
    }

    static void dropSource(Sql sql, String workspaceId, UUID documentId) throws SQLException {
        sql.update("DELETE FROM knowledge_source WHERE workspace_id = ? AND document_id = ?", workspaceId, documentId);
    }

    private static Document read(Row row) throws SQLException {
        Long indexed = row.numberOrNull("indexed_time");
        return new Document(
                row.id("id"),
                row.text("workspace_id"),
                row.id("base_id"),
                row.text("title"),
                SourceType.of(row.text("source_type")).orElse(null),
                row.text("source_url"),
                row.text("charset"),
                row.text("content_hash"),
                row.number("content_bytes"),
                row.json("metadata"),
                Document.Status.valueOf(row.text("status").toUpperCase(Locale.ROOT)),
                row.small("progress"),
                row.text("error_code"),
                row.text("error_message"),
                row.number("chunk_count"),
                row.number("generation"),
                indexed == null ? 0 : indexed,
                row.number("created_time"),
                row.number("updated_time"));
    }
}
