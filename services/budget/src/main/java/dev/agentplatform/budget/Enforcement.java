package dev.agentplatform.budget;

import dev.agentplatform.budget.Ledger.Booking;
import dev.agentplatform.budget.Ledger.Booking.Booked;
import dev.agentplatform.budget.Ledger.Booking.Refused;
import dev.agentplatform.budget.Ledger.Wanted;
import dev.agentplatform.engine.Hold;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.StepGate;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.CallOrigin;
import dev.agentplatform.model.Spending;
import dev.agentplatform.store.RowWrite;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Asked before each call of a model and before each step. Where there is no budget, that is one look into memory. */
final class Enforcement implements Spending, StepGate {
    private static final Logger LOG = LoggerFactory.getLogger(Enforcement.class);

    /** What a call may be late to tell of its end. */
    private static final long GRACE_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private static final int RETRY_AFTER_SECONDS_MAX = 86_400;

    private final Known known;
    private final Lineages lineages;
    private final Ledger ledger;
    private final Holds holds;
    private final Clock clock;
    private final Ids ids;

    Enforcement(Known known, Lineages lineages, Ledger ledger, Holds holds, Clock clock, Ids ids) {
        this.known = known;
        this.lineages = lineages;
        this.ledger = ledger;
        this.holds = holds;
        this.clock = clock;
        this.ids = ids;
    }

    @Override
    public Reservation reserve(CallOrigin origin, Supplier<Estimate> estimate) {
        Known.Scopes scopes = known.of(origin.workspaceId());
        if (scopes.none()) return Reservation.NONE;
        Lineage who = lineages.of(origin);
        if (!known.counts(origin.workspaceId(), scopes, who, false)) return Reservation.NONE;
        Estimate most = estimate.get();
        Long cost = most.costMicros();
        Amount amount = new Amount(cost == null ? 0 : cost, most.tokens(), 0);
        Wanted wanted = new Wanted(entryId(origin, most), amount, cost != null, most.millis() + GRACE_MILLIS);
        return switch (ledger.book(origin.workspaceId(), who, wanted)) {
            case Booked booked -> reservation(origin.workspaceId(), wanted.id(), booked.budgets());
            case Refused refused -> throw refusedCall(origin, refused);
        };
    }

    /** The same for a call that is made again after a crash: what was set aside for it is not set aside twice. */
    private UUID entryId(CallOrigin origin, Estimate estimate) {
        if (origin.idempotencyKey() == null) return ids.next();
        String name = origin.idempotencyKey() + ' ' + estimate.provider() + '/' + estimate.model();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private Reservation reservation(String workspaceId, UUID entryId, List<UUID> budgets) {
        if (budgets.isEmpty()) return Reservation.NONE;
        AtomicBoolean settled = new AtomicBoolean();
        return (tokens, cost) -> {
            if (settled.getAndSet(true)) return;
            try {
                ledger.settle(workspaceId, entryId, budgets, new Amount(cost, tokens, 0));
            } catch (RuntimeException failed) {
                // The answer is there. What was set aside stays so, and counts as used when its time is over.
                LOG.warn("what a call used could not be booked; its estimate will count", failed);
            }
        };
    }

    private RuntimeException refusedCall(CallOrigin origin, Refused refused) {
        if (mayWait(refused) && origin.runId() != null) throw hold(refused);
        long seconds = refused.periodEnd() == 0 ? 0 : (refused.periodEnd() - clock.millis()) / 1_000 + 1;
        int retryAfter = Math.clamp(seconds, 0, RETRY_AFTER_SECONDS_MAX);
        return new Spent(Refusal.code(refused), Refusal.message(refused), retryAfter);
    }

    private static boolean mayWait(Refused refused) {
        return refused.budget().pauses() && refused.breach() != null;
    }

    private Hold hold(Refused refused) {
        return holds.of(refused);
    }

    @Override
    public void enter(RunRecord run, UUID stepId) {
        String workspaceId = run.workspaceId();
        // What calls of this step look at is known from here on, too.
        Known.Scopes scopes = run.options().limited() ? known.withRuns(workspaceId) : known.of(workspaceId);
        if (scopes.none()) return;
        Lineage who = lineages.of(run);
        if (!known.counts(workspaceId, scopes, who, true)) return;
        Booking booking = ledger.book(workspaceId, who, Wanted.step(stepId));
        if (!(booking instanceof Refused refused)) return;
        if (mayWait(refused)) throw hold(refused);
        throw Problem.conflict(Refusal.code(refused), Refusal.message(refused));
    }

    @Override
    public List<RowWrite> withdrawn(RunRecord run, JsonNode detail, long now) {
        return Holds.withdrawn(run.workspaceId(), detail, now);
    }
}
