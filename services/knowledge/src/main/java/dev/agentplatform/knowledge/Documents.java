package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.knowledge.ChunkTable.Place;
import dev.agentplatform.knowledge.Cutting.Cut;
import dev.agentplatform.knowledge.Cutting.Embedded;
import dev.agentplatform.knowledge.Document.Status;
import dev.agentplatform.knowledge.extract.SourceType;
import dev.agentplatform.queue.ActorTable;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * The documents of bases. A short text is read, cut, embedded and stored in the transaction that accepts it, so that it is
 * found at once; everything else is stored with a task, and {@link Indexing} does the rest.
 */
final class Documents {
    /** A text up to here is indexed before the answer. */
    static final int AT_ONCE_BYTES_MAX = 1_048_576;

    /** Of one base: its index must fit into memory. */
    static final long CHUNKS_OF_BASE_MAX = 1_000_000;

    /** For the vectors of a text whose sender waits. */
    private static final Duration AT_ONCE_LIMIT = Duration.ofSeconds(20);

    private static final int TRIES = 3;

    private final Database database;
    private final Cutting cutting;
    private final Tasks tasks;
    private final KnowledgeEvents events;
    private final Clock clock;
    private final Ids ids;

    Documents(Database database, Cutting cutting, Tasks tasks, KnowledgeEvents events, Clock clock, Ids ids) {
        this.database = database;
        this.cutting = cutting;
        this.tasks = tasks;
        this.events = events;
        this.clock = clock;
        this.ids = ids;
    }

    /**
     * @param title empty to take what the document says itself
     * @param source null when it is to be fetched
     * @param type of what is to be fetched; null to find out
     * @param url null when there is a source
     * @param metadata JSON null for none
     */
    record New(KnowledgeBase base, String title, Source source, SourceType type, String url, JsonNode metadata) {}

    /** Null fields stay. */
    record Patch(String title, String text, JsonNode metadata) {}

    /** @param fresh false when the base has had the content before */
    record Accepted(Document document, boolean fresh) {}

    /** @throws Problem 404, 409 {@code base_full}, 502 without vectors @throws Unreadable for a short text that is none */
    Accepted create(New wanted) throws InterruptedException {
        Document document = document(wanted);
        if (wanted.source() == null) return later(document, null);
        Optional<Document> known = database.read(
                sql -> DocumentTable.findByHash(sql, document.workspaceId(), document.baseId(), document.hash()));
        if (known.isPresent()) return new Accepted(known.get(), false);
        if (!atOnce(wanted.source())) return later(document, wanted.source());
        return again(() -> now(document, wanted.source(), true));
    }

    private Document document(New wanted) {
        long now = clock.millis();
        Source source = wanted.source();
        return new Document(
                ids.next(),
                wanted.base().workspaceId(),
                wanted.base().id(),
                wanted.title(),
                source == null ? wanted.type() : source.type(),
                wanted.url(),
                source == null ? null : source.charset(),
                source == null ? null : source.hash(),
                source == null ? 0 : source.content().length,
                wanted.metadata(),
                Status.PENDING,
                0,
                null,
                null,
                0,
                0,
                0,
                now,
                now);
    }

    private static boolean atOnce(Source source) {
        return source.type().isText() && source.content().length <= AT_ONCE_BYTES_MAX;
    }

    private Accepted later(Document document, Source source) {
        Accepted accepted = database.transact(sql -> {
            tasks.call(sql, Tasks.document(document.workspaceId(), document.id()));
            Bases.locked(sql, document.workspaceId(), document.baseId());
            Optional<Document> known = document.hash() == null
                    ? Optional.empty()
                    : DocumentTable.findByHash(sql, document.workspaceId(), document.baseId(), document.hash());
            if (known.isPresent()) {
                ActorTable.remove(sql, document.workspaceId(), document.id());
                return new Accepted(known.get(), false);
            }
            BaseTable.change(sql, document.workspaceId(), document.baseId(), 0, 1, 0);
            DocumentTable.insert(sql, document);
            if (source != null) DocumentTable.putSource(sql, document.workspaceId(), document.id(), source.content());
            events.document(sql, document, "created");
            return new Accepted(document, true);
        });
        tasks.announce(Tasks.document(document.workspaceId(), document.id()));
        return accepted;
    }

    // ---- at once

