package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.Latencies;
import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Result;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.engine.Secrets;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Signals;
import dev.agentplatform.knowledge.EmbeddingModels;
import dev.agentplatform.knowledge.Knowledge;
import dev.agentplatform.knowledge.KnowledgeModule;
import dev.agentplatform.queue.Membership;
import dev.agentplatform.search.HashEmbedding;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Searches in one base of very many chunks: the time of each, its questions to the database and its record included. */
final class KnowledgeBench {
    private static final int BATCH = 1_000;
    private static final int CHUNKS_PER_DOCUMENT = 20;
    private static final int WORDS_PER_CHUNK = 80;
    private static final int WORDS_PER_QUERY = 6;
    private static final int WARM_UP = 300;
    private static final int TOP = 5;
    private static final String CODE = "bench";

    private KnowledgeBench() {}

    static void measure(Options options) throws Exception {
        int chunks = options.number("n", 100_000);
        int searches = options.number("searches", 1_000);
        try (Stores stores = Stores.from(options, "sqlite,postgresql")) {
            options.complete();
            for (String kind : stores.kinds()) {
                try (Database database = stores.migrated(kind, "knowledge")) {
                    fill(database, chunks);
                    search(kind, database, chunks, searches);
                }
            }
        }
    }

    private static void search(String kind, Database database, int chunks, int searches) throws Exception {
        Clock clock = Clock.systemUTC();
        Ids ids = new Ids(clock);
        EngineProcess process = new EngineProcess(
                new EngineProcess.Settings(
                        database,
                        new Membership.Identity(UUID.randomUUID(), "bench"),
                        Membership.Timing.USUAL,
                        clock,
                        ids,
                        Signals.NONE,
                        Secrets.NONE,
                        Engine.Limits.USUAL,
                        false),
                List.of());
        EmbeddingModels none = (workspace, model, texts, limit) -> {
            throw new EmbeddingModels.Failed("no model");
        };
        Knowledge knowledge = new KnowledgeModule(
                        new Settings(Map.of()),
                        new KnowledgeModule.Wiring(
                                database, process, Outbox.unheard(clock), null, none, clock, ids, false))
                .knowledge();
        Random random = new Random(2);
        long start = System.nanoTime();
        ask(knowledge, random);
        double firstMs = (System.nanoTime() - start) / 1e6;
        for (int i = 0; i < WARM_UP; i++) ask(knowledge, random);
        Latencies latencies = new Latencies();
        for (int i = 0; i < searches; i++) {
            long from = System.nanoTime();
            ask(knowledge, random);
            latencies.add(System.nanoTime() - from);
        }
        new Result("knowledge")
                .put("store", kind)
                .put("chunks", chunks)
                .put("first_ms", firstMs)
                .put("search", latencies)
                .print();
    }

    private static void ask(Knowledge knowledge, Random random) throws InterruptedException {
        int found = knowledge
                .search("w", CODE, Texts.of(random, WORDS_PER_QUERY), TOP, Json.nothing())
                .size();
        if (found != TOP) throw new IllegalStateException("found " + found);
    }

    /** Straight into the tables: a hundred thousand transactions are another measurement. */
    private static void fill(Database database, int chunks) {
        Random random = new Random(1);
        Ids ids = new Ids(Clock.systemUTC());
        UUID base = ids.next();
        database.transact(sql -> sql.update(
                "INSERT INTO knowledge_base (workspace_id, id, code, name, embedding_provider, embedder, stale_vectors,"
                        + " chunk_size, chunk_overlap, change_no, floor_no, document_count, chunk_count, created_time,"
                        + " updated_time) VALUES ('w', ?, ?, 'Bench', 'hash', ?, 0, 220, 40, ?, 0, ?, ?, 0, 0)",
                base,
                CODE,
                HashEmbedding.V2.label(),
                (long) chunks,
                (long) chunks / CHUNKS_PER_DOCUMENT,
                (long) chunks));
        for (int from = 0; from < chunks; from += BATCH) {
            int first = from;
            database.transact(sql -> {
                UUID document = null;
                for (int i = first; i < Math.min(chunks, first + BATCH); i++) {
                    if (i % CHUNKS_PER_DOCUMENT == 0 || document == null) {
                        document = ids.next();
                        sql.update(
                                "INSERT INTO knowledge_document (workspace_id, id, base_id, title, source_type,"
                                        + " content_bytes, status, progress, chunk_count, generation, created_time,"
                                        + " updated_time) VALUES ('w', ?, ?, ?, 'text', 0, 'indexed', 100, ?, 1, 0, 0)",
                                document,
                                base,
                                "Document " + i,
                                (long) CHUNKS_PER_DOCUMENT);
                    }
                    UUID chunk = ids.next();
                    String text = Texts.of(random, WORDS_PER_CHUNK);
                    sql.update(
                            "INSERT INTO knowledge_chunk (workspace_id, id, base_id, document_id, generation, position,"
                                    + " content_text, change_no) VALUES ('w', ?, ?, ?, 1, ?, ?, ?)",
                            chunk,
                            base,
                            document,
                            i % CHUNKS_PER_DOCUMENT + 1,
                            text,
                            (long) i + 1);
                    sql.update(
                            "INSERT INTO knowledge_vector (workspace_id, chunk_id, embedder, vector)"
                                    + " VALUES ('w', ?, ?, ?)",
                            chunk,
                            HashEmbedding.V2.label(),
                            HashEmbedding.V2.of(text));
                }
                return first;
            });
        }
    }
}
