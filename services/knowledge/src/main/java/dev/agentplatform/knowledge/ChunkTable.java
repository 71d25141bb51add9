package dev.agentplatform.knowledge;

import dev.agentplatform.search.Feed;
import dev.agentplatform.search.TextIndex;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The SQL of {@code knowledge_chunk}, {@code knowledge_vector} and {@code knowledge_gone}. */
final class ChunkTable {
    /** Rows of one statement. */
    private static final int ROWS = 50;

    private static final String SELECT = "SELECT id, document_id, position, headings, content_text, page"
            + " FROM knowledge_chunk WHERE workspace_id = ?";

    private ChunkTable() {}

    /** Where chunks belong. */
    record Place(String workspaceId, UUID baseId, UUID documentId, long generation) {}

    /** @param firstChange of the first chunk, the next ones follow; null for chunks that nobody may find yet */
    static void insert(Sql sql, Place place, List<Chunk> chunks, Long firstChange) throws SQLException {
        String row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        for (int from = 0; from < chunks.size(); from += ROWS) {
            List<Chunk> some = chunks.subList(from, Math.min(chunks.size(), from + ROWS));
            List<Object> arguments = new ArrayList<>();
            for (Chunk chunk : some) {
                Collections.addAll(
                        arguments,
                        place.workspaceId(),
                        chunk.id(),
                        place.baseId(),
                        place.documentId(),
                        place.generation(),
                        chunk.position(),
                        chunk.headings().isEmpty() ? null : chunk.headingsJson(),
                        chunk.text(),
                        chunk.page() == 0 ? null : chunk.page(),
                        firstChange == null ? null : firstChange + chunk.position() - 1);
            }
            sql.update(
                    "INSERT INTO knowledge_chunk (workspace_id, id, base_id, document_id, generation, position,"
                            + " headings, content_text, page, change_no) VALUES "
                            + String.join(", ", Collections.nCopies(some.size(), row)),
                    arguments.toArray());
        }
    }

    /** @param vectors by chunk */
    static void insertVectors(Sql sql, String workspaceId, String embedder, Map<UUID, byte[]> vectors)
            throws SQLException {
        List<Map.Entry<UUID, byte[]>> entries = List.copyOf(vectors.entrySet());
        for (int from = 0; from < entries.size(); from += ROWS) {
            List<Map.Entry<UUID, byte[]>> some = entries.subList(from, Math.min(entries.size(), from + ROWS));
            List<Object> arguments = new ArrayList<>();
            for (Map.Entry<UUID, byte[]> entry : some) {
                Collections.addAll(arguments, workspaceId, entry.getKey(), embedder, entry.getValue());
            }
            sql.update(
                    "INSERT INTO knowledge_vector (workspace_id, chunk_id, embedder, vector) VALUES "
                            + String.join(", ", Collections.nCopies(some.size(), "(?, ?, ?, ?)"))
                            + " ON CONFLICT (workspace_id, chunk_id, embedder) DO UPDATE SET vector = excluded.vector",
                    arguments.toArray());
        }
    }

    /** Shows the chunks of a generation. @param before the change before the first of them */
    static void show(Sql sql, Place place, long before) throws SQLException {
        sql.update(
                "UPDATE knowledge_chunk SET change_no = ? + position"
                        + " WHERE workspace_id = ? AND document_id = ? AND generation = ?",
                before,
                place.workspaceId(),
                place.documentId(),
                place.generation());
    }

    /** Deletes the chunks of a document but those of one generation; those that were found are told as gone. */
    static void deleteOthers(Sql sql, Place kept, long changeNo, long now) throws SQLException {
        sql.update(
                "INSERT INTO knowledge_gone (workspace_id, base_id, change_no, id, gone_time)"
                        + " SELECT workspace_id, base_id, ?, id, ? FROM knowledge_chunk"
                        + " WHERE workspace_id = ? AND document_id = ? AND generation <> ? AND change_no IS NOT NULL",
                changeNo,
                now,
                kept.workspaceId(),
                kept.documentId(),
                kept.generation());
        deleteUnseen(sql, kept);
    }

