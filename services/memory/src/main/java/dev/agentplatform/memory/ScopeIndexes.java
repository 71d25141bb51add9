package dev.agentplatform.memory;

import dev.agentplatform.memory.index.TextIndex;
import dev.agentplatform.store.Database;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The indexes of this process, made at the first search of a scope. When together they take more than their bytes, those
 * that were not asked for longest go; the one just asked stays, whatever its size.
 */
final class ScopeIndexes {
    private final Database database;
    private final long bytesMax;
    private final Map<Scope, Held> held = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    private static final class Held {
        private final ScopeIndex index;
        private long bytes;

        private Held(ScopeIndex index) {
            this.index = index;
        }
    }

    ScopeIndexes(Database database, long bytesMax) {
        this.database = database;
        this.bytesMax = bytesMax;
    }

    TextIndex current(Scope scope) {
        Held asked;
        synchronized (this) {
            asked = held.computeIfAbsent(scope, it -> new Held(new ScopeIndex(database, it)));
        }
        TextIndex current = asked.index.current();
        account(scope, asked);
        return current;
    }

    private synchronized void account(Scope scope, Held asked) {
        // Another search may have dropped it meanwhile.
        if (held.get(scope) != asked) return;
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

    synchronized int count() {
        return held.size();
    }

    synchronized long bytes() {
        return bytes;
    }
}
