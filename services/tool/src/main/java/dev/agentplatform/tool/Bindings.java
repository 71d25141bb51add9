package dev.agentplatform.tool;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Bindings: how a tool is used in a scope. */
final class Bindings {
    private final Database database;
    private final Clock clock;
    private final Ids ids;
    private final Tools tools;

    Bindings(Database database, Clock clock, Ids ids, Tools tools) {
        this.database = database;
        this.clock = clock;
        this.ids = ids;
        this.tools = tools;
    }

    /** What a client asks for; ids may be null, and a missing part of a change keeps what is there. */
    record Asked(UUID toolId, UUID versionId, ToolScope scope, JsonNode config, UUID credentialId) {}

    /** @throws Problem 404 for a tool, version or credential that is not there, 422 for a wrong config */
    Binding create(String workspaceId, Asked asked) {
        checkConfig(asked.config());
        UUID toolId = asked.versionId() == null
                ? tools.find(workspaceId, asked.toolId()).id()
                : tools.resolve(workspaceId, asked.toolId(), asked.versionId())
                        .tool()
                        .id();
        long now = clock.millis();
        Binding binding = new Binding(
                ids.next(),
                workspaceId,
                toolId,
                asked.versionId(),
                asked.scope(),
                asked.config() == null ? Json.object() : asked.config(),
                asked.credentialId(),
                now,
                now);
        return database.transact(sql -> {
            lockCredential(sql, workspaceId, asked.credentialId());
            BindingTable.insert(sql, binding);
            return binding;
        });
    }

    /** @throws Problem 404 */
    Binding find(String workspaceId, UUID id) {
        return database.read(sql -> BindingTable.find(sql, workspaceId, id)).orElseThrow(() -> missing(id));
    }

    Page<Binding> list(String workspaceId, BindingTable.Filter filter, PageRequest page) {
        return database.read(sql -> BindingTable.list(sql, workspaceId, filter, page));
    }

    /** @param withoutCredential takes the credential away @throws Problem 404, 422 */
    Binding patch(String workspaceId, UUID id, Asked asked, boolean withoutCredential) {
        checkConfig(asked.config());
        Binding known = find(workspaceId, id);
        if (asked.versionId() != null) tools.resolve(workspaceId, known.toolId(), asked.versionId());
        return database.transact(sql -> {
            Binding now = BindingTable.lock(sql, workspaceId, id).orElseThrow(() -> missing(id));
            lockCredential(sql, workspaceId, asked.credentialId());
            UUID credential = asked.credentialId() == null ? now.credentialId() : asked.credentialId();
            Binding changed = new Binding(
                    id,
                    workspaceId,
                    now.toolId(),
                    asked.versionId() == null ? now.versionId() : asked.versionId(),
                    asked.scope() == null ? now.scope() : asked.scope(),
                    asked.config() == null ? now.config() : asked.config(),
                    withoutCredential ? null : credential,
                    now.createdTime(),
                    clock.millis());
            BindingTable.update(sql, changed);
            return changed;
        });
    }

    /** @throws Problem 404 */
    void delete(String workspaceId, UUID id) {
        database.transact(sql -> {
            BindingTable.lock(sql, workspaceId, id).orElseThrow(() -> missing(id));
            BindingTable.delete(sql, workspaceId, id);
            return null;
        });
    }

    /**
     * The binding that a call takes which names none: of those whose scope the call is in, the one with the most specific
     * scope; of several for one scope the newest.
     *
     * @param scopes what the call is in; the workspace always is
     */
    Optional<Binding> choose(String workspaceId, UUID toolId, List<ToolScope> scopes) {
        return database.read(sql -> {
            for (ToolScope scope : ordered(workspaceId, scopes)) {
                Optional<Binding> found = newest(sql, workspaceId, toolId, scope);
                if (found.isPresent()) return found;
            }
            return Optional.empty();
        });
    }

    static List<ToolScope> ordered(String workspaceId, List<ToolScope> scopes) {
        List<ToolScope> all = new java.util.ArrayList<>(scopes);
        all.add(ToolScope.workspace(workspaceId));
        all.sort(Comparator.comparingInt(ToolScope::rank));
        return all;
    }

    private static Optional<Binding> newest(Sql sql, String workspaceId, UUID toolId, ToolScope scope)
            throws SQLException {
        Optional<Binding> found = BindingTable.newest(sql, workspaceId, toolId, scope.type(), scope.id());
        if (!scope.type().equals(ToolScope.WORKSPACE)) return found;
        Optional<Binding> tenant = BindingTable.newest(sql, workspaceId, toolId, ToolScope.TENANT, scope.id());
        if (found.isEmpty() || tenant.isEmpty()) return found.or(() -> tenant);
        return found.get().id().compareTo(tenant.get().id()) > 0 ? found : tenant;
    }

    private static void checkConfig(JsonNode config) {
        if (config == null) return;
        if (Json.write(config).length() > ToolVersionCheck.SIZE_MAX) {
            throw Problem.tooLarge("config_json has more than " + ToolVersionCheck.SIZE_MAX + " characters.");
        }
        List<FieldError> errors = ToolVersionCheck.httpConfig("config_json", config);
        if (!errors.isEmpty()) throw Problem.invalid(errors);
    }

    private static void lockCredential(Sql sql, String workspaceId, UUID id) throws SQLException {
        if (id != null) CredentialTable.lock(sql, workspaceId, id).orElseThrow(() -> Credentials.missing(id));
    }

    private static Problem missing(UUID id) {
        return Problem.notFound("tool binding", id);
    }
}
