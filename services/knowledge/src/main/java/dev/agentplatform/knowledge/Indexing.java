package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.knowledge.ChunkTable.Place;
import dev.agentplatform.knowledge.Cutting.Cut;
import dev.agentplatform.knowledge.Cutting.Embedded;
import dev.agentplatform.knowledge.extract.Unreadable;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * Indexes a document in the background. Its new chunks are written batch after batch where nobody sees them, under a
 * generation that is the epoch of the task; the last transaction shows them all and deletes those of before. So searches
 * find the old or the new document, and whoever takes over begins anew.
 */
final class Indexing {
    private static final int BATCH = 128;
    private static final Duration BATCH_LIMIT = Duration.ofSeconds(60);
    private static final int ATTEMPTS_MAX = 5;

    private final Database database;
    private final Cutting cutting;
    private final Fetching fetching;
    private final Tasks tasks;
    private final KnowledgeEvents events;
    private final Clock clock;

    Indexing(Database database, Cutting cutting, Fetching fetching, Tasks tasks, KnowledgeEvents events, Clock clock) {
        this.database = database;
        this.cutting = cutting;
        this.fetching = fetching;
        this.tasks = tasks;
        this.events = events;
        this.clock = clock;
    }

    /** @param running false: stop and leave the task as it is */
    void index(Held held, BooleanSupplier running) throws InterruptedException {
        String workspaceId = held.task().workspaceId();
        Optional<Document> found = database.read(
                sql -> DocumentTable.find(sql, workspaceId, held.task().ref()));
        if (found.isEmpty()) {
            held.end();
            return;
        }
        Document document = found.get();
        Optional<KnowledgeBase> base = database.read(sql -> BaseTable.find(sql, workspaceId, document.baseId()));
        if (base.isEmpty()) {
            held.end();
            return;
        }
        try {
            index(held, base.get(), document, running);
        } catch (Unreadable unreadable) {
            fail(held, document.id(), unreadable.code(), unreadable.getMessage());
        } catch (Fetching.Failed failed) {
            if (failed.retryable()) again(held, document.id(), failed.code(), failed.getMessage());
            else fail(held, document.id(), failed.code(), failed.getMessage());
        } catch (EmbeddingModels.Failed failed) {
            again(held, document.id(), "embedding_failed", failed.getMessage());
        } catch (Problem full) {
            if (full.status() != 409) throw full;
            fail(held, document.id(), full.code(), full.detail());
        }
    }

    private void index(Held held, KnowledgeBase base, Document stored, BooleanSupplier running)
            throws InterruptedException {
        String workspaceId = base.workspaceId();
        Optional<byte[]> content = stored.type() == null
                ? Optional.empty()
                : database.read(sql -> DocumentTable.source(sql, workspaceId, stored.id()));
        Document document = content.isPresent() ? stored : fetched(held, stored);
        byte[] bytes = content.isPresent()
                ? content.get()
                : database.read(sql -> DocumentTable.source(sql, workspaceId, stored.id()))
                        .orElseThrow();
        Cut cut = cutting.cut(document, base, bytes);
        Place place =
                new Place(workspaceId, base.id(), document.id(), held.task().epoch());
        clean(held, document);
        String error = null;
        for (int from = 0; from < cut.chunks().size(); from += BATCH) {
            if (!running.getAsBoolean()) throw new InterruptedException();
            int to = Math.min(cut.chunks().size(), from + BATCH);
            List<Chunk> some = cut.chunks().subList(from, to);
            // After one failure no batch waits for the model again; what is missing is made up for later.
            Embedded embedded = error == null
                    ? cutting.embed(base, cut.title(), some, BATCH_LIMIT)
                    : cutting.hashed(cut.title(), some);
            if (embedded.error() != null) error = embedded.error();
            write(held, place, some, embedded, to * 100 / (cut.chunks().size() + 1));
        }
        show(held, base, place, cut, error);
    }

    private Document fetched(Held held, Document document) throws InterruptedException {
        Source source = fetching.fetch(document);
        return database.transact(sql -> {
            held.require(sql);
            Document now = Documents.locked(sql, document.workspaceId(), document.id());
            Optional<Document> known = DocumentTable.findByHash(sql, now.workspaceId(), now.baseId(), source.hash());
            if (known.isPresent() && !known.get().id().equals(now.id())) {
                throw new Unreadable(
                        "duplicate_content",
                        "The knowledge base has this content already: document "
                                + known.get().id() + ".");
            }
            DocumentTable.putSource(sql, now.workspaceId(), now.id(), source.content());
            DocumentTable.update(sql, now.of(source));
            return now.of(source);
        });
    }

    private void clean(Held held, Document document) {
        database.transact(sql -> {
            held.require(sql);
            ChunkTable.deleteUnseen(
                    sql, new Place(document.workspaceId(), document.baseId(), document.id(), document.generation()));
            DocumentTable.progress(sql, document.workspaceId(), document.id(), 0);
            return document.id();
        });
    }

    private void write(Held held, Place place, List<Chunk> chunks, Embedded embedded, int progress) {
        database.transact(sql -> {
            held.require(sql);
            ChunkTable.insert(sql, place, chunks, null);
            for (Map.Entry<String, Map<UUID, byte[]>> vectors :
                    embedded.byEmbedder().entrySet()) {
                ChunkTable.insertVectors(sql, place.workspaceId(), vectors.getKey(), vectors.getValue());
            }
            DocumentTable.progress(sql, place.workspaceId(), place.documentId(), progress);
            return progress;
        });
    }

    private void show(Held held, KnowledgeBase base, Place place, Cut cut, String error) {
        database.transact(sql -> {
            // For vectors of the embedder that the base has by now, if it is another one or did not answer. First,
            // since
            // tasks are locked in the order of their ids, and a base is older than its documents.
            tasks.call(sql, Tasks.base(base.workspaceId(), base.id()));
            held.end(sql);
            Document before = Documents.locked(sql, place.workspaceId(), place.documentId());
            KnowledgeBase now = Bases.find(sql, place.workspaceId(), place.baseId());
            long last = Documents.roomFor(sql, now, before, cut, 0);
            long first = last - cut.chunks().size();
            ChunkTable.deleteOthers(sql, place, first, clock.millis());
            ChunkTable.show(sql, place, first);
            Document after = before.indexed(cut, place.generation(), clock.millis());
            DocumentTable.update(sql, after);
            if (error != null) BaseTable.update(sql, now.with(now.embedding().failing(error)));
            events.document(sql, after, "indexed");
            return after;
        });
        tasks.announce(Tasks.base(base.workspaceId(), base.id()));
    }

    private void fail(Held held, UUID id, String code, String message) {
        database.transact(sql -> {
            held.end(sql);
            state(sql, held, id, code, message);
            return id;
        });
    }

    private void again(Held held, UUID id, String code, String message) {
        if (held.attempts() + 1 >= ATTEMPTS_MAX) {
            fail(held, id, code, message);
            return;
        }
        long time = held.retryTime();
        database.transact(sql -> {
            held.later(sql, time);
            return id;
        });
        held.dispatcher().resting(time);
    }

    private void state(Sql sql, Held held, UUID id, String code, String message) throws SQLException {
        Optional<Document> document = DocumentTable.find(sql, held.task().workspaceId(), id);
        if (document.isEmpty()) return;
        Document failed = document.get().failed(code, message, clock.millis());
        DocumentTable.update(sql, failed);
        events.document(sql, failed, "failed");
    }
}
