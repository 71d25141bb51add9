package dev.agentplatform.budget;

import dev.agentplatform.store.Database;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Which scopes of a workspace have budgets at all, from memory: a change of another process is seen a second later. How
 * high a budget is, is always read under its lock.
 */
final class Known {
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int WORKSPACES_MAX = 10_000;

    /** @param steps whether steps of the scope are counted */
    record Entry(String scope, boolean steps) {}

    /**
     * @param scopes other than runs, with whether their steps are counted
     * @param runs whether any run has a budget of its own
     */
    record Scopes(Map<String, Boolean> scopes, boolean runs) {
        boolean none() {
            return scopes.isEmpty() && !runs;
        }
    }

    private record Snapshot(Scopes scopes, long readNanos, AtomicBoolean renewing) {}

    private final Database database;
    private final Map<String, Snapshot> snapshots = new ConcurrentHashMap<>();

    Known(Database database) {
        this.database = database;
    }

    Scopes of(String workspaceId) {
        Snapshot known = snapshots.get(workspaceId);
        if (known == null) return read(workspaceId);
        boolean old = System.nanoTime() - known.readNanos() > KEPT_NANOS;
        // One looks again; the others need not wait for it.
        return old && known.renewing().compareAndSet(false, true) ? renewed(workspaceId, known) : known.scopes();
    }

    private Scopes renewed(String workspaceId, Snapshot old) {
        try {
            return read(workspaceId);
        } finally {
            old.renewing().set(false);
        }
    }

    /** After a commit of this process. */
    void changed(String workspaceId) {
        read(workspaceId);
    }

    /** Whether a budget counts calls, or steps, for any of these. Only budgets of runs have to be looked up. */
    boolean counts(String workspaceId, Scopes known, Lineage who, boolean steps) {
        if (known.none()) return false;
        Set<String> of = who.scopes();
        boolean directly = steps
                ? of.stream().anyMatch(scope -> known.scopes().getOrDefault(scope, false))
                : of.stream().anyMatch(known.scopes()::containsKey);
        if (directly || !known.runs() || who.runs().isEmpty()) return directly;
        return database.read(sql -> BudgetTable.any(sql, workspaceId, of, steps));
    }

    /** For a run that brought a budget along, which is committed: it must not be missed. */
    Scopes withRuns(String workspaceId) {
        Scopes known = of(workspaceId);
        return known.runs() ? known : read(workspaceId);
    }

    private Scopes read(String workspaceId) {
        long now = System.nanoTime();
        Scopes read = database.read(sql -> {
            Map<String, Boolean> scopes = new HashMap<>();
            for (Entry entry : BudgetTable.known(sql, workspaceId)) scopes.put(entry.scope(), entry.steps());
            return new Scopes(Map.copyOf(scopes), BudgetTable.ofRuns(sql, workspaceId));
        });
        if (snapshots.size() >= WORKSPACES_MAX) snapshots.clear();
        // Of two who read at once, the one who began later knows more.
        snapshots.merge(
                workspaceId,
                new Snapshot(read, now, new AtomicBoolean()),
                (known, mine) -> known.readNanos() - now > 0 ? known : mine);
        return read;
    }
}
