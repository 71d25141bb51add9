package dev.agentplatform.search;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The indexes of this process by what they stand for, made when they are asked for first. When together they take more
 * than their bytes, those that were not asked for longest go; the one just asked stays, whatever its size.
 */
public final class FollowingIndexes<K> {
    private final Function<K, Feed> feeds;
    private final long bytesMax;
    private final Map<K, Held> held = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    private static final class Held {
        private final FollowingIndex index;
        private long bytes;

        private Held(FollowingIndex index) {
            this.index = index;
        }
    }

    public FollowingIndexes(long bytesMax, Function<K, Feed> feeds) {
        this.bytesMax = bytesMax;
        this.feeds = feeds;
    }

    /** The index with everything that was committed before the call. */
    public TextIndex current(K key) {
        Held asked;
        synchronized (this) {
            asked = held.computeIfAbsent(key, it -> new Held(new FollowingIndex(feeds.apply(it))));
        }
        TextIndex current = asked.index.current();
        account(key, asked);
        return current;
    }

    private synchronized void account(K key, Held asked) {
        // Another search may have dropped it meanwhile.
        if (held.get(key) != asked) return;
        long now = asked.index.bytes();
        bytes += now - asked.bytes;
        asked.bytes = now;
        Iterator<Held> oldest = held.values().iterator();
        while (bytes > bytesMax && oldest.hasNext()) {
            Held drop = oldest.next();
            if (drop == asked) break;
            bytes -= drop.bytes;
            oldest.remove();
        }
    }

    public synchronized int count() {
        return held.size();
    }

    public synchronized long bytes() {
        return bytes;
    }
}
