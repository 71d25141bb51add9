package dev.agentplatform.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Two of everything on one database stand for two processes. */
class MemoriesTest {
    private static final Scope SCOPE = Scope.of("w", "session", "s");
    private static final long PLENTY = 64 << 20;

    private final TestClock clock = new TestClock();
    private final Ids ids = new Ids(clock);

    private Memories process(Database database) {
        return new Memories(database, new ScopeIndexes(database, PLENTY), clock, ids);
    }

    @OnBothDatabases
    void anyMixOfWritesIsFoundAtOnceByEachProcess(Database database) {
        List<Memories> processes = List.of(process(database), process(database));
        Purge purge = new Purge(database, clock);
        Map<UUID, String> kept = new TreeMap<>();
        Random random = new Random(11);
        for (int step = 0; step < 150; step++) {
            Memories writer = processes.get(random.nextInt(2));
            List<UUID> there = List.copyOf(kept.keySet());
            switch (there.isEmpty() ? 0 : random.nextInt(4)) {
                case 0, 1 -> kept.put(create(writer, "word" + step, 0).id(), "word" + step);
                case 2 -> {
                    UUID id = there.get(random.nextInt(there.size()));
                    writer.patch("w", id, new Memories.Patch(null, "other" + step, null, null, null));
                    kept.put(id, "other" + step);
                }
                default -> {
                    UUID id = there.get(random.nextInt(there.size()));
                    writer.delete("w", id);
                    kept.remove(id);
                }
            }
            // Now and then everything that was deleted is forgotten before the other process has seen it.
            if (step % 40 == 39) {
                clock.advance(Purge.GONE_KEPT.plusMinutes(1));
                purge.purge();
            }
            if (random.nextInt(3) > 0)
                assertThat(contents(processes.get(random.nextInt(2)))).isEqualTo(kept);
        }
        for (Memories each : processes) assertThat(contents(each)).isEqualTo(kept);
    }

    @OnBothDatabases
    void whatHasExpiredIsGoneBeforeAndAfterThePurge(Database database) {
        Memories memories = process(database);
        Purge purge = new Purge(database, clock);
        long soon = clock.millis() + 1_000;
        Memory stays = create(memories, "stays", 0);
        List<UUID> go = new ArrayList<>();
        for (int i = 0; i < Purge.BATCH + 20; i++)
            go.add(create(memories, "goes " + i, soon).id());
        assertThat(contents(memories)).hasSize(Memories.HITS_MAX);
        clock.advance(Duration.ofSeconds(1));
        assertThat(contents(memories)).containsOnlyKeys(stays.id());
        MemoryTable.Filter all = new MemoryTable.Filter(null, null, null);
        assertThat(memories.list("w", all, PageRequest.FIRST).items())
                .extracting(Memory::id)
                .containsExactly(stays.id());
        assertThatThrownBy(() -> memories.get("w", go.getFirst())).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> memories.delete("w", go.getFirst())).isInstanceOf(Problem.class);

