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
     * @param runs whether any run has a budget of its own; {@code stepsOfRuns} whether it counts steps
     */
    record Scopes(Map<String, Boolean> scopes, boolean runs, boolean stepsOfRuns) {
        boolean none() {
            return scopes.isEmpty() && !runs;
        }

        boolean noSteps() {
            return !stepsOfRuns && !scopes.containsValue(true);
        }

        /** False when no budget counts a call for these scopes; those of runs have to be looked up. */
        boolean calls(Set<String> of) {
            return runs || of.stream().anyMatch(scopes::containsKey);
        }

        boolean steps(Set<String> of) {
            return stepsOfRuns || of.stream().anyMatch(scope -> scopes.getOrDefault(scope, false));
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

    /** A run with a budget of its own is about to be committed by this process. */
    void expectRun(String workspaceId) {
        Scopes scopes = of(workspaceId);
        Scopes expected = new Scopes(scopes.scopes(), true, true);
        snapshots.put(workspaceId, new Snapshot(expected, System.nanoTime(), new AtomicBoolean()));
    }

    private Scopes read(String workspaceId) {
        long now = System.nanoTime();
        Scopes read = database.read(sql -> {
            Map<String, Boolean> scopes = new HashMap<>();
            for (Entry entry : BudgetTable.known(sql, workspaceId)) scopes.put(entry.scope(), entry.steps());
            var runs = BudgetTable.ofRuns(sql, workspaceId);
            return new Scopes(Map.copyOf(scopes), runs.isPresent(), runs.orElse(false));
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