    /** What others have begun and left. */
    static void deleteUnseen(Sql sql, Place kept) throws SQLException {
        Object[] which = {kept.workspaceId(), kept.workspaceId(), kept.documentId(), kept.generation()};
        sql.update(
                "DELETE FROM knowledge_vector WHERE workspace_id = ? AND chunk_id IN (SELECT id FROM knowledge_chunk"
                        + " WHERE workspace_id = ? AND document_id = ? AND generation <> ?)",
                which);
        sql.update(
                "DELETE FROM knowledge_chunk WHERE workspace_id = ? AND document_id = ? AND generation <> ?",
                kept.workspaceId(),
                kept.documentId(),
                kept.generation());
    }

    static List<Chunk> findAll(Sql sql, String workspaceId, Collection<UUID> ids) throws SQLException {
        return sql.list(SELECT + " AND id IN (" + Sql.marks(ids) + ")", ChunkTable::read, workspaceId, ids);
    }

    /** A page of what searches see of a document, in its order. */
    static List<Chunk> list(Sql sql, Document document, int after, int limit) throws SQLException {
        return sql.list(
                SELECT + " AND document_id = ? AND generation = ? AND position > ? ORDER BY position LIMIT ?",
                ChunkTable::read,
                document.workspaceId(),
                document.id(),
                document.generation(),
                after,
                limit);
    }

    // ---- vectors that are missing

    /** A chunk that has no vector of an embedder yet. */
    record Bare(long changeNo, Chunk chunk, String title) {}

    /** Some of the base after a change, in the order of the changes. */
    static List<Bare> bare(Sql sql, String workspaceId, UUID baseId, String embedder, long after, int limit)
            throws SQLException {
        return sql.list(
                "SELECT c.id, c.document_id, c.position, c.headings, c.content_text, c.page, c.change_no, d.title"
                        + " FROM knowledge_chunk c JOIN knowledge_document d"
                        + " ON d.workspace_id = c.workspace_id AND d.id = c.document_id"
                        + " WHERE c.workspace_id = ? AND c.base_id = ? AND c.change_no > ? AND NOT EXISTS"
                        + " (SELECT 1 FROM knowledge_vector v WHERE v.workspace_id = c.workspace_id"
                        + " AND v.chunk_id = c.id AND v.embedder = ?) ORDER BY c.change_no LIMIT ?",
                row -> new Bare(row.number("change_no"), read(row), row.text("title")),
                workspaceId,
                baseId,
                after,
                embedder,
                limit);
    }

    /** The chunk changed, so that indexes fetch its new vector; false when it is gone. */
    static boolean touch(Sql sql, String workspaceId, UUID id, long changeNo) throws SQLException {
        return sql.update(
                        "UPDATE knowledge_chunk SET change_no = ? WHERE workspace_id = ? AND id = ?"
                                + " AND change_no IS NOT NULL",
                        changeNo,
                        workspaceId,
                        id)
                == 1;
    }

    /** Whose vectors there are in a base. */
    static List<String> embedders(Sql sql, String workspaceId, UUID baseId) throws SQLException {
        return sql.list(
                "SELECT DISTINCT v.embedder FROM knowledge_chunk c JOIN knowledge_vector v"
                        + " ON v.workspace_id = c.workspace_id AND v.chunk_id = c.id"
                        + " WHERE c.workspace_id = ? AND c.base_id = ?",
                row -> row.text("embedder"),
                workspaceId,
                baseId);
    }

    /** Forgets vectors of an embedder, some at a time; false when there were none. */
    static boolean forget(Sql sql, String workspaceId, UUID baseId, String embedder, int limit) throws SQLException {
        return sql.update(
                        "DELETE FROM knowledge_vector WHERE workspace_id = ? AND embedder = ? AND chunk_id IN"
                                + " (SELECT v.chunk_id FROM knowledge_chunk c JOIN knowledge_vector v"
                                + " ON v.workspace_id = c.workspace_id AND v.chunk_id = c.id AND v.embedder = ?"
                                + " WHERE c.workspace_id = ? AND c.base_id = ? LIMIT ?)",
                        workspaceId,
                        embedder,
                        embedder,
                        workspaceId,
                        baseId,
                        limit)
                > 0;
    }

    // ---- for indexes

