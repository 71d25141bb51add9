package dev.agentplatform.budget;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * On whose account something is used: a run with those above it, and a user.
 *
 * @param runs the topmost first; empty for a call that no run makes
 * @param userId null for none
 */
record Lineage(List<Ancestor> runs, String userId) {
    /** @param definitionId may be null @param createdTime UTC milliseconds */
    record Ancestor(UUID runId, UUID definitionId, long createdTime) {}

    /** The keys of the scopes that count it. */
    Set<String> scopes() {
        Set<String> keys = new LinkedHashSet<>();
        keys.add(Scope.WORKSPACE.key());
        if (userId != null) keys.add(new Scope(Scope.USER, userId).key());
        for (Ancestor run : runs) {
            if (run.definitionId() != null)
                keys.add(new Scope(Scope.DEFINITION, run.definitionId().toString()).key());
            keys.add(new Scope(Scope.RUN, run.runId().toString()).key());
        }
        return keys;
    }

    /** The run whose begin and whose use a budget looks at; empty when it does not look at runs. */
    Optional<Ancestor> runOf(Budget budget) {
        Scope scope = budget.scope();
        if (scope.isRun()) return first(run -> run.runId().toString().equals(scope.id()));
        if (budget.period() != Period.RUN) return Optional.empty();
        if (!scope.type().equals(Scope.DEFINITION)) return runs.stream().findFirst();
        return first(run ->
                run.definitionId() != null && run.definitionId().toString().equals(scope.id()));
    }

    private Optional<Ancestor> first(java.util.function.Predicate<Ancestor> wanted) {
        return runs.stream().filter(wanted).findFirst();
    }

    /** Whether a budget counts it at all: what no run uses has no place in a budget for each run. */
    boolean concerns(Budget budget) {
        return budget.period() != Period.RUN || runOf(budget).isPresent();
    }

    /** Which period of the budget is used. */
    String periodKey(Budget budget, long now) {
        return switch (budget.period()) {
            case TOTAL -> "";
            case RUN -> runOf(budget).orElseThrow().runId().toString();
            case HOUR, DAY, MONTH -> Long.toString(budget.period().start(now));
        };
    }

    /** Whole seconds since the run began that the budget looks at, 0 for none. */
    long seconds(Budget budget, long now) {
        return runOf(budget)
                .map(run -> Math.max(0, now - run.createdTime()) / 1_000)
                .orElse(0L);
    }
}
