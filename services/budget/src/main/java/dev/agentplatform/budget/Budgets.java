package dev.agentplatform.budget;

import dev.agentplatform.budget.Judgement.State;
import dev.agentplatform.budget.UseTable.Use;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.human.HumanTask;
import dev.agentplatform.human.HumanTasks;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import dev.agentplatform.store.UniqueViolation;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import tools.jackson.databind.node.ObjectNode;

/** Budgets: made, shown, changed, raised. Each change is one transaction with its event. */
final class Budgets {
    /** Of a workspace, those of runs not counted. */
    static final int COUNT_MAX = 1_000;

    /** Waiting steps that a raise wakes. */
    private static final int WAKES_MAX = 10_000;

    private final Database database;
    private final Known known;
    private final Announcements announcements;
    private final BiFunction<String, UUID, Optional<RunRecord>> runs;
    private final HumanTasks tasks;
    private final Clock clock;
    private final Ids ids;

    Budgets(
            Database database,
            Known known,
            Announcements announcements,
            BiFunction<String, UUID, Optional<RunRecord>> runs,
            HumanTasks tasks,
            Clock clock,
            Ids ids) {
        this.database = database;
        this.known = known;
        this.announcements = announcements;
        this.runs = runs;
        this.tasks = tasks;
        this.clock = clock;
        this.ids = ids;
    }

    /** What a caller asks for; fields are checked one by one already. */
    record Draft(String code, Scope scope, Limit limit, Period period, boolean pauses, String assignedTo) {}

    /**
     * Leave to use more in one period.
     *
     * @param limit the new one, where it names a kind; else {@code kind} gets as much again, if it is needed
     * @param wanted how much of {@code kind} waits for leave
     * @param by may be null
     */
    record Raise(String periodKey, Limit limit, Limit.Kind kind, long wanted, String by) {}

    /** @throws Problem 422 that names the field, 409 {@code duplicate_code}, {@code too_many} */
    Budget create(String workspaceId, Draft draft) {
        requireRun(workspaceId, draft.scope());
        Budget budget = of(workspaceId, draft);
        checked(budget);
        try {
            database.transact(sql -> {
                if (!draft.scope().isRun() && BudgetTable.count(sql, workspaceId) >= COUNT_MAX)
                    throw Problem.conflict("too_many", "A workspace has at most " + COUNT_MAX + " budgets.");
                insert(sql, budget);
                return null;
            });
        } catch (UniqueViolation taken) {
            throw duplicate(draft.code());
        }
        known.changed(workspaceId);
        return budget;
    }

    private Budget of(String workspaceId, Draft draft) {
        long now = clock.millis();
        return new Budget(
                ids.next(),
                workspaceId,
                draft.code(),
                draft.scope(),
                draft.limit(),
                draft.period(),
                draft.pauses(),
                draft.assignedTo(),
                now,
                now);
    }

    private void insert(Sql sql, Budget budget) throws SQLException {
        BudgetTable.insert(sql, budget);
        announcements.tell(sql, "budget.created", budget, budget.createdTime());
    }

    private void requireRun(String workspaceId, Scope scope) {
        if (!scope.isRun()) return;
        if (runs.apply(workspaceId, UUID.fromString(scope.id())).isEmpty())
            throw Problem.invalid("scope_id", "is no run of this workspace");
    }

    private static void checked(Budget budget) {
        boolean ofRun = budget.scope().isRun();
        if (ofRun && budget.period() != Period.TOTAL)
            throw Problem.invalid("period", "must be total for a budget of one run");
        if (budget.limit().seconds() != null && !ofRun && budget.period() != Period.RUN)
            throw Problem.invalid("limit.seconds", "is the time of a run: it needs the period run, or a run as scope");
    }

    private static Problem duplicate(String code) {
        return Problem.conflict("duplicate_code", "There is a budget with the code " + code + " already.");
    }

    /** @throws Problem 404 */
    Budget get(String workspaceId, UUID id) {
        return database.read(sql -> BudgetTable.find(sql, workspaceId, id)).orElseThrow(() -> missing(id));
    }

    private static Problem missing(UUID id) {
        return Problem.notFound("budget", id);
    }

    Page<Budget> list(String workspaceId, BudgetTable.Filter filter, PageRequest page) {
        return database.read(sql -> BudgetTable.list(sql, workspaceId, filter, page));
    }

    /** New values; null for what stays. @param named whether {@code assignedTo} was named, so that null takes it away */
    record Change(String code, Limit limit, Boolean pauses, String assignedTo, boolean named) {}

    /** Those who wait try again when the limit was changed. @throws Problem 404, 422, 409 */
    Budget change(String workspaceId, UUID id, Change change) {
        Budget changed;
        try {
            changed = database.transact(sql -> {
                Budget old = BudgetTable.lock(sql, workspaceId, id).orElseThrow(() -> missing(id));
                Budget now = new Budget(
                        id,
                        workspaceId,
                        change.code() == null ? old.code() : change.code(),
                        old.scope(),
                        change.limit() == null ? old.limit() : change.limit(),
                        old.period(),
                        change.pauses() == null ? old.pauses() : change.pauses(),
                        change.named() ? change.assignedTo() : old.assignedTo(),
                        old.createdTime(),
                        clock.millis());
                checked(now);
                BudgetTable.update(sql, now);
                UseTable.untell(sql, workspaceId, id);
                announcements.tell(sql, "budget.updated", now, now.updatedTime());
                return now;
            });
        } catch (UniqueViolation taken) {
            throw duplicate(change.code());
        }
        known.changed(workspaceId);
        wake(workspaceId, id);
        return changed;
    }

