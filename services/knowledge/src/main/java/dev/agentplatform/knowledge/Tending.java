package dev.agentplatform.knowledge;

import dev.agentplatform.knowledge.ChunkTable.Bare;
import dev.agentplatform.knowledge.KnowledgeBase.Embedding;
import dev.agentplatform.queue.ActorTable;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * What a base needs in the background: vectors of the embedder that it shall have, documents to be indexed anew, and the
 * end of a base that was deleted. Each step is a transaction, and whoever takes over goes on behind the last one.
 */
final class Tending {
    private static final int BATCH = 128;
    private static final int DOCUMENTS = 50;
    private static final int FORGET = 1_000;
    private static final Duration BATCH_LIMIT = Duration.ofSeconds(60);

    private final Database database;
    private final Embedders embedders;
    private final Tasks tasks;
    private final KnowledgeEvents events;
    private final Clock clock;

    Tending(Database database, Embedders embedders, Tasks tasks, KnowledgeEvents events, Clock clock) {
        this.database = database;
        this.embedders = embedders;
        this.tasks = tasks;
        this.events = events;
        this.clock = clock;
    }

    /** @param running false: stop and leave the task as it is */
    void tend(Held held, BooleanSupplier running) throws InterruptedException {
        String workspaceId = held.task().workspaceId();
        UUID id = held.task().ref();
        Optional<KnowledgeBase> found = database.read(sql -> BaseTable.findAny(sql, workspaceId, id));
        if (found.isEmpty()) {
            held.end();
            return;
        }
        KnowledgeBase base = found.get();
        if (base.deleted()) {
            bury(held, base, running);
            return;
        }
        while (base.reindexAfter() != null && running.getAsBoolean()) base = callDocuments(held, base);
        if (base.embedding().stale()) forget(held, base, running);
        fill(held, base, running);
    }

    private static void goOn(BooleanSupplier running) throws InterruptedException {
        if (!running.getAsBoolean()) throw new InterruptedException();
    }

    // ---- documents anew

    /** The next documents get their tasks; the base as it stands then. */
    private KnowledgeBase callDocuments(Held held, KnowledgeBase base) {
        String workspaceId = base.workspaceId();
        List<UUID> documents = database.read(
                sql -> DocumentTable.idsAfter(sql, workspaceId, base.id(), base.reindexAfter(), DOCUMENTS));
        KnowledgeBase after = database.transact(sql -> {
            held.require(sql);
            for (UUID document : documents) tasks.call(sql, Tasks.document(workspaceId, document));
            KnowledgeBase now = Bases.locked(sql, workspaceId, base.id());
            // Somebody has asked again meanwhile, from the beginning.
            boolean asked = !base.reindexAfter().equals(now.reindexAfter());
            UUID next = documents.size() < DOCUMENTS ? null : documents.getLast();
            KnowledgeBase changed = asked ? now : now.reindexing(next);
            BaseTable.update(sql, changed);
            for (UUID document : documents) {
                Optional<Document> one = DocumentTable.find(sql, workspaceId, document);
                if (one.isPresent()) DocumentTable.update(sql, one.get().pending(clock.millis()));
            }
            return changed;
        });
        for (UUID document : documents) tasks.announce(Tasks.document(workspaceId, document));
        return after;
    }

    // ---- vectors

    /** Gives each chunk a vector of the embedder that the base shall have, then lets searches use it. */
    private void fill(Held held, KnowledgeBase base, BooleanSupplier running) throws InterruptedException {
        String target = base.embedding().target();
        if (Embedders.local(target)) {
            held.end();
            return;
        }
        try {
            long after = 0;
            List<Bare> bare = bare(base, target, after);
            while (!bare.isEmpty()) {
                goOn(running);
                write(held, base, target, bare);
                after = bare.getLast().changeNo();
                bare = bare(base, target, after);
            }
            arrive(held, base, target);
        } catch (EmbeddingModels.Failed failed) {
            retry(held, base, failed.getMessage());
        }
    }

    private List<Bare> bare(KnowledgeBase base, String target, long after) {
        return database.read(sql -> ChunkTable.bare(sql, base.workspaceId(), base.id(), target, after, BATCH));
    }

