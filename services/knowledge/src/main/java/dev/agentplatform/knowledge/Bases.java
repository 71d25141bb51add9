package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.knowledge.KnowledgeBase.Embedding;
import dev.agentplatform.knowledge.chunk.Chunking;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import dev.agentplatform.store.UniqueViolation;
import java.sql.SQLException;
import java.time.Clock;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The bases of a workspace. Each change is one transaction with its event. */
final class Bases {
    /** Below every id. */
    static final UUID LOWEST = new UUID(0, 0);

    private final Database database;
    private final Embedders embedders;
    private final Tasks tasks;
    private final KnowledgeEvents events;
    private final Clock clock;
    private final Ids ids;

    Bases(Database database, Embedders embedders, Tasks tasks, KnowledgeEvents events, Clock clock, Ids ids) {
        this.database = database;
        this.embedders = embedders;
        this.tasks = tasks;
        this.events = events;
        this.clock = clock;
        this.ids = ids;
    }

    /** @param provider null for that of the settings @param metadata may be null */
    record New(
            String workspaceId,
            String code,
            String name,
            String description,
            String provider,
            Chunking chunking,
            JsonNode metadata) {}

    /** Null fields stay. */
    record Patch(
            String code,
            String name,
            String description,
            String provider,
            Chunkings.Wanted chunking,
            JsonNode metadata) {}

    /** @throws Problem 409 {@code code_taken} */
    KnowledgeBase create(New wanted) {
        long now = clock.millis();
        String provider = wanted.provider() == null ? embedders.providerUsual() : wanted.provider();
        KnowledgeBase base = new KnowledgeBase(
                ids.next(),
                wanted.workspaceId(),
                wanted.code(),
                wanted.name(),
                wanted.description(),
                new Embedding(provider, embedders.nameOf(provider), null, null, false),
                wanted.chunking(),
                wanted.metadata(),
                null,
                0,
                0,
                false,
                now,
                now);
        try {
            return database.transact(sql -> {
                BaseTable.insert(sql, base);
                events.base(sql, base, "created");
                return base;
            });
        } catch (UniqueViolation taken) {
            throw taken(wanted.code());
        }
    }

    /** @throws Problem 404 */
    KnowledgeBase get(String workspaceId, UUID id) {
        return database.read(sql -> find(sql, workspaceId, id));
    }

    /** @throws Problem 404 */
    KnowledgeBase named(String workspaceId, String idOrCode) {
        return database.read(sql -> {
            var id = Ids.parse(idOrCode);
            var found = id.isPresent()
                    ? BaseTable.find(sql, workspaceId, id.get())
                    : BaseTable.findByCode(sql, workspaceId, idOrCode);
            return found.orElseThrow(() -> Problem.notFound("knowledge base", idOrCode));
        });
    }

    Page<KnowledgeBase> list(String workspaceId, String code, PageRequest page) {
        return database.read(sql -> BaseTable.list(sql, workspaceId, code, page));
    }

    /** Another embedder or another way to cut works in the background; searches go on meanwhile. @throws Problem 404, 409 */
    KnowledgeBase patch(String workspaceId, UUID id, Patch patch) {
        try {
            KnowledgeBase changed = database.transact(sql -> {
                tasks.call(sql, Tasks.base(workspaceId, id));
                KnowledgeBase after = patched(locked(sql, workspaceId, id), patch);
                BaseTable.update(sql, after);
                events.base(sql, after, "changed");
                return after;
            });
            tasks.announce(Tasks.base(workspaceId, id));
            return changed;
        } catch (UniqueViolation taken) {
            throw taken(patch.code());
        }
    }

    private KnowledgeBase patched(KnowledgeBase before, Patch patch) {
        Chunking chunking =
                patch.chunking() == null ? before.chunking() : patch.chunking().over(before.chunking());
        boolean cutAnew = !chunking.equals(before.chunking());
        return new KnowledgeBase(
                before.id(),
                before.workspaceId(),
                patch.code() == null ? before.code() : patch.code(),
                patch.name() == null ? before.name() : patch.name(),
                patch.description() == null ? before.description() : patch.description(),
                patch.provider() == null ? before.embedding() : towards(before, patch.provider()),
                chunking,
                patch.metadata() == null ? before.metadata() : patch.metadata(),
                cutAnew ? LOWEST : before.reindexAfter(),
                before.documents(),
                before.chunks(),
                before.deleted(),
                before.createdTime(),
                clock.millis());
    }

    private Embedding towards(KnowledgeBase base, String provider) {
        String wanted = embedders.nameOf(provider);
        // Each chunk has a vector of hashed words, whatever it has besides.
        boolean there = Embedders.local(wanted) || base.chunks() == 0;
        return base.embedding().towards(provider, wanted, there);
    }

    /** All documents are read, cut and embedded anew, one after the other. @throws Problem 404 */
    KnowledgeBase reindex(String workspaceId, UUID id) {
        KnowledgeBase changed = database.transact(sql -> {
            tasks.call(sql, Tasks.base(workspaceId, id));
            KnowledgeBase after = locked(sql, workspaceId, id).reindexing(LOWEST);
            BaseTable.update(sql, after);
            return after;
        });
        tasks.announce(Tasks.base(workspaceId, id));
        return changed;
    }

    /** It is gone at once; its documents, chunks and searches follow in the background. @throws Problem 404 */
    void delete(String workspaceId, UUID id) {
        database.transact(sql -> {
            tasks.call(sql, Tasks.base(workspaceId, id));
            KnowledgeBase base = locked(sql, workspaceId, id);
            BaseTable.delete(sql, workspaceId, id, clock.millis());
            events.base(sql, base, "deleted");
            return id;
        });
        tasks.announce(Tasks.base(workspaceId, id));
    }

    /** Bases whose embedder the settings name get the one that they name now. */
    void followSettings() {
        String now = embedders.nameOf(Embedders.HTTP);
        for (BaseTable.Named one : database.read(sql -> BaseTable.ofProvider(sql, Embedders.HTTP))) {
            var base = database.read(sql -> BaseTable.find(sql, one.workspaceId(), one.id()));
            if (base.isEmpty() || base.get().embedding().target().equals(now)) continue;
            patch(one.workspaceId(), one.id(), new Patch(null, null, null, Embedders.HTTP, null, null));
        }
    }

    static KnowledgeBase find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return BaseTable.find(sql, workspaceId, id).orElseThrow(() -> missing(id));
    }

    /** Nobody else changes it or its chunks until the transaction ends. @throws Problem 404 */
    static KnowledgeBase locked(Sql sql, String workspaceId, UUID id) throws SQLException {
        return BaseTable.lock(sql, workspaceId, id)
                .filter(base -> !base.deleted())
                .orElseThrow(() -> missing(id));
    }

    static Problem missing(UUID id) {
        return Problem.notFound("knowledge base", id);
    }

    private static Problem taken(String code) {
        return Problem.conflict("code_taken", "There is a knowledge base with the code '" + code + "' already.");
    }
}