    /** The base was changed while its document was being made. */
    private static final class Outdated extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Outdated() {
            super(null, null, false, false);
        }
    }

    private interface Work {
        Accepted run() throws InterruptedException;
    }

    private static Accepted again(Work work) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.run();
            } catch (Outdated changed) {
                if (attempt == TRIES) throw Problem.unavailable("The knowledge base keeps changing.", 1);
            }
        }
    }

    private Accepted now(Document document, Source source, boolean fresh) throws InterruptedException {
        KnowledgeBase base = database.read(sql -> Bases.find(sql, document.workspaceId(), document.baseId()));
        Cut cut;
        Embedded embedded;
        try {
            cut = cutting.cut(document, base, source.content());
            embedded = cutting.embed(base, cut.title(), cut.chunks(), AT_ONCE_LIMIT);
        } catch (EmbeddingModels.Failed failed) {
            throw new Problem(502, "embedding_failed", failed.getMessage());
        }
        boolean byModel = !Embedders.local(base.embedding().target());
        Accepted accepted = database.transact(sql -> {
            if (byModel) tasks.call(sql, Tasks.base(base.workspaceId(), base.id()));
            ActorTable.remove(sql, document.workspaceId(), document.id());
            KnowledgeBase locked = Bases.locked(sql, base.workspaceId(), base.id());
            if (!locked.chunking().equals(base.chunking())
                    || !locked.embedding().equals(base.embedding())) {
                throw new Outdated();
            }
            return store(sql, locked, document, source, cut, embedded, fresh);
        });
        if (byModel) tasks.announce(Tasks.base(base.workspaceId(), base.id()));
        return accepted;
    }

    private Accepted store(
            Sql sql, KnowledgeBase base, Document document, Source source, Cut cut, Embedded embedded, boolean fresh)
            throws SQLException {
        String workspaceId = base.workspaceId();
        Optional<Document> known = DocumentTable.findByHash(sql, workspaceId, base.id(), document.hash());
        if (known.isPresent() && !known.get().id().equals(document.id())) {
            if (fresh) return new Accepted(known.get(), false);
            throw duplicate(known.get());
        }
        Document before = fresh
                ? document
                : DocumentTable.find(sql, workspaceId, document.id()).orElseThrow(() -> missing(document.id()));
        Place place =
                new Place(workspaceId, base.id(), document.id(), Math.max(clock.millis(), before.generation() + 1));
        long last = roomFor(sql, base, before, cut, fresh ? 1 : 0);
        if (!fresh) ChunkTable.deleteOthers(sql, place, last - cut.chunks().size(), clock.millis());
        Document after = document.indexed(cut, place.generation(), clock.millis());
        if (fresh) DocumentTable.insert(sql, after);
        else DocumentTable.update(sql, after);
        DocumentTable.putSource(sql, workspaceId, document.id(), source.content());
        ChunkTable.insert(sql, place, cut.chunks(), last - cut.chunks().size() + 1);
        for (Map.Entry<String, Map<UUID, byte[]>> vectors :
                embedded.byEmbedder().entrySet()) {
            ChunkTable.insertVectors(sql, workspaceId, vectors.getKey(), vectors.getValue());
        }
        if (embedded.error() != null)
            BaseTable.update(sql, base.with(base.embedding().failing(embedded.error())));
        if (fresh) events.document(sql, after, "created");
        events.document(sql, after, "indexed");
        return new Accepted(after, true);
    }

    /**
     * Change numbers for the chunks of a document and one before them for those that go; the last of them is given.
     *
     * @throws Problem 409 {@code base_full}
     */
    static long roomFor(Sql sql, KnowledgeBase base, Document before, Cut cut, int documents) throws SQLException {
        long more = cut.chunks().size() - before.chunks();
        if (base.chunks() + more > CHUNKS_OF_BASE_MAX) {
            throw Problem.conflict(
                    "base_full",
                    "The knowledge base has " + base.chunks() + " chunks, and may have " + CHUNKS_OF_BASE_MAX + ".");
        }
        return BaseTable.change(sql, base.workspaceId(), base.id(), cut.chunks().size() + 1, documents, more);
    }

    static Problem duplicate(Document known) {
        return Problem.conflict(
                "duplicate_content", "The knowledge base has this content already: document " + known.id() + ".");
    }

    // ---- what is there

    /** @throws Problem 404 */
    Document get(String workspaceId, UUID id) {
        return database.read(sql -> DocumentTable.find(sql, workspaceId, id)).orElseThrow(() -> missing(id));
    }

    Page<Document> list(String workspaceId, DocumentTable.Filter filter, PageRequest page) {
        return database.read(sql -> DocumentTable.list(sql, workspaceId, filter, page));
    }

    /** @param after a position, 0 for the beginning @throws Problem 404 */
    Page<Chunk> chunks(String workspaceId, UUID id, int after, int limit) {
        List<Chunk> rows = database.read(sql -> {
            Document document = DocumentTable.find(sql, workspaceId, id).orElseThrow(() -> missing(id));
            return ChunkTable.list(sql, document, after, limit + 1);
        });
        return Page.of(rows, limit, chunk -> String.valueOf(chunk.position()));
    }

    /** A new title or text is indexed anew, a short text before the answer. @throws Problem, Unreadable as {@link #create} */
    Document patch(String workspaceId, UUID id, Patch patch) throws InterruptedException {
        Document before = get(workspaceId, id);
        if (patch.text() != null && before.url() != null) {
            throw Problem.invalid("content_text", "cannot be set: the document comes from its source_url");
        }
        if (patch.text() != null && (before.type() == null || !before.type().isText())) {
            throw Problem.invalid("content_text", "cannot be set: the document is no text");
        }
        String title = patch.title() == null ? before.title() : patch.title();
        JsonNode metadata = patch.metadata() == null ? before.metadata() : patch.metadata();
        boolean sameTitle = title.equals(before.title());
        if (patch.text() == null && sameTitle) return describe(workspaceId, id, metadata);
        Document named = before.named(title, metadata, clock.millis());
        byte[] stored = patch.text() != null || before.type() == null
                ? null
                : database.read(sql -> DocumentTable.source(sql, workspaceId, id))
                        .orElse(null);
        Source source = patch.text() != null
                ? Source.of(before.type(), patch.text())
                : stored == null ? null : new Source(before.type(), stored, before.charset());
        if (source == null) return later(named, null, false);
        if (!atOnce(source)) return later(named.of(source), source, false);
        return again(() -> now(named.of(source), source, false)).document();
    }

    private Document describe(String workspaceId, UUID id, JsonNode metadata) {
        return database.transact(sql -> {
            Document document = locked(sql, workspaceId, id);
            Document changed = document.named(document.title(), metadata, clock.millis());
            DocumentTable.update(sql, changed);
            events.document(sql, changed, "changed");
            return changed;
        });
    }

    /** Reads, cuts and embeds it anew in the background; what has an address is fetched anew. @throws Problem 404 */
    Document reindex(String workspaceId, UUID id) {
        return later(get(workspaceId, id), null, true);
    }

    /** @param source null when it stays what it is */
    private Document later(Document wanted, Source source, boolean fetch) {
        String workspaceId = wanted.workspaceId();
        Document pending = database.transact(sql -> {
            tasks.call(sql, Tasks.document(workspaceId, wanted.id()));
            Document now = locked(sql, workspaceId, wanted.id());
            if (source != null) {
                Optional<Document> known = DocumentTable.findByHash(sql, workspaceId, now.baseId(), source.hash());
                if (known.isPresent() && !known.get().id().equals(now.id())) throw duplicate(known.get());
                DocumentTable.putSource(sql, workspaceId, now.id(), source.content());
                now = now.of(source);
            }
            if (fetch && now.url() != null) DocumentTable.dropSource(sql, workspaceId, now.id());
            Document after =
                    now.named(wanted.title(), wanted.metadata(), clock.millis()).pending(clock.millis());
            DocumentTable.update(sql, after);
            events.document(sql, after, "changed");
            return after;
        });
        tasks.announce(Tasks.document(workspaceId, wanted.id()));
        return pending;
    }

    /** With its chunks. @throws Problem 404 */
    void delete(String workspaceId, UUID id) {
        database.transact(sql -> {
            ActorTable.remove(sql, workspaceId, id);
            Document document = locked(sql, workspaceId, id);
            remove(sql, document);
            events.document(sql, document, "deleted");
            return id;
        });
    }

    /** The base is locked. */
    private void remove(Sql sql, Document document) throws SQLException {
        long changeNo = BaseTable.change(sql, document.workspaceId(), document.baseId(), 1, -1, -document.chunks());
        // No chunk has this generation: all go.
        Place none = new Place(document.workspaceId(), document.baseId(), document.id(), -1);
        ChunkTable.deleteOthers(sql, none, changeNo, clock.millis());
        DocumentTable.delete(sql, document.workspaceId(), document.id());
    }

    /** The document as it stands once nobody else changes its base. */
    static Document locked(Sql sql, String workspaceId, UUID id) throws SQLException {
        Document document = DocumentTable.find(sql, workspaceId, id).orElseThrow(() -> missing(id));
        Bases.locked(sql, workspaceId, document.baseId());
        return DocumentTable.find(sql, workspaceId, id).orElseThrow(() -> missing(id));
    }

    static Problem missing(UUID id) {
        return Problem.notFound("document", id);
    }

    static JsonNode orNothing(JsonNode metadata) {
        return metadata == null ? Json.nothing() : metadata;
    }
}
