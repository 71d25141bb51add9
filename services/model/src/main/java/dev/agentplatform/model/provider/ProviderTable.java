package dev.agentplatform.model.provider;

import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import dev.agentplatform.web.Binder;
import dev.agentplatform.web.Reply;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The SQL of {@code model_provider}. */
final class ProviderTable {
    private ProviderTable() {}

    static void insert(Sql sql, Provider provider) throws SQLException {
        sql.update(
                """
                INSERT INTO model_provider (workspace_id, id, name, kind, base_url, sealed_key, models, limits,
                    fallback, enabled, created_time, updated_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
                """,
                provider.workspaceId(),
                provider.id(),
                provider.name(),
                provider.kind().word(),
                provider.baseUrl(),
                provider.sealedKey(),
                Reply.tree(provider.models()),
                Reply.tree(provider.limits()),
                Reply.tree(provider.fallback()),
                provider.enabled(),
                provider.createdTime(),
                provider.updatedTime());
    }

    static void update(Sql sql, Provider provider) throws SQLException {
        sql.update(
                """
                UPDATE model_provider SET name = ?, base_url = ?, sealed_key = ?, models = ?, limits = ?, fallback = ?,
                    enabled = ?, updated_time = ? WHERE workspace_id = ? AND id = ?\
                """,
                provider.name(),
                provider.baseUrl(),
                provider.sealedKey(),
                Reply.tree(provider.models()),
                Reply.tree(provider.limits()),
                Reply.tree(provider.fallback()),
                provider.enabled(),
                provider.updatedTime(),
                provider.workspaceId(),
                provider.id());
    }

    static boolean delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.update("DELETE FROM model_provider WHERE workspace_id = ? AND id = ?", workspaceId, id) == 1;
    }

    static int count(Sql sql, String workspaceId) throws SQLException {
        return sql.one(
                        "SELECT COUNT(*) AS n FROM model_provider WHERE workspace_id = ?",
                        row -> row.small("n"),
                        workspaceId)
                .orElse(0);
    }

    static Optional<Provider> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                "SELECT * FROM model_provider WHERE workspace_id = ? AND id = ?", ProviderTable::read, workspaceId, id);
    }

    static Page<Provider> list(Sql sql, String workspaceId, String name, PageRequest page) throws SQLException {
        return Listing.of("SELECT * FROM model_provider WHERE workspace_id = ?", workspaceId)
                .where("name", name)
                .page(sql, page, ProviderTable::read, Provider::id);
    }

    /** Those that may be called, the oldest first. */
    static List<Provider> enabled(Sql sql, String workspaceId) throws SQLException {
        return sql.list(
                "SELECT * FROM model_provider WHERE workspace_id = ? AND enabled = 1 ORDER BY id",
                ProviderTable::read,
                workspaceId);
    }

    private static Provider read(Row row) throws SQLException {
        List<ModelEntry> models = new ArrayList<>();
        for (JsonNode model : row.json("models")) models.add(Binder.bind(model, ModelEntry.class));
        List<String> fallback = new ArrayList<>();
        for (JsonNode name : row.json("fallback")) fallback.add(name.asString());
        return new Provider(
                row.id("id"),
                row.text("workspace_id"),
                row.text("name"),
                Kind.of(row.text("kind")).orElseThrow(),
                row.text("base_url"),
                row.text("sealed_key"),
                models,
                Binder.bind(row.json("limits"), Limits.class),
                fallback,
                row.flag("enabled"),
                row.number("created_time"),
                row.number("updated_time"));
    }
}
