package dev.agentplatform.memory;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.memory.index.HashEmbedding;
import dev.agentplatform.memory.index.TextIndex;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What scopes remember: each write is one transaction with the scope's change number; searches go by an index. */
public final class Memories {
    public static final int TEXT_LENGTH_MAX = 20_000;
    static final int METADATA_LENGTH_MAX = 65_536;
    static final int QUERY_LENGTH_MAX = 4_000;
    static final int KEY_LENGTH_MAX = 500;
    static final int HITS_MAX = 100;

    /** Of one scope; its index must fit into memory. */
    static final long SCOPE_SIZE_MAX = 1_000_000;

    /** What is kept by its key. */
    static final String KEPT_TYPE = "conversation";

    private final Database database;
    private final ScopeIndexes indexes;
    private final Clock clock;
    private final Ids ids;

    Memories(Database database, ScopeIndexes indexes, Clock clock, Ids ids) {
        this.database = database;
        this.indexes = indexes;
        this.clock = clock;
        this.ids = ids;
    }

    /** @param metadata may be null @param expiresTime UTC milliseconds; 0 for never */
    record New(Scope scope, String type, String text, int importance, JsonNode metadata, long expiresTime) {}

    /** Null fields stay. @param expiresTime 0 for never */
    record Patch(String type, String text, Integer importance, JsonNode metadata, Long expiresTime) {}

    /** @param type null for all */
    record Search(Scope scope, String query, String type, double scoreMin, int limit) {}

    /** A memory that was found, and why. */
    record Found(Memory memory, TextIndex.Hit hit) {}

    /** @throws Problem 409 {@code scope_full} */
    Memory create(New wanted) {
        check(wanted.metadata(), wanted.expiresTime());
        Memory memory = memory(wanted);
        byte[] vector = HashEmbedding.of(memory.text());
        return database.transact(sql -> insert(sql, memory, null, vector));
    }

    private Memory memory(New wanted) {
        long now = clock.millis();
        JsonNode metadata = wanted.metadata() == null ? Json.nothing() : wanted.metadata();
        return new Memory(
                ids.next(),
                wanted.scope(),
                wanted.type(),
                wanted.text(),
                wanted.importance(),
                metadata,
                HashEmbedding.NAME,
                wanted.expiresTime(),
                now,
                now);
    }

    private static Memory insert(Sql sql, Memory memory, String key, byte[] vector) throws SQLException {
        ScopeTable.Changed change = ScopeTable.change(sql, memory.scope(), 1);
        if (change.size() > SCOPE_SIZE_MAX) {
            throw Problem.conflict("scope_full", "The scope has " + SCOPE_SIZE_MAX + " memories; delete some first.");
        }
        MemoryTable.insert(sql, memory, key, vector, change.changeNo());
        return memory;
    }

    /** @throws Problem 404, also when it has expired */
    Memory get(String workspaceId, UUID id) {
        return database.read(sql -> find(sql, workspaceId, id));
    }

