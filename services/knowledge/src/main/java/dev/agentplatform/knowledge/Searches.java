package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.search.FieldFilter;
import dev.agentplatform.search.FollowingIndexes;
import dev.agentplatform.search.TextIndex;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Searches in bases. Everything that was committed before a search is found by it; each search is kept. */
final class Searches {
    static final int QUERY_LENGTH_MAX = 4_000;
    static final int TOP_K_MAX = 100;
    static final int TOP_K_USUAL = 5;

    private static final Duration EMBEDDING_LIMIT = Duration.ofSeconds(10);
    private static final int PAGE = 1_000;

    /** What has nothing to do with the query is not found. */
    private static final double SCORE_MIN = 1e-6;

    private final Database database;
    private final Bases bases;
    private final Embedders embedders;
    private final FollowingIndexes<BaseFeed.Key> indexes;
    private final Clock clock;
    private final Ids ids;

    Searches(
            Database database,
            Bases bases,
            Embedders embedders,
            FollowingIndexes<BaseFeed.Key> indexes,
            Clock clock,
            Ids ids) {
        this.database = database;
        this.bases = bases;
        this.embedders = embedders;
        this.indexes = indexes;
        this.clock = clock;
        this.ids = ids;
    }

    /** @param base id or code @param scoreMin 0 to 1 */
    record Asked(
            String workspaceId, String base, String query, int topK, Mode mode, FieldFilter filter, double scoreMin) {}

    /** A chunk that was found, and why. */
    record Found(Chunk chunk, Document document, TextIndex.Hit hit) {}

    /**
     * @param embedder whose vectors were compared; null for none
     * @param fellBack why it was not that of the base; null when it was
     */
    record Answer(UUID id, KnowledgeBase base, String embedder, String fellBack, List<Found> found, int tookMillis) {}

    private record Vector(String embedder, byte[] vector, String fellBack) {}

    /** The best first. @throws Problem 404; 502 when a model does not answer and nothing may stand in for it */
    Answer search(Asked asked) throws InterruptedException {
        long start = System.nanoTime();
        KnowledgeBase base = bases.named(asked.workspaceId(), asked.base());
        Set<String> documents = asked.filter().everything() ? null : passing(base, asked.filter());
        TextIndex index = indexes.current(new BaseFeed.Key(base.workspaceId(), base.id()));
        Vector vector = vector(base, asked);
        TextIndex.Query query = new TextIndex.Query(
                asked.mode() == Mode.VECTOR ? "" : asked.query(),
                vector.embedder(),
                vector.vector(),
                documents,
                clock.millis(),
                Math.max(SCORE_MIN, asked.scoreMin()),
                asked.topK(),
                asked.mode().weights());
        List<Found> found = found(base.workspaceId(), index.search(query));
        int took = (int) ((System.nanoTime() - start) / 1_000_000);
        Answer answer = new Answer(ids.next(), base, vector.embedder(), vector.fellBack(), found, took);
        keep(asked, answer);
        return answer;
    }

    private Vector vector(KnowledgeBase base, Asked asked) throws InterruptedException {
        if (asked.mode() == Mode.KEYWORD) return new Vector(null, null, null);
        String embedder = base.embedding().embedder();
        if (Embedders.local(embedder)) return hashed(asked, null);
        try {
            List<String> texts = List.of(asked.query());
            List<byte[]> vectors = embedders.embed(base.workspaceId(), embedder, texts, EMBEDDING_LIMIT);
            return new Vector(embedder, vectors.getFirst(), null);
        } catch (EmbeddingModels.Failed failed) {
            if (!embedders.fallback()) throw new Problem(502, "embedding_failed", failed.getMessage());
            return hashed(asked, failed.getMessage());
        }
    }

    private static Vector hashed(Asked asked, String fellBack) {
        byte[] vector = Embedders.HASHED.of(asked.query());
        return new Vector(Embedders.HASHED.label(), vector, fellBack);
    }

    /** Ids of the documents that pass, as the index groups chunks. */
    private Set<String> passing(KnowledgeBase base, FieldFilter filter) {
        Set<String> passing = new HashSet<>();
        List<DocumentTable.Fields> rows;
        UUID after = Bases.LOWEST;
        do {
            UUID last = after;
            rows = database.read(sql -> DocumentTable.fields(sql, base.workspaceId(), base.id(), last, PAGE));
            for (DocumentTable.Fields row : rows) {
                if (filter.passes(name -> field(row, name)))
                    passing.add(row.id().toString());
                after = row.id();
            }
        } while (rows.size() == PAGE);
        return passing;
    }

    private static JsonNode field(DocumentTable.Fields document, String name) {
        return switch (name) {
            case "document_id" -> Json.text(document.id().toString());
            case "source_type" -> Json.text(document.sourceType());
            case "title" -> Json.text(document.title());
            default -> document.metadata().path(name);
        };
    }

    private List<Found> found(String workspaceId, List<TextIndex.Hit> hits) {
        if (hits.isEmpty()) return List.of();
        List<UUID> wanted = hits.stream().map(TextIndex.Hit::id).toList();
        Map<UUID, Chunk> chunks = new HashMap<>();
        Map<UUID, Document> documents = new HashMap<>();
        database.read(sql -> {
            Set<UUID> of = new HashSet<>();
            for (Chunk chunk : ChunkTable.findAll(sql, workspaceId, wanted)) {
                chunks.put(chunk.id(), chunk);
                of.add(chunk.documentId());
            }
            for (Document document : DocumentTable.findAll(sql, workspaceId, of)) {
                documents.put(document.id(), document);
            }
            return of;
        });
        List<Found> found = new ArrayList<>();
        for (TextIndex.Hit hit : hits) {
            Chunk chunk = chunks.get(hit.id());
            Document document = chunk == null ? null : documents.get(chunk.documentId());
            if (document != null) found.add(new Found(chunk, document, hit));
        }
        return found;
    }

    private void keep(Asked asked, Answer answer) {
        ArrayNode hits = Json.array();
        for (Found found : answer.found()) hits.add(SearchRoutes.kept(found));
        SearchTable.Kept kept = new SearchTable.Kept(
                answer.id(),
                asked.workspaceId(),
                answer.base().id(),
                asked.query(),
                asked.mode().word(),
                asked.topK(),
                asked.filter().wanted(),
                answer.embedder(),
                hits,
                answer.tookMillis(),
                clock.millis());
        database.transact(sql -> {
            SearchTable.insert(sql, kept);
            return kept.id();
        });
    }

    /** @throws Problem 404 */
    SearchTable.Kept get(String workspaceId, UUID id) {
        return database.read(sql -> SearchTable.find(sql, workspaceId, id))
                .orElseThrow(() -> Problem.notFound("search", id));
    }

    Page<SearchTable.Kept> list(String workspaceId, UUID baseId, PageRequest page) {
        return database.read(sql -> SearchTable.list(sql, workspaceId, baseId, page));
    }
}
