package dev.agentplatform.tool;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.DefinitionVersion;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Range;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * Bindings in the documents of their tools. One is known by its scope, and names its credential: a document never holds a
 * secret. Of several bindings for one scope a call takes the newest, and so does a document.
 */
final class BindingFormat {
    /** Bindings of one tool in a document. */
    private static final int BINDINGS_MAX = 200;

    /** Scopes that are definitions, whose ids a document shows as codes. */
    private static final Set<String> DEFINITIONS = Set.of("agent", "skill", "team", "workflow");

    private final Database database;
    private final Catalog catalog;
    private final Clock clock;
    private final Ids ids;

    record Entry(
            @OneOf({"session", "user", "agent", "skill", "team", "workflow", "app", "workspace", "tenant"})
            String scopeType,

            @Length(min = 1, max = 200) String scopeId,

            @Length(min = 1, max = 200) @Doc("Name of a credential that is there")
            String credential,

            @Range(min = 1, max = Integer.MAX_VALUE) @Doc("Pins a version of the tool")
            Integer versionNo,

            ObjectNode configJson) {
        Entry {
            boolean whole = scopeType == null || scopeType.equals(ToolScope.WORKSPACE) || scopeType.equals("tenant");
            if (whole && scopeId != null) throw Problem.invalid("scope_id", "must be left out for the workspace");
            if (!whole && scopeId == null) throw Problem.invalid("scope_id", "is required for this scope_type");
        }

        boolean whole() {
            return scopeId == null;
        }
    }

    BindingFormat(Database database, Catalog catalog, Clock clock, Ids ids) {
        this.database = database;
        this.catalog = catalog;
        this.clock = clock;
        this.ids = ids;
    }

