package dev.agentplatform.budget;

import dev.agentplatform.budget.Lineage.Ancestor;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.model.CallOrigin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;

/** Finds whom a run counts for. What was found is kept: a run never changes those above it. */
final class Lineages {
    private static final int KEPT_MAX = 10_000;

    private final BiFunction<String, UUID, Optional<RunRecord>> runs;
    private final BiFunction<String, UUID, String> users;

    private final Map<UUID, Lineage> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Lineage> eldest) {
            return size() > KEPT_MAX;
        }
    };

    /** @param users the user of a session, null for none */
    Lineages(BiFunction<String, UUID, Optional<RunRecord>> runs, BiFunction<String, UUID, String> users) {
        this.runs = runs;
        this.users = users;
    }

    Lineage of(CallOrigin origin) {
        if (origin.runId() == null) return new Lineage(List.of(), origin.userId());
        Optional<Lineage> known = known(origin.runId());
        if (known.isPresent()) return known.get();
        return runs.apply(origin.workspaceId(), origin.runId())
                .map(this::of)
                .orElseGet(() -> new Lineage(List.of(), origin.userId()));
    }

    Lineage of(RunRecord run) {
        Optional<Lineage> known = known(run.id());
        if (known.isPresent()) return known.get();
        List<Ancestor> up = new ArrayList<>();
        String user = null;
        Optional<RunRecord> at = Optional.of(run);
        while (at.isPresent()) {
            RunRecord one = at.get();
            up.addFirst(new Ancestor(one.id(), one.definitionId(), one.createdTime()));
            if (user == null) user = user(one);
            at = one.parent() == null
                    ? Optional.empty()
                    : runs.apply(one.workspaceId(), one.parent().runId());
        }
        Lineage found = new Lineage(List.copyOf(up), user);
        synchronized (kept) {
            kept.put(run.id(), found);
        }
        return found;
    }

    private Optional<Lineage> known(UUID runId) {
        synchronized (kept) {
            return Optional.ofNullable(kept.get(runId));
        }
    }

    private String user(RunRecord run) {
        String named = run.metadata().path("user_id").asString(null);
        if (named != null || run.sessionId() == null) return named;
        return users.apply(run.workspaceId(), run.sessionId());
    }
}
