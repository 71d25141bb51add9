package dev.agentplatform.memory;

import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.memory.MemoryTable.Expired;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes expired memories and forgets old deletions, a batch at a time. Every process may do it. */
final class Purge implements LifeCycle {
    static final int BATCH = 500;

    /** An index that is further behind is built anew. */
    static final Duration GONE_KEPT = Duration.ofHours(1);

    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final long PAUSE_MS = 20;
    private static final Logger LOG = LoggerFactory.getLogger(Purge.class);

    private final Database database;
    private final Clock clock;
    private volatile boolean running;
    private volatile Thread thread;

    Purge(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Everything that has expired now; returns how many memories. */
    int purge() {
        int purged = 0;
        List<Expired> found;
        do {
            found = database.read(sql -> MemoryTable.expired(sql, clock.millis(), BATCH));
            Map<Scope, List<UUID>> scopes = new LinkedHashMap<>();
            for (Expired expired : found) {
                scopes.computeIfAbsent(expired.scope(), scope -> new ArrayList<>())
                        .add(expired.id());
            }
            for (Map.Entry<Scope, List<UUID>> scope : scopes.entrySet()) {
                purged += purge(scope.getKey(), scope.getValue());
            }
        } while (found.size() == BATCH && goOn());
        forget();
        return purged;
    }

    private int purge(Scope scope, List<UUID> ids) {
        return database.transact(sql -> {
            // The scope's row first, as everywhere; the size follows when it is known.
            long changeNo = ScopeTable.change(sql, scope, 0).changeNo();
            List<UUID> gone = MemoryTable.deleteExpired(sql, scope, ids, clock.millis());
            if (!gone.isEmpty()) {
                changeNo = ScopeTable.change(sql, scope, -gone.size()).changeNo();
                ScopeTable.gone(sql, scope, changeNo, gone, clock.millis());
            }
            return gone.size();
        });
    }

    private void forget() {
        long before = clock.millis() - GONE_KEPT.toMillis();
        List<ScopeTable.Old> old;
        do {
            old = database.read(sql -> ScopeTable.old(sql, before, BATCH));
            for (ScopeTable.Old one : old) database.transact(sql -> ScopeTable.forget(sql, one));
        } while (old.size() == BATCH && goOn());
    }

    /** A breath for others, or the end when it is to stop. */
    private boolean goOn() {
        if (running) LockSupport.parkNanos(PAUSE_MS * 1_000_000);
        return running || thread == null;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().daemon().name("memory-purge").start(() -> {
            while (running) {
                try {
                    int purged = purge();
                    if (purged > 0) LOG.info("deleted {} expired memories", purged);
                } catch (RuntimeException failure) {
                    LOG.warn("expired memories could not be deleted, trying again later: {}", failure.toString());
                }
                if (running) LockSupport.parkNanos(EVERY.toNanos());
            }
        });
    }

    @Override
    public void stop() {
        Thread stopping = thread;
        running = false;
        if (stopping == null) return;
        thread = null;
        LockSupport.unpark(stopping);
        try {
            stopping.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
