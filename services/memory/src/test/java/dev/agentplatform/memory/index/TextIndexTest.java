package dev.agentplatform.memory.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.agentplatform.memory.index.TextIndex.Document;
import dev.agentplatform.memory.index.TextIndex.Hit;
import dev.agentplatform.memory.index.TextIndex.Query;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The index answers as one does who looks at every text. */
class TextIndexTest {
    private static final int DIMENSIONS = 16;
    private static final String[] VOCABULARY = "alpha beta gamma delta epsilon zeta 简洁 回答 用户 喜欢 eta theta".split(" ");
    private static final long NOW = 1_000;

    @Test
    void anyHistoryOfChangesIsSearchedAsByBruteForce() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            TextIndex index = new TextIndex(DIMENSIONS, Weights.USUAL);
            Map<UUID, Document> kept = new LinkedHashMap<>();
            for (int step = 0; step < 120; step++) {
                change(random, index, kept);
                if (step % 5 == 0) compare(index, kept.values(), query(random), "seed " + seed + " step " + step);
            }
        }
    }

    @Test
    void manyBlocksAndCleanUpsAreSearchedAsByBruteForce() {
        Random random = new Random(7);
        TextIndex index = new TextIndex(DIMENSIONS, Weights.USUAL);
        Map<UUID, Document> kept = new LinkedHashMap<>();
        for (int i = 0; i < 4_000; i++) put(random, index, kept, new UUID(0, i));
        compare(index, kept.values(), query(random), "full");
        long full = index.bytes();
        for (int i = 0; i < 3_500; i++) {
            UUID id = new UUID(0, (i * 37L) % 4_000);
            index.remove(id);
            kept.remove(id);
            if (i % 500 == 0) compare(index, kept.values(), query(random), "after " + i);
        }
        assertThat(index.size()).isEqualTo(kept.size());
        assertThat(index.bytes()).isLessThan(full);
        for (int i = 5_000; i < 6_000; i++) put(random, index, kept, new UUID(0, i));
        for (int i = 0; i < 20; i++) compare(index, kept.values(), query(random), "again " + i);
    }

    @Test
    void whatHasExpiredOrIsOfAnotherTypeIsNotFound() {
        TextIndex index = new TextIndex(DIMENSIONS, Weights.USUAL);
        index.put(new Document(new UUID(0, 1), "alpha", null, 1, "fact", NOW));
        index.put(new Document(new UUID(0, 2), "alpha", null, 0, "fact", NOW + 1));
        index.put(new Document(new UUID(0, 3), "alpha", null, 0, "note", 0));
        assertThat(found(index, null, NOW)).containsExactly(new UUID(0, 3), new UUID(0, 2));
        assertThat(found(index, "fact", NOW)).containsExactly(new UUID(0, 2));
        assertThat(found(index, "fact", NOW + 1)).isEmpty();
        assertThat(found(index, "other", NOW)).isEmpty();
    }

    @Test
    void rareWordsCountMore() {
        TextIndex index = new TextIndex(DIMENSIONS, Weights.USUAL);
        for (int i = 0; i < 20; i++) index.put(new Document(new UUID(0, i), "the report", null, 0, "fact", 0));
        index.put(new Document(new UUID(1, 0), "the invoice", null, 0, "fact", 0));
        index.put(new Document(new UUID(2, 0), "report invoice", null, 0, "fact", 0));
        List<Hit> hits = index.search(new Query("the invoice report", null, null, NOW, 0, 3));
        assertThat(hits.get(0).id()).isEqualTo(new UUID(2, 0));
        assertThat(hits.get(1).id()).isEqualTo(new UUID(1, 0));
    }

    @Test
    void searchesGoOnWhileTextsChange() throws InterruptedException {
        TextIndex index = new TextIndex(DIMENSIONS, Weights.USUAL);
        UUID stays = new UUID(9, 9);
        index.put(new Document(stays, "alpha", null, 1, "fact", 0));
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 6_000; i++) {
                index.put(new Document(new UUID(0, i), "beta", null, 0, "fact", 0));
                if (i >= 10) index.remove(new UUID(0, i - 10));
            }
            done.set(true);
        });
        do {
            List<Hit> hits = index.search(new Query("alpha", null, null, NOW, 0.2, 5));
            assertThat(hits).extracting(Hit::id).containsExactly(stays);
        } while (!done.get());
        writer.join();
        assertThat(index.size()).isEqualTo(11);
    }

    private static void change(Random random, TextIndex index, Map<UUID, Document> kept) {
        UUID id = new UUID(0, random.nextInt(40));
        if (random.nextInt(3) == 0) {
            index.remove(id);
            kept.remove(id);
        } else {
            put(random, index, kept, id);
        }
    }

    private static void put(Random random, TextIndex index, Map<UUID, Document> kept, UUID id) {
        Document document = new Document(
                id,
                words(random, 12),
                random.nextInt(8) == 0 ? null : vector(random),
                random.nextInt(101) / 100.0,
                random.nextBoolean() ? "fact" : "note",
                random.nextInt(5) == 0 ? NOW - 1 + random.nextInt(3) : 0);
        index.put(document);
        kept.put(id, document);
    }

    private static Query query(Random random) {
        return new Query(
                words(random, 6),
                random.nextInt(6) == 0 ? null : vector(random),
                random.nextInt(3) == 0 ? "fact" : null,
                NOW,
                random.nextInt(4) == 0 ? 0.4 : 0,
                1 + random.nextInt(10));
    }

    private static String words(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most); i >= 0; i--) {
            text.append(VOCABULARY[random.nextInt(VOCABULARY.length)]).append(' ');
        }
        return text.toString();
    }

    private static byte[] vector(Random random) {
        byte[] vector = new byte[DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) if (random.nextBoolean()) vector[d] = (byte) (random.nextInt(255) - 127);
        return vector;
    }

    private static List<UUID> found(TextIndex index, String type, long now) {
        return index.search(new Query("alpha", null, type, now, 0, 10)).stream()
                .map(Hit::id)
                .toList();
    }

    // ---- the oracle

    private static void compare(TextIndex index, Collection<Document> documents, Query query, String when) {
        List<Hit> wanted = oracle(documents, query);
        List<Hit> found = index.search(query);
        assertThat(found).as(when).hasSameSizeAs(wanted);
        Map<UUID, Hit> all = new LinkedHashMap<>();
        for (Hit hit : oracle(documents, new Query(query.text(), query.vector(), null, 0, 0, Integer.MAX_VALUE))) {
            all.put(hit.id(), hit);
        }
        for (int i = 0; i < found.size(); i++) {
            Hit hit = found.get(i);
            Hit right = all.get(hit.id());
            assertThat(hit.keyword()).as(when).isCloseTo(right.keyword(), within(1e-5));
            assertThat(hit.vector()).as(when).isCloseTo(right.vector(), within(1e-5));
            assertThat(hit.importance()).as(when).isCloseTo(right.importance(), within(1e-5));
            // By score, since those that are nearly equal may change places.
            assertThat(hit.score()).as(when).isCloseTo(wanted.get(i).score(), within(1e-5));
        }
        assertThat(found).as(when).extracting(Hit::id).doesNotHaveDuplicates();
    }

    private static List<Hit> oracle(Collection<Document> documents, Query query) {
        Map<UUID, List<String>> words = new HashMap<>();
        for (Document document : documents) words.put(document.id(), Words.of(document.text()));
        double average = Math.max(
                1, words.values().stream().mapToInt(List::size).average().orElse(0));
        Map<String, Double> rarities = new HashMap<>();
        for (String word : Words.of(query.text())) {
            long having =
                    words.values().stream().filter(it -> it.contains(word)).count();
            rarities.put(word, Math.log(1 + (words.size() - having + 0.5) / (having + 0.5)));
        }
        List<Hit> hits = new ArrayList<>();
        for (Document document : documents) {
            if (document.expiresTime() != 0 && document.expiresTime() <= query.now()) continue;
            if (query.type() != null && !query.type().equals(document.type())) continue;
            double keyword = keyword(words.get(document.id()), rarities, average);
            double vector = cosine(query.vector(), document.vector());
            double score = 0.5 * keyword + 0.35 * Math.max(0, vector) + 0.15 * document.importance();
            if (score >= query.scoreMin())
                hits.add(new Hit(document.id(), keyword, vector, document.importance(), score));
        }
        hits.sort(Comparator.comparingDouble(Hit::score).reversed());
        return hits.subList(0, Math.min(query.limit(), hits.size()));
    }

    private static double keyword(List<String> words, Map<String, Double> rarities, double average) {
        double got = 0;
        double most = 0;
        for (Map.Entry<String, Double> asked : rarities.entrySet()) {
            most += asked.getValue();
            long count = words.stream().filter(asked.getKey()::equals).count();
            if (count == 0) continue;
            got += asked.getValue() * (0.6 + 0.4 * count / (count + 1.2 * (0.25 + 0.75 * words.size() / average)));
        }
        return most == 0 ? 0 : got / most;
    }

    static double cosine(byte[] one, byte[] other) {
        if (one == null || other == null) return 0;
        double product = 0;
        double length = 0;
        double otherLength = 0;
        for (int d = 0; d < one.length; d++) {
            product += one[d] * other[d];
            length += one[d] * one[d];
            otherLength += other[d] * other[d];
        }
        return length == 0 || otherLength == 0 ? 0 : product / Math.sqrt(length * otherLength);
    }
}
