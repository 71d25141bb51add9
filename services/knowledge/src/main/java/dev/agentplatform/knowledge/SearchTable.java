package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The SQL of {@code knowledge_search}. */
final class SearchTable {
    private static final String SELECT =
            "SELECT id, workspace_id, base_id, query, mode, top_k, filters, embedder, hits,"
                    + " took_millis, created_time FROM knowledge_search WHERE workspace_id = ?";

    private SearchTable() {}

    /**
     * A search that was made.
     *
     * @param filters JSON null for none
     * @param embedder whose vectors were compared; null for none
     * @param hits what was found, without the texts of the chunks
     */
    record Kept(
            UUID id,
            String workspaceId,
            UUID baseId,
            String query,
            String mode,
            int topK,
            JsonNode filters,
            String embedder,
            JsonNode hits,
            int tookMillis,
            long createdTime) {

        ObjectNode json() {
            ObjectNode json = Json.object();
            json.put("id", id.toString());
            json.put("workspace_id", workspaceId);
            json.put("tenant_id", workspaceId);
            json.put("knowledge_base_id", baseId.toString());
            json.put("query", query);
            json.put("mode", mode);
            json.put("top_k", topK);
            json.set("filters_json", filters);
            json.put("embedder", embedder);
            json.set("hits_json", hits);
            json.put("took_millis", tookMillis);
            json.put("created_time", Times.format(createdTime));
            return json;
        }
    }

    static void insert(Sql sql, Kept search) throws SQLException {
        sql.update(
                "INSERT INTO knowledge_search (workspace_id, id, base_id, query, mode, top_k, filters, embedder, hits,"
                        + " took_millis, created_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                search.workspaceId(),
                search.id(),
                search.baseId(),
                search.query(),
                search.mode(),
                search.topK(),
                Json.writeOrNull(search.filters()),
                search.embedder(),
                Json.write(search.hits()),
                search.tookMillis(),
                search.createdTime());
    }

    static Optional<Kept> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(SELECT + " AND id = ?", SearchTable::read, workspaceId, id);
    }

    static Page<Kept> list(Sql sql, String workspaceId, UUID baseId, PageRequest page) throws SQLException {
        return Listing.of(SELECT, workspaceId).where("base_id", baseId).page(sql, page, SearchTable::read, Kept::id);
    }

    /** Of all workspaces; returns how many. */
    static int purge(Sql sql, long before, int limit) throws SQLException {
        return sql.update(
                "DELETE FROM knowledge_search WHERE (workspace_id, id) IN (SELECT workspace_id, id FROM"
                        + " knowledge_search WHERE created_time < ? ORDER BY created_time LIMIT ?)",
                before,
                limit);
    }

    /** Some of a base; returns how many. */
    static int deleteOf(Sql sql, String workspaceId, UUID baseId, int limit) throws SQLException {
        return sql.update(
                "DELETE FROM knowledge_search WHERE workspace_id = ? AND id IN (SELECT id FROM knowledge_search"
                        + " WHERE workspace_id = ? AND base_id = ? LIMIT ?)",
                workspaceId,
                workspaceId,
                baseId,
                limit);
    }

    private static Kept read(Row row) throws SQLException {
        return new Kept(
                row.id("id"),
                row.text("workspace_id"),
                row.id("base_id"),
                row.text("query"),
                row.text("mode"),
                row.small("top_k"),
                row.json("filters"),
                row.text("embedder"),
                row.json("hits"),
                row.small("took_millis"),
                row.number("created_time"));
    }
}
