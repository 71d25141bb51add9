package dev.agentplatform.tool;

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
import tools.jackson.databind.node.ArrayNode;

/** The SQL of {@code tool_credential}, for both databases. */
final class CredentialTable {
    private static final String SELECT = "SELECT id, workspace_id, name, credential_type, fields, sealed, created_time,"
            + " updated_time FROM tool_credential WHERE workspace_id = ?";

    private CredentialTable() {}

    static void insert(Sql sql, Credential credential) throws SQLException {
        sql.update(
                "INSERT INTO tool_credential (id, workspace_id, name, credential_type, fields, sealed, created_time,"
                        + " updated_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                credential.id(),
                credential.workspaceId(),
                credential.name(),
                credential.type().word(),
                names(credential.fields()),
                credential.sealed(),
                credential.createdTime(),
                credential.updatedTime());
    }

    static Optional<Credential> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(SELECT + " AND id = ?", CredentialTable::read, workspaceId, id);
    }

    /** {@link #find}, and nobody deletes or binds it until the transaction ends. */
    static Optional<Credential> lock(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(SELECT + " AND id = ?" + sql.dialect().forUpdate(), CredentialTable::read, workspaceId, id);
    }

    static Page<Credential> list(Sql sql, String workspaceId, String name, String type, PageRequest page)
            throws SQLException {
        return Listing.of(SELECT, workspaceId)
                .where("name", name)
                .where("credential_type", type)
                .page(sql, page, CredentialTable::read, Credential::id);
    }

    static void update(Sql sql, Credential credential) throws SQLException {
        sql.update(
                "UPDATE tool_credential SET name = ?, fields = ?, sealed = ?, updated_time = ?"
                        + " WHERE workspace_id = ? AND id = ?",
                credential.name(),
                names(credential.fields()),
                credential.sealed(),
                credential.updatedTime(),
                credential.workspaceId(),
                credential.id());
    }

    /** The same secret under another key; false when somebody changed the secret meanwhile. */
    static boolean reseal(Sql sql, Credential before, String sealed) throws SQLException {
        return sql.update(
                        "UPDATE tool_credential SET sealed = ? WHERE workspace_id = ? AND id = ? AND sealed = ?",
                        sealed,
                        before.workspaceId(),
                        before.id(),
                        before.sealed())
                == 1;
    }

    static void delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        sql.update("DELETE FROM tool_credential WHERE workspace_id = ? AND id = ?", workspaceId, id);
    }

    /** Workspaces that have credentials, for the change of keys at start. */
    static List<String> workspaces(Sql sql, String after, int limit) throws SQLException {
        return sql.list(
                "SELECT DISTINCT workspace_id FROM tool_credential WHERE workspace_id > ? ORDER BY workspace_id LIMIT"
                        + " ?",
                row -> row.text("workspace_id"),
                after,
                limit);
    }

    private static ArrayNode names(List<String> fields) {
        ArrayNode names = Json.array();
        fields.forEach(names::add);
        return names;
    }

    private static Credential read(Row row) throws SQLException {
        return new Credential(
                row.id("id"),
                row.text("workspace_id"),
                row.text("name"),
                CredentialType.of(row.text("credential_type")).orElseThrow(),
                row.json("fields").valueStream().map(JsonNode::asString).toList(),
                row.text("sealed"),
                row.number("created_time"),
                row.number("updated_time"));
    }
}