    private void write(Held held, KnowledgeBase base, String target, List<Bare> bare) throws InterruptedException {
        List<String> texts = new ArrayList<>(bare.size());
        for (Bare one : bare) texts.add(one.chunk().indexed(one.title()));
        List<byte[]> vectors = embedders.embed(base.workspaceId(), target, texts, BATCH_LIMIT);
        database.transact(sql -> {
            held.require(sql);
            long last = BaseTable.change(sql, base.workspaceId(), base.id(), bare.size(), 0, 0);
            Map<UUID, byte[]> byChunk = new LinkedHashMap<>();
            for (int i = 0; i < bare.size(); i++) {
                UUID chunk = bare.get(i).chunk().id();
                long changeNo = last - bare.size() + 1 + i;
                if (ChunkTable.touch(sql, base.workspaceId(), chunk, changeNo)) byChunk.put(chunk, vectors.get(i));
            }
            ChunkTable.insertVectors(sql, base.workspaceId(), target, byChunk);
            return last;
        });
    }

    /** All vectors are there, unless somebody changed the base meanwhile, who has called us then. */
    private void arrive(Held held, KnowledgeBase base, String target) {
        boolean more = database.transact(sql -> {
            held.require(sql);
            KnowledgeBase now = Bases.locked(sql, base.workspaceId(), base.id());
            boolean same = now.embedding().target().equals(target);
            boolean all = ChunkTable.bare(sql, base.workspaceId(), base.id(), target, 0, 1)
                    .isEmpty();
            if (!same || !all) return true;
            Embedding arrived = now.embedding().arrived();
            if (!arrived.equals(now.embedding())) {
                BaseTable.update(sql, now.with(arrived));
                events.base(sql, now.with(arrived), "embedded");
            }
            return arrived.stale();
        });
        if (more) again(held);
        else held.end();
    }

    private void again(Held held) {
        database.transact(sql -> {
            held.later(sql, clock.millis());
            return held.task().ref();
        });
        held.dispatcher().resting(clock.millis());
    }

    private void retry(Held held, KnowledgeBase base, String why) {
        long time = held.retryTime();
        database.transact(sql -> {
            held.later(sql, time);
            KnowledgeBase now = Bases.locked(sql, base.workspaceId(), base.id());
            BaseTable.update(sql, now.with(now.embedding().failing(why)));
            return time;
        });
        held.dispatcher().resting(time);
    }

    /** Vectors that nobody compares any more. */
    private void forget(Held held, KnowledgeBase base, BooleanSupplier running) throws InterruptedException {
        String workspaceId = base.workspaceId();
        for (String embedder : database.read(sql -> ChunkTable.embedders(sql, workspaceId, base.id()))) {
            boolean wanted = embedder.equals(Embedders.HASHED.label())
                    || embedder.equals(base.embedding().embedder())
                    || embedder.equals(base.embedding().next());
            boolean some = !wanted;
            while (some) {
                goOn(running);
                some = database.transact(sql -> {
                    held.require(sql);
                    return ChunkTable.forget(sql, workspaceId, base.id(), embedder, FORGET);
                });
            }
        }
        database.transact(sql -> {
            held.require(sql);
            KnowledgeBase now = Bases.locked(sql, workspaceId, base.id());
            if (now.embedding().equals(base.embedding())) {
                BaseTable.update(sql, now.with(now.embedding().clean()));
            }
            return base.id();
        });
    }

    // ---- the end

    private void bury(Held held, KnowledgeBase base, BooleanSupplier running) throws InterruptedException {
        String workspaceId = base.workspaceId();
        List<UUID> documents;
        do {
            goOn(running);
            documents =
                    database.read(sql -> DocumentTable.idsAfter(sql, workspaceId, base.id(), Bases.LOWEST, DOCUMENTS));
            for (UUID document : documents) {
                database.transact(sql -> {
                    held.require(sql);
                    ActorTable.remove(sql, workspaceId, document);
                    ChunkTable.deleteUnseen(sql, new ChunkTable.Place(workspaceId, base.id(), document, -1));
                    return DocumentTable.delete(sql, workspaceId, document);
                });
            }
        } while (!documents.isEmpty());
        int searches;
        do {
            goOn(running);
            searches = database.transact(sql -> SearchTable.deleteOf(sql, workspaceId, base.id(), FORGET));
        } while (searches > 0);
        database.transact(sql -> {
            held.end(sql);
            ChunkTable.forgetGone(sql, new ChunkTable.Old(workspaceId, base.id(), Long.MAX_VALUE));
            BaseTable.remove(sql, workspaceId, base.id());
            return base.id();
        });
    }
}