    /** What was written after a change, in the order of the changes. */
    static List<Feed.Change> changed(Sql sql, String workspaceId, UUID baseId, long after, int limit)
            throws SQLException {
        record Found(long changeNo, Chunk chunk, String title) {}
        List<Found> found = sql.list(
                "SELECT c.id, c.document_id, c.position, c.headings, c.content_text, c.page, c.change_no, d.title"
                        + " FROM knowledge_chunk c JOIN knowledge_document d"
                        + " ON d.workspace_id = c.workspace_id AND d.id = c.document_id"
                        + " WHERE c.workspace_id = ? AND c.base_id = ? AND c.change_no > ?"
                        + " ORDER BY c.change_no LIMIT ?",
                row -> new Found(row.number("change_no"), read(row), row.text("title")),
                workspaceId,
                baseId,
                after,
                limit);
        if (found.isEmpty()) return List.of();
        Map<UUID, Map<String, byte[]>> vectors =
                vectors(sql, workspaceId, baseId, after, found.getLast().changeNo());
        List<Feed.Change> changes = new ArrayList<>(found.size());
        for (Found one : found) {
            Chunk chunk = one.chunk();
            changes.add(new Feed.Change(
                    one.changeNo(),
                    new TextIndex.Document(
                            chunk.id(),
                            chunk.indexed(one.title()),
                            vectors.getOrDefault(chunk.id(), Map.of()),
                            0,
                            chunk.documentId().toString(),
                            0)));
        }
        return changes;
    }

    private static Map<UUID, Map<String, byte[]>> vectors(
            Sql sql, String workspaceId, UUID baseId, long after, long last) throws SQLException {
        record Found(UUID chunkId, String embedder, byte[] vector) {}
        Map<UUID, Map<String, byte[]>> vectors = new HashMap<>();
        List<Found> rows = sql.list(
                "SELECT v.chunk_id, v.embedder, v.vector FROM knowledge_chunk c JOIN knowledge_vector v"
                        + " ON v.workspace_id = c.workspace_id AND v.chunk_id = c.id"
                        + " WHERE c.workspace_id = ? AND c.base_id = ? AND c.change_no > ? AND c.change_no <= ?",
                row -> new Found(row.id("chunk_id"), row.text("embedder"), row.bytes("vector")),
                workspaceId,
                baseId,
                after,
                last);
        for (Found row : rows) {
            vectors.computeIfAbsent(row.chunkId(), id -> new HashMap<>()).put(row.embedder(), row.vector());
        }
        return vectors;
    }

    static List<Feed.Gone> gone(Sql sql, String workspaceId, UUID baseId, Feed.Gone after, int limit)
            throws SQLException {
        return sql.list(
                "SELECT change_no, id FROM knowledge_gone WHERE workspace_id = ? AND base_id = ?"
                        + " AND (change_no > ? OR (change_no = ? AND id > ?)) ORDER BY change_no, id LIMIT ?",
                row -> new Feed.Gone(row.number("change_no"), row.id("id")),
                workspaceId,
                baseId,
                after.changeNo(),
                after.changeNo(),
                after.id(),
                limit);
    }

    /** A base of any workspace with deletions that nobody needs any more. */
    record Old(String workspaceId, UUID baseId, long changeNo) {}

    static List<Old> old(Sql sql, long before, int limit) throws SQLException {
        return sql.list(
                "SELECT workspace_id, base_id, MAX(change_no) AS change_no FROM knowledge_gone WHERE gone_time <= ?"
                        + " GROUP BY workspace_id, base_id LIMIT ?",
                row -> new Old(row.text("workspace_id"), row.id("base_id"), row.number("change_no")),
                before,
                limit);
    }

    static int forgetGone(Sql sql, Old old) throws SQLException {
        return sql.update(
                "DELETE FROM knowledge_gone WHERE workspace_id = ? AND base_id = ? AND change_no <= ?",
                old.workspaceId(),
                old.baseId(),
                old.changeNo());
    }

    private static Chunk read(Row row) throws SQLException {
        List<String> headings = new ArrayList<>();
        for (JsonNode name : row.json("headings")) headings.add(name.asString(""));
        Integer page = row.smallOrNull("page");
        return new Chunk(
                row.id("id"),
                row.id("document_id"),
                row.small("position"),
                List.copyOf(headings),
                row.text("content_text"),
                page == null ? 0 : page);
    }
}