    /** @throws Problem 422 with every fault, paths from the document */
    void check(String workspaceId, List<Entry> entries) {
        List<FieldError> errors = new ArrayList<>();
        Set<String> scopes = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            String place = "bindings." + i;
            if (!scopes.add(entry.whole() ? "" : entry.scopeType() + " " + entry.scopeId())) {
                errors.add(new FieldError(place, "is the second one for its scope"));
            }
            if (entry.configJson() != null) {
                errors.addAll(ToolVersionCheck.httpConfig(place + ".config_json", entry.configJson()));
            }
            if (entry.credential() == null) continue;
            long found = database.read(sql -> CredentialTable.named(sql, workspaceId, entry.credential()))
                    .size();
            if (found == 1) continue;
            String shown = "'" + entry.credential() + "'";
            errors.add(new FieldError(
                    place + ".credential",
                    found == 0
                            ? "names " + shown + ", which is not there; make it first (POST /tools/credentials)"
                            : "names " + shown + ", and there are several of that name"));
        }
        if (!errors.isEmpty()) throw Problem.invalid(errors);
    }

    List<ObjectNode> show(Sql sql, Definition tool) throws SQLException {
        List<Binding> bindings = new ArrayList<>(current(sql, tool));
        bindings.sort(Comparator.comparingInt((Binding it) -> it.scope().rank())
                .thenComparing(it -> it.scope().type())
                .thenComparing(it -> it.scope().id()));
        List<ObjectNode> shown = new ArrayList<>();
        for (Binding binding : bindings) {
            ObjectNode entry = Json.object().put("scope_type", word(binding.scope()));
            if (!word(binding.scope()).equals(ToolScope.WORKSPACE)) {
                entry.put("scope_id", scopeName(sql, tool.workspaceId(), binding.scope()));
            }
            String credential = credential(sql, binding);
            if (credential != null) entry.put("credential", credential);
            if (binding.versionId() != null) entry.put("version_no", versionNo(sql, tool, binding.versionId()));
            if (!binding.config().isEmpty()) entry.set("config_json", binding.config());
            shown.add(entry);
        }
        return shown;
    }

    /** The newest for each scope. */
    private List<Binding> current(Sql sql, Definition tool) throws SQLException {
        Set<ToolScope> seen = new HashSet<>();
        return BindingTable.ofTool(sql, tool.workspaceId(), tool.id(), BINDINGS_MAX).stream()
                .filter(it ->
                        seen.add(new ToolScope(word(it.scope()), it.scope().id())))
                .toList();
    }

    private static String word(ToolScope scope) {
        return scope.type().equals(ToolScope.TENANT) ? ToolScope.WORKSPACE : scope.type();
    }

    private String scopeName(Sql sql, String workspaceId, ToolScope scope) throws SQLException {
        Optional<UUID> id = Ids.parse(scope.id());
        if (id.isEmpty() || !DEFINITIONS.contains(scope.type())) return scope.id();
        return catalog.find(sql, workspaceId, scope.type(), id.get())
                .map(Definition::code)
                .orElse(scope.id());
    }

    private static String credential(Sql sql, Binding binding) throws SQLException {
        if (binding.credentialId() == null) return null;
        return CredentialTable.find(sql, binding.workspaceId(), binding.credentialId())
                .map(Credential::name)
                .orElse(null);
    }

    private Integer versionNo(Sql sql, Definition tool, UUID versionId) throws SQLException {
        return catalog.version(sql, tool, versionId)
                .map(DefinitionVersion::versionNo)
                .orElse(null);
    }

    /** True when something changed. @param place of the entry in its document */
    boolean apply(Sql sql, Definition tool, Entry entry, String place) throws SQLException {
        String workspaceId = tool.workspaceId();
        UUID credential = entry.credential() == null ? null : credential(sql, workspaceId, entry, place);
        UUID version = entry.versionNo() == null ? null : version(sql, tool, entry, place);
        Optional<Binding> known = known(sql, tool, entry);
        long now = clock.millis();
        Binding wanted = new Binding(
                known.map(Binding::id).orElseGet(ids::next),
                workspaceId,
                tool.id(),
                version,
                known.isPresent() ? known.get().scope() : scope(sql, workspaceId, entry),
                entry.configJson() == null ? Json.object() : entry.configJson(),
                credential,
                known.map(Binding::createdTime).orElse(now),
                known.map(Binding::updatedTime).orElse(now));
        if (known.isPresent() && known.get().equals(wanted)) return false;
        if (known.isEmpty()) BindingTable.insert(sql, wanted);
        else BindingTable.update(sql, wanted.at(now));
        return true;
    }

    private static UUID credential(Sql sql, String workspaceId, Entry entry, String place) throws SQLException {
        List<Credential> named = CredentialTable.named(sql, workspaceId, entry.credential());
        boolean there = named.size() == 1
                && CredentialTable.lock(sql, workspaceId, named.getFirst().id()).isPresent();
        if (there) return named.getFirst().id();
        throw Problem.invalid(place + ".credential", "names '" + entry.credential() + "', which is not there");
    }

    private UUID version(Sql sql, Definition tool, Entry entry, String place) throws SQLException {
        return catalog.version(sql, tool, entry.versionNo())
                .map(DefinitionVersion::id)
                .orElseThrow(() -> Problem.invalid(
                        place + ".version_no", "is " + entry.versionNo() + ", and the tool has no such version here"));
    }

    private Optional<Binding> known(Sql sql, Definition tool, Entry entry) throws SQLException {
        for (Binding binding : current(sql, tool)) {
            boolean whole = word(binding.scope()).equals(ToolScope.WORKSPACE);
            if (entry.whole() ? whole : !whole && sameScope(sql, tool, binding.scope(), entry)) {
                return Optional.of(binding);
            }
        }
        return Optional.empty();
    }

    private boolean sameScope(Sql sql, Definition tool, ToolScope scope, Entry entry) throws SQLException {
        return scope.type().equals(entry.scopeType())
                && (scope.id().equals(entry.scopeId())
                        || scopeName(sql, tool.workspaceId(), scope).equals(entry.scopeId()));
    }

    private ToolScope scope(Sql sql, String workspaceId, Entry entry) throws SQLException {
        if (entry.whole()) return ToolScope.workspace(workspaceId);
        if (!DEFINITIONS.contains(entry.scopeType())) return new ToolScope(entry.scopeType(), entry.scopeId());
        String id = catalog.findByCode(sql, workspaceId, entry.scopeType(), entry.scopeId())
                .map(it -> it.id().toString())
                .orElse(entry.scopeId());
        return new ToolScope(entry.scopeType(), id);
    }
}
