package dev.agentplatform.memory;

import dev.agentplatform.memory.MemoryTable.Expired;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Deletes expired memories and forgets old deletions. */
final class Purge {
    static final int BATCH = 500;

    /** An index that is further behind is built anew. */
    static final Duration GONE_KEPT = Duration.ofHours(1);

    private final Database database;
    private final Clock clock;

    Purge(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Some of what is over; returns how many rows. */
    int batch() {
        return expired() + forgotten();
    }

    private int expired() {
        int purged = 0;
        Map<Scope, List<UUID>> scopes = new LinkedHashMap<>();
        for (Expired expired : database.read(sql -> MemoryTable.expired(sql, clock.millis(), BATCH))) {
            scopes.computeIfAbsent(expired.scope(), scope -> new ArrayList<>()).add(expired.id());
        }
        for (Map.Entry<Scope, List<UUID>> scope : scopes.entrySet()) {
            purged += expired(scope.getKey(), scope.getValue());
        }
        return purged;
    }

    private int expired(Scope scope, List<UUID> ids) {
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

    private int forgotten() {
        long before = clock.millis() - GONE_KEPT.toMillis();
        int forgotten = 0;
        for (ScopeTable.Old old : database.read(sql -> ScopeTable.old(sql, before, BATCH))) {
            forgotten += database.transact(sql -> ScopeTable.forget(sql, old));
        }
        return forgotten;
    }
}
