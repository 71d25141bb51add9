package dev.agentplatform.auth;

import java.time.Clock;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Values that are read from the database for each request, remembered for a second. What this process changes it
 * forgets at once; what another one changes is seen after two seconds at the latest.
 *
 * <p>Within the second second one caller reads anew while the others go on with what they have.
 */
public final class Recent<K, V> {
    private static final long FRESH_MILLIS = 1_000;
    private static final long USED_MILLIS = 2_000;
    private static final int ENTRIES_MAX = 10_000;

    private record Entry<V>(V value, long readTime, AtomicBoolean beingRead) {}

    private final Clock clock;
    private final ConcurrentHashMap<K, Entry<V>> entries = new ConcurrentHashMap<>();
    private volatile long changes;

    public Recent(Clock clock) {
        this.clock = clock;
    }

    /** @param reader gives null for what there is not; that is not remembered */
    public V get(K key, Function<K, V> reader) {
        long now = clock.millis();
        Entry<V> entry = entries.get(key);
        if (entry != null) {
            long age = now - entry.readTime();
            if (age >= 0 && age < FRESH_MILLIS) return entry.value();
            boolean usable = age >= 0 && age < USED_MILLIS;
            if (usable && !entry.beingRead().compareAndSet(false, true)) return entry.value();
        }
        long before = changes;
        V value = reader.apply(key);
        keep(key, value, now, before);
        return value;
    }

    /** What was read before a change may be old. */
    private synchronized void keep(K key, V value, long now, long before) {
        if (changes != before) return;
        if (value == null) {
            entries.remove(key);
            return;
        }
        if (entries.size() >= ENTRIES_MAX) entries.clear();
        entries.put(key, new Entry<>(value, now, new AtomicBoolean()));
    }

    public synchronized void forget(K key) {
        changes = changes + 1;
        entries.remove(key);
    }

    public synchronized void forgetAll() {
        changes = changes + 1;
        entries.clear();
    }

    int size() {
        return entries.size();
    }
}