    /** Whatever waits for it goes on. @throws Problem 404 */
    void delete(String workspaceId, UUID id) {
        database.transact(sql -> {
            Budget budget = BudgetTable.lock(sql, workspaceId, id).orElseThrow(() -> missing(id));
            BudgetTable.delete(sql, workspaceId, id);
            announcements.tell(sql, "budget.deleted", budget, clock.millis());
            return null;
        });
        known.changed(workspaceId);
        wake(workspaceId, id);
    }

    /** Raises one period by hand. @throws Problem 404; 422 when the budget does not limit what is raised */
    Budget raise(String workspaceId, UUID id, String periodKey, Limit limit, String by) {
        Budget budget = get(workspaceId, id);
        for (Limit.Kind kind : Limit.Kind.values()) {
            if (limit.of(kind) != null && budget.limit().of(kind) == null)
                throw Problem.invalid("limit." + kind.word(), "is not limited by this budget");
        }
        database.transact(sql -> {
            raise(sql, workspaceId, id, new Raise(periodKey, limit, null, 0, by));
            return null;
        });
        wake(workspaceId, id);
        return budget;
    }

    /** Nothing when the budget is gone, or when what waits fits by now and no new limit is named. */
    void raise(Sql sql, String workspaceId, UUID id, Raise raise) throws SQLException {
        Optional<Budget> found = BudgetTable.lock(sql, workspaceId, id);
        if (found.isEmpty()) return;
        Limit limit = found.get().limit();
        Use use = UseTable.open(sql, workspaceId, id, raise.periodKey());
        Limit extra = use.extra();
        for (Limit.Kind kind : Limit.Kind.values()) {
            if (limit.of(kind) == null || raise.limit().of(kind) == null) continue;
            extra = extra.with(kind, Math.max(0, raise.limit().of(kind) - limit.of(kind)));
        }
        if (raise.limit().equals(Limit.NONE)) extra = once(limit, use, raise);
        if (extra.equals(use.extra())) return;
        UseTable.raise(sql, workspaceId, id, raise.periodKey(), extra);
        announcements.raised(sql, found.get(), raise.periodKey(), limit.plus(extra), raise.by(), clock.millis());
    }

    private static Limit once(Limit limit, Use use, Raise raise) {
        Limit.Kind kind = raise.kind();
        if (limit.of(kind) == null) return use.extra();
        State state = new State(limit.plus(use.extra()), use.used(), use.reserved(), 0);
        long needed = state.taken(kind) + raise.wanted();
        long now = state.limit().of(kind);
        if (kind != Limit.Kind.SECONDS && needed <= now) return use.extra();
        return use.extra().with(kind, use.extra().of(kind) + Judgement.raise(limit.of(kind), now, needed));
    }

    /**
     * Lets those that wait for this budget try again; who still finds it exceeded asks anew. Each is a transaction of its
     * own: what a crash leaves out waits for its own answer.
     */
    void wake(String workspaceId, UUID id) {
        List<UUID> waiting = database.read(sql -> HoldTable.tasks(sql, workspaceId, id, WAKES_MAX));
        for (UUID task : waiting) {
            try {
                tasks.settle(workspaceId, task, HumanTask.Status.COMPLETED, Holds.changed());
            } catch (Problem settledMeanwhile) {
                // Somebody was faster, or the run has ended.
            }
        }
    }

    /** The budget with its use in a period. @param runId of which run, where each has its own; may be null */
    ObjectNode shown(Budget budget, UUID runId) {
        long now = clock.millis();
        String workspaceId = budget.workspaceId();
        Optional<String> key = periodKey(budget, runId, now);
        ObjectNode json = budget.json();
        json.put("period_start", Times.formatOrNull(budget.period().start(now)));
        json.put("period_end", Times.formatOrNull(budget.period().end(now)));
        int waiting = database.read(sql -> HoldTable.count(sql, workspaceId, budget.id()));
        json.put("waiting", waiting);
        if (key.isEmpty()) return json;
        Use use = database.read(sql -> UseTable.find(sql, workspaceId, budget.id(), key.get()))
                .orElse(Use.NONE);
        UUID timed = budget.scope().isRun() ? UUID.fromString(budget.scope().id()) : runId;
        long seconds = budget.limit().seconds() == null || timed == null ? 0 : seconds(workspaceId, timed, now);
        return json.setAll(Shown.use(budget, use, seconds));
    }

    private long seconds(String workspaceId, UUID runId, long now) {
        return runs.apply(workspaceId, runId)
                .map(run -> Math.max(0, (run.endedTime() == 0 ? now : run.endedTime()) - run.createdTime()) / 1_000)
                .orElse(0L);
    }

    /** Empty when the budget counts each run by itself and none is named. */
    static Optional<String> periodKey(Budget budget, UUID runId, long now) {
        return switch (budget.period()) {
            case TOTAL -> Optional.of("");
            case RUN -> Optional.ofNullable(runId).map(UUID::toString);
            case HOUR, DAY, MONTH -> Optional.of(Long.toString(budget.period().start(now)));
        };
    }

    /** A budget that a run brings along, in the transaction that makes the run. */
    void ofRun(Sql sql, String workspaceId, UUID runId, Draft draft) throws SQLException {
        Draft own = new Draft(
                null,
                new Scope(Scope.RUN, runId.toString()),
                draft.limit(),
                Period.TOTAL,
                draft.pauses(),
                draft.assignedTo());
        insert(sql, of(workspaceId, own));
    }
}
