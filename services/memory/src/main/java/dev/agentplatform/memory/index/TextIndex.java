package dev.agentplatform.memory.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Texts to be found by words, by vector and by importance. Every text is scored in each search: the answer is exact.
 *
 * <p>Keyword score, 0 to 1: each word of the query counts by its rarity (as in BM25), words that no text has too. A text
 * gets of each word that it has {@value #OVERLAP} for having it and the rest for how often, in relation to its length.
 * Vector score: the cosine. For many threads; changes wait for searches.
 */
public final class TextIndex {
    /** Further words of a query are not looked up. */
    public static final int QUERY_WORDS_MAX = 128;

    static final double OVERLAP = 0.6;
    private static final double SATURATION = 1.2;
    private static final double LENGTH_SHARE = 0.75;

    /** Slots of removed texts that are not worth a clean-up. */
    private static final int REMOVED_FEW = 1_024;

    private static final int GONE = -1;
    private static final int BYTES_PER_WORD = 150;
    private static final int BYTES_PER_TEXT = 140;
    private static final int BYTES_PER_POSTING = 5;

    /**
     * @param vector of the embedder of this index; null for none
     * @param importance 0 to 1
     * @param type what a query can ask for alone
     * @param expiresTime UTC milliseconds when it is not found any more; 0 for never
     */
    public record Document(UUID id, String text, byte[] vector, double importance, String type, long expiresTime) {}

    /**
     * @param vector of the same embedder; null for none
     * @param type null for all
     * @param now UTC milliseconds
     * @param scoreMin 0 ranks everything there is
     */
    public record Query(String text, byte[] vector, String type, long now, double scoreMin, int limit) {}

    /** A text that was found, with the parts of its score. */
    public record Hit(UUID id, double keyword, double vector, double importance, double score) {}

    private record Ranked(int slot, UUID id, double vector, double score) {}

    /** The best first; of equal ones the newer. */
    private static final Comparator<Ranked> ORDER =
            Comparator.comparingDouble(Ranked::score).reversed().thenComparing(Ranked::id, TextIndex::newerFirst);

    // UUID's own order takes the halves as signed.
    private static int newerFirst(UUID one, UUID other) {
        int time = Long.compareUnsigned(other.getMostSignificantBits(), one.getMostSignificantBits());
        return time != 0 ? time : Long.compareUnsigned(other.getLeastSignificantBits(), one.getLeastSignificantBits());
    }

    private final Weights weights;
    private final int dimensions;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Map<String, Integer> types = new HashMap<>();
    private Map<UUID, Integer> slots = new HashMap<>();
    private Map<String, Postings> words = new HashMap<>();
    private Vectors vectors;
    private UUID[] ids = new UUID[8];
    private int[] lengths = new int[8];
    private int[] typeNumbers = new int[8];
    private float[] importances = new float[8];
    private long[] expiries = new long[8];
    private int used;
    private long lengthOfAll;
    private long wordBytes;

    public TextIndex(int dimensions, Weights weights) {
        this.dimensions = dimensions;
        this.weights = weights;
        vectors = new Vectors(dimensions);
    }

    /** Adds a text, or replaces the one of the same id. */
    public void put(Document document) {
        // The costly part, before anybody has to wait.
        Map<String, Integer> counts = Words.counts(document.text());
        lock.writeLock().lock();
        try {
            drop(document.id());
            vectors.add(document.vector());
            int slot = next(document);
            counts.forEach((word, count) -> {
                post(word, slot, count);
                lengths[slot] += count;
            });
            lengthOfAll += lengths[slot];
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Nothing happens when there is no such text. */
    public void remove(UUID id) {
        lock.writeLock().lock();
        try {
            drop(id);
            int removed = used - slots.size();
            if (removed > REMOVED_FEW && removed > used / 2) compact();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private int next(Document document) {
        if (used == ids.length) widen();
        int slot = used++;
        ids[slot] = document.id();
        lengths[slot] = 0;
        typeNumbers[slot] = types.computeIfAbsent(document.type(), type -> types.size());
        importances[slot] = (float) document.importance();
        expiries[slot] = document.expiresTime() == 0 ? Long.MAX_VALUE : document.expiresTime();
        slots.put(document.id(), slot);
        return slot;
    }

    private void widen() {
        int size = used * 2;
        ids = Arrays.copyOf(ids, size);
        lengths = Arrays.copyOf(lengths, size);
        typeNumbers = Arrays.copyOf(typeNumbers, size);
        importances = Arrays.copyOf(importances, size);
        expiries = Arrays.copyOf(expiries, size);
    }

    private void post(String word, int slot, int count) {
        Postings postings = words.get(word);
        if (postings == null) {
            postings = new Postings();
            words.put(word, postings);
            wordBytes += BYTES_PER_WORD + (long) postings.capacity() * BYTES_PER_POSTING;
        }
        int before = postings.capacity();
        postings.add(slot, count);
        wordBytes += (long) (postings.capacity() - before) * BYTES_PER_POSTING;
    }

    /** The postings keep the slot; who reads them passes over it. */
    private void drop(UUID id) {
        Integer slot = slots.remove(id);
        if (slot == null) return;
        lengthOfAll -= lengths[slot];
        lengths[slot] = GONE;
        ids[slot] = null;
    }

    private void compact() {
        int[] moved = new int[used];
        Vectors kept = new Vectors(dimensions);
        int count = 0;
        for (int slot = 0; slot < used; slot++) {
            moved[slot] = lengths[slot] == GONE ? GONE : count;
            if (lengths[slot] == GONE) continue;
            kept.add(vectors.get(slot));
            ids[count] = ids[slot];
            lengths[count] = lengths[slot];
            typeNumbers[count] = typeNumbers[slot];
            importances[count] = importances[slot];
            expiries[count] = expiries[slot];
            slots.put(ids[count], count);
            count++;
        }
        Map<String, Postings> before = words;
        words = new HashMap<>();
        wordBytes = 0;
        before.forEach((word, postings) -> {
            for (int i = 0; i < postings.size(); i++) {
                int slot = moved[postings.slot(i)];
                if (slot != GONE) post(word, slot, postings.count(i));
            }
        });
        Arrays.fill(ids, count, used, null);
        vectors = kept;
        used = count;
    }

    /** The best first. */
    public List<Hit> search(Query query) {
        lock.readLock().lock();
        try {
            Integer type = query.type() == null ? null : types.get(query.type());
            if (slots.isEmpty() || (query.type() != null && type == null)) return List.of();
            float[] keywords = keywords(query.text());
            List<Hit> hits = new ArrayList<>();
            for (Ranked ranked : best(query, type, keywords)) {
                int slot = ranked.slot();
                hits.add(new Hit(ranked.id(), keywords[slot], ranked.vector(), importances[slot], ranked.score()));
            }
            return hits;
        } finally {
            lock.readLock().unlock();
        }
    }

    private List<Ranked> best(Query query, Integer type, float[] keywords) {
        PriorityQueue<Ranked> best = new PriorityQueue<>(ORDER.reversed());
        Vectors.Query vector = vectors.new Query(query.vector());
        double enough = query.scoreMin();
        for (int slot = 0; slot < used; slot++) {
            if (slot % Vectors.BLOCK == 0) vector.at(slot / Vectors.BLOCK);
            if (lengths[slot] == GONE || expiries[slot] <= query.now()) continue;
            if (type != null && typeNumbers[slot] != type) continue;
            double cosine = vector.cosine(slot);
            double score = weights.score(keywords[slot], cosine, importances[slot]);
            if (score < enough) continue;
            best.add(new Ranked(slot, ids[slot], cosine, score));
            if (best.size() <= query.limit()) continue;
            best.poll();
            enough = Math.max(enough, best.element().score());
        }
        return best.stream().sorted(ORDER).toList();
    }

    private float[] keywords(String text) {
        float[] scores = new float[used];
        double average = Math.max(1, lengthOfAll / (double) slots.size());
        double all = 0;
        List<String> asked =
                Words.of(text).stream().distinct().limit(QUERY_WORDS_MAX).toList();
        for (String word : asked) {
            Postings postings = words.get(word);
            double rarity = rarity(postings);
            all += rarity;
            for (int i = 0; postings != null && i < postings.size(); i++) {
                int slot = postings.slot(i);
                if (lengths[slot] == GONE) continue;
                double spread = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * lengths[slot] / average);
                int count = postings.count(i);
                scores[slot] += (float) (rarity * (OVERLAP + (1 - OVERLAP) * count / (count + spread)));
            }
        }
        if (all > 0) for (int slot = 0; slot < used; slot++) scores[slot] /= (float) all;
        return scores;
    }

    private double rarity(Postings postings) {
        int having = 0;
        for (int i = 0; postings != null && i < postings.size(); i++) {
            if (lengths[postings.slot(i)] != GONE) having++;
        }
        return Math.log(1 + (slots.size() - having + 0.5) / (having + 0.5));
    }

    /** How many texts there are, expired ones included. */
    public int size() {
        lock.readLock().lock();
        try {
            return slots.size();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** About how much memory it takes. */
    public long bytes() {
        lock.readLock().lock();
        try {
            return wordBytes + vectors.bytes() + (long) ids.length * BYTES_PER_TEXT;
        } finally {
            lock.readLock().unlock();
        }
    }
}