        assertThat(purge.purge()).isEqualTo(go.size());
        assertThat(purge.purge()).isZero();
        assertThat(contents(memories)).containsOnlyKeys(stays.id());
        assertThat(rows(database, "memory")).isEqualTo(1);
        assertThat(rows(database, "memory_gone")).isEqualTo(go.size());
        clock.advance(Purge.GONE_KEPT);
        purge.purge();
        assertThat(rows(database, "memory_gone")).isZero();
        assertThat(contents(memories)).containsOnlyKeys(stays.id());
    }

    @OnBothDatabases
    void aKeyIsKeptOnceHoweverManyCallAtOnce(Database database) throws Exception {
        Memories memories = process(database);
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) calls.add(() -> memories.keep("w", "agent", "a", "run-1", "the same", 60));
        int fresh = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> call : threads.invokeAll(calls)) if (call.get()) fresh++;
        }
        assertThat(fresh).isEqualTo(1);
        assertThat(memories.keep("w", "agent", "b", "run-1", "another scope", 60))
                .isTrue();
        assertThat(memories.recall("w", "agent", "a", "same", 5))
                .extracting(Memory::text)
                .containsExactly("the same");
        assertThat(memories.recall("other", "agent", "a", "same", 5)).isEmpty();
    }

    @OnBothDatabases
    void aKeyWhoseMemoryIsOverIsFreeAgain(Database database) {
        Memories memories = process(database);
        memories.keep("w", "agent", "a", "k", "old", 60);
        UUID old = memories.recall("w", "agent", "a", "old", 1).getFirst().id();
        memories.patch("w", old, new Memories.Patch(null, null, null, null, clock.millis() + 5));
        clock.advance(Duration.ofMillis(5));
        assertThat(memories.keep("w", "agent", "a", "k", "new", 60)).isTrue();
        assertThat(memories.recall("w", "agent", "a", "new", 5))
                .extracting(Memory::text)
                .containsExactly("new");
    }

    @OnBothDatabases
    void longTextsAreCutAndTheWorkspaceIsOneScope(Database database) {
        Memories memories = process(database);
        memories.keep("w", "tenant", "w", "k", "x\0" + "y".repeat(Memories.TEXT_LENGTH_MAX), 500);
        Memory kept = memories.recall("w", "workspace", null, "?", 1).getFirst();
        assertThat(kept.text()).hasSize(Memories.TEXT_LENGTH_MAX).startsWith("xy");
        assertThat(kept.importance()).isEqualTo(100);
        assertThatThrownBy(() -> memories.recall("w", "workspace", "another", "?", 1))
                .isInstanceOf(Problem.class);
        assertThatThrownBy(() -> memories.recall("w", "galaxy", "x", "?", 1)).isInstanceOf(Problem.class);
    }

    @OnBothDatabases
    void indexesStayBelowTheirBytes(Database database) {
        ScopeIndexes indexes = new ScopeIndexes(database, 100_000);
        Memories memories = new Memories(database, indexes, clock, ids);
        for (int i = 0; i < 40; i++) {
            memories.keep("w", "user", "u" + i, "k", "what user " + i + " said", 50);
            assertThat(memories.recall("w", "user", "u" + i, "said", 5)).hasSize(1);
            assertThat(indexes.bytes()).isLessThan(100_000);
        }
        assertThat(indexes.count()).isBetween(5, 39);
        assertThat(memories.recall("w", "user", "u0", "said", 5)).hasSize(1);
    }

    @OnBothDatabases
    void vectorsOfAnotherEmbedderAreNotCompared(Database database) {
        Memories memories = process(database);
        UUID foreign = create(memories, "concise", 0).id();
        database.transact(sql ->
                sql.update("UPDATE memory SET embedder = 'other' WHERE workspace_id = ? AND id = ?", "w", foreign));
        UUID ours = create(memories, "concise", 0).id();
        List<Memories.Found> found = memories.search(new Memories.Search(SCOPE, "concise", null, 0, 10));
        assertThat(found).extracting(it -> it.memory().id()).containsExactly(ours, foreign);
        assertThat(found.get(0).hit().vector()).isGreaterThan(0.99);
        assertThat(found.get(1).hit().vector()).isZero();
    }

    private static Memory create(Memories memories, String text, long expiresTime) {
        return memories.create(new Memories.New(SCOPE, "fact", text, 50, null, expiresTime));
    }

    private static Map<UUID, String> contents(Memories memories) {
        Map<UUID, String> found = new TreeMap<>();
        for (Memories.Found each : memories.search(new Memories.Search(SCOPE, "x", null, 0, Memories.HITS_MAX))) {
            found.put(each.memory().id(), each.memory().text());
        }
        return found;
    }

    private static long rows(Database database, String table) {
        return database.read(sql -> sql.one("SELECT COUNT(*) AS n FROM " + table, row -> row.number("n")))
                .orElseThrow();
    }
}