    private Memory find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return MemoryTable.find(sql, workspaceId, id)
                .filter(memory -> !memory.expired(clock.millis()))
                .orElseThrow(() -> Problem.notFound("memory", id));
    }

    Page<Memory> list(String workspaceId, MemoryTable.Filter filter, PageRequest page) {
        List<Memory> rows = database.read(sql -> MemoryTable.list(sql, workspaceId, filter, page, clock.millis()));
        return Page.of(rows, page.limit(), memory -> memory.id().toString());
    }

    /** @throws Problem 404 */
    Memory patch(String workspaceId, UUID id, Patch patch) {
        check(patch.metadata(), patch.expiresTime() == null ? 0 : patch.expiresTime());
        return database.transact(sql -> {
            // The scope never changes, so it may be read before the scope's row is locked; the rest is read again.
            Scope scope = find(sql, workspaceId, id).scope();
            long changeNo = ScopeTable.change(sql, scope, 0).changeNo();
            Memory changed = patched(find(sql, workspaceId, id), patch);
            MemoryTable.update(sql, changed, HashEmbedding.of(changed.text()), changeNo);
            return changed;
        });
    }

    private Memory patched(Memory before, Patch patch) {
        return new Memory(
                before.id(),
                before.scope(),
                patch.type() == null ? before.type() : patch.type(),
                patch.text() == null ? before.text() : patch.text(),
                patch.importance() == null ? before.importance() : patch.importance(),
                patch.metadata() == null ? before.metadata() : patch.metadata(),
                HashEmbedding.NAME,
                patch.expiresTime() == null ? before.expiresTime() : patch.expiresTime(),
                before.createdTime(),
                clock.millis());
    }

    private void check(JsonNode metadata, long expiresTime) {
        if (metadata != null && Json.write(metadata).length() > METADATA_LENGTH_MAX) {
            throw Problem.invalid("metadata_json", "must have at most " + METADATA_LENGTH_MAX + " characters");
        }
        if (expiresTime != 0 && expiresTime <= clock.millis()) {
            throw Problem.invalid("expires_time", "must be in the future");
        }
    }

    /** @throws Problem 404 */
    void delete(String workspaceId, UUID id) {
        database.transact(sql -> {
            delete(sql, find(sql, workspaceId, id));
            return id;
        });
    }

    private void delete(Sql sql, Memory memory) throws SQLException {
        Scope scope = memory.scope();
        long changeNo = ScopeTable.change(sql, scope, -1).changeNo();
        // Somebody else may have been first; the change is rolled back then.
        if (!MemoryTable.delete(sql, scope.workspaceId(), memory.id())) throw Problem.notFound("memory", memory.id());
        ScopeTable.gone(sql, scope, changeNo, List.of(memory.id()), clock.millis());
    }

    /** The best first. Everything that was written before the call is found. */
    List<Found> search(Search search) {
        String workspaceId = search.scope().workspaceId();
        TextIndex.Query query = new TextIndex.Query(
                search.query(),
                HashEmbedding.of(search.query()),
                search.type(),
                clock.millis(),
                search.scoreMin(),
                search.limit());
        List<TextIndex.Hit> hits = indexes.current(search.scope()).search(query);
        if (hits.isEmpty()) return List.of();
        List<UUID> found = hits.stream().map(TextIndex.Hit::id).toList();
        Map<UUID, Memory> memories = new HashMap<>();
        for (Memory memory : database.read(sql -> MemoryTable.findAll(sql, workspaceId, found, clock.millis()))) {
            memories.put(memory.id(), memory);
        }
        List<Found> answer = new ArrayList<>();
        for (TextIndex.Hit hit : hits) {
            Memory memory = memories.get(hit.id());
            if (memory != null) answer.add(new Found(memory, hit));
        }
        return answer;
    }

    // ---- for agents

    /**
     * What a scope remembers about a question, the most relevant first.
     *
     * @param topK at most; 1 to 100
     * @throws Problem 422 for a scope that is none
     */
    public List<Memory> recall(String workspaceId, String scopeType, String scopeId, String query, int topK) {
        Scope scope = Scope.of(workspaceId, scopeType, scopeId);
        String asked = cut(query, QUERY_LENGTH_MAX);
        int limit = Math.clamp(topK, 1, HITS_MAX);
        return search(new Search(scope, asked, null, 0, limit)).stream()
                .map(Found::memory)
                .toList();
    }

    /**
     * Remembers a text, unless the scope has one of this key. A text beyond {@value #TEXT_LENGTH_MAX} characters is cut.
     *
     * @param key what makes a repeated call the same; up to {@value #KEY_LENGTH_MAX} characters
     * @param importance 0 to 100
     * @return whether it was new
     * @throws Problem 422 for a scope that is none, 409 {@code scope_full}
     */
    public boolean keep(String workspaceId, String scopeType, String scopeId, String key, String text, int importance) {
        if (key.isEmpty() || key.length() > KEY_LENGTH_MAX) {
            throw new IllegalArgumentException("a key has 1 to " + KEY_LENGTH_MAX + " characters");
        }
        Scope scope = Scope.of(workspaceId, scopeType, scopeId);
        int bounded = Math.clamp(importance, 0, 100);
        Memory memory = memory(new New(scope, KEPT_TYPE, cut(text, TEXT_LENGTH_MAX), bounded, null, 0));
        byte[] vector = HashEmbedding.of(memory.text());
        return database.transact(sql -> keep(sql, memory, key, vector));
    }

    private boolean keep(Sql sql, Memory memory, String key, byte[] vector) throws SQLException {
        // Two that come at once must not both miss the other's row.
        ScopeTable.change(sql, memory.scope(), 0);
        var before = MemoryTable.findByKey(sql, memory.scope(), key);
        if (before.isPresent()) {
            if (!before.get().expired(clock.millis())) return false;
            delete(sql, before.get());
        }
        insert(sql, memory, key, vector);
        return true;
    }

    /** PostgreSQL has no room for the character 0. */
    private static String cut(String text, int length) {
        String clean = text.replace("\0", "");
        if (clean.length() <= length) return clean;
        boolean split = Character.isHighSurrogate(clean.charAt(length - 1));
        return clean.substring(0, split ? length - 1 : length);
    }
}
