package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.Latencies;
import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Result;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.memory.Memory;
import dev.agentplatform.memory.MemoryModule;
import dev.agentplatform.memory.index.HashEmbedding;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Searches in one scope of very many memories: the time of each, its two questions to the database included. */
final class MemoryBench {
    private static final int BATCH = 1_000;
    private static final int WORDS = 20_000;
    private static final int WORDS_PER_TEXT = 16;
    private static final int WORDS_PER_QUERY = 5;
    private static final int WARM_UP = 200;
    private static final int TOP = 10;

    private MemoryBench() {}

    static void measure(Options options) throws Exception {
        int memories = options.number("n", 100_000);
        int searches = options.number("searches", 1_000);
        try (Stores stores = Stores.from(options, "sqlite,postgresql")) {
            options.complete();
            for (String kind : stores.kinds()) {
                try (Database database = stores.migrated(kind, "memory")) {
                    fill(database, memories);
                    search(kind, database, memories, searches);
                }
            }
        }
    }

    private static void search(String kind, Database database, int memories, int searches) {
        Clock clock = Clock.systemUTC();
        Settings settings = new Settings(Map.of("AGENT_PLATFORM_MEMORY_INDEX_MEGABYTES", "512"));
        MemoryModule module = new MemoryModule(settings, database, clock, new Ids(clock));
        Random random = new Random(2);
        long start = System.nanoTime();
        recall(module, random);
        double firstMs = (System.nanoTime() - start) / 1e6;
        for (int i = 0; i < WARM_UP; i++) recall(module, random);
        Latencies quiet = new Latencies();
        for (int i = 0; i < searches; i++) quiet.add(timed(module, random));
        Latencies written = new Latencies();
        for (int i = 0; i < searches / 4; i++) {
            module.memories().keep("w", "user", "u", "k" + i, text(random, WORDS_PER_TEXT), 50);
            written.add(timed(module, random));
        }
        new Result("memory")
                .put("store", kind)
                .put("memories", memories)
                .put("first_ms", firstMs)
                .put("search", quiet)
                .put("search_after_write", written)
                .print();
    }

    private static long timed(MemoryModule module, Random random) {
        long start = System.nanoTime();
        recall(module, random);
        return System.nanoTime() - start;
    }

    private static void recall(MemoryModule module, Random random) {
        List<Memory> found = module.memories().recall("w", "user", "u", text(random, WORDS_PER_QUERY), TOP);
        if (found.size() != TOP) throw new IllegalStateException("found " + found.size());
    }

    /** Straight into the tables: a hundred thousand transactions are another measurement. */
    private static void fill(Database database, int memories) {
        Random random = new Random(1);
        Ids ids = new Ids(Clock.systemUTC());
        for (int from = 0; from < memories; from += BATCH) {
            int first = from;
            database.transact(sql -> {
                for (int i = first; i < Math.min(memories, first + BATCH); i++) {
                    UUID id = ids.next();
                    String text = text(random, WORDS_PER_TEXT);
                    sql.update(
                            "INSERT INTO memory (workspace_id, id, scope_type, scope_id, memory_type, content_text,"
                                    + " importance, embedder, vector, change_no, created_time, updated_time)"
                                    + " VALUES ('w', ?, 'user', 'u', 'fact', ?, ?, ?, ?, ?, 0, 0)",
                            id,
                            text,
                            random.nextInt(101),
                            HashEmbedding.NAME,
                            HashEmbedding.of(text),
                            (long) i + 1);
                }
                return first;
            });
        }
        database.transact(sql -> sql.update(
                "INSERT INTO memory_scope (workspace_id, scope_type, scope_id, change_no, floor_no, size)"
                        + " VALUES ('w', 'user', 'u', ?, 0, ?)",
                (long) memories,
                (long) memories));
    }

    /** Few words are frequent and many are rare, as in any language. */
    private static String text(Random random, int words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            double skewed = Math.pow(random.nextDouble(), 3);
            text.append(Integer.toString((int) (skewed * WORDS) + 46_656, 36))
                    .append("er")
                    .append(' ');
        }
        return text.toString();
    }
}
