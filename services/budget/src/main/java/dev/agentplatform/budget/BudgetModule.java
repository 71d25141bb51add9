package dev.agentplatform.budget;

import dev.agentplatform.engine.RunBudgets;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.StepGate;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.human.HumanTasks;
import dev.agentplatform.human.StepQuestions;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.model.Spending;
import dev.agentplatform.store.Database;
import dev.agentplatform.web.Principal;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;

/** What the room of budgets contributes: the watch over calls and steps, and routes. Its migration is V1.35. */
public final class BudgetModule {
    private final Wiring wiring;
    private final Known known;
    private final Announcements announcements;
    private final Holds holds;
    private final Enforcement enforcement;
    private volatile Budgets budgets;

    /**
     * @param runs finds a run of a workspace
     * @param users the user of a session, null for none
     * @param mayChange whether a caller may change the budgets of a workspace
     */
    public record Wiring(
            Database database,
            Outbox outbox,
            StepQuestions questions,
            Clock clock,
            Ids ids,
            BiFunction<String, UUID, Optional<RunRecord>> runs,
            BiFunction<String, UUID, String> users,
            BiPredicate<String, Principal> mayChange) {}

    public BudgetModule(Wiring wiring) {
        this.wiring = wiring;
        known = new Known(wiring.database());
        announcements = new Announcements(wiring.outbox(), wiring.ids());
        holds = new Holds(wiring.database(), wiring.questions(), wiring.ids(), wiring.mayChange());
        Ledger ledger = new Ledger(wiring.database(), wiring.clock(), announcements);
        Lineages lineages = new Lineages(wiring.runs(), wiring.users());
        enforcement = new Enforcement(known, lineages, ledger, holds, wiring.clock(), wiring.ids());
    }

    /** Connects those who answer; they stand on the engine, which stands on this. */
    public void attach(HumanTasks tasks) {
        budgets = new Budgets(
                wiring.database(), known, announcements, wiring.runs(), tasks, wiring.clock(), wiring.ids());
        holds.attach(budgets);
        tasks.attach(Holds.TASK_TYPE, holds);
    }

    /** Watches over calls of models. */
    public Spending spending() {
        return enforcement;
    }

    /** Watches over steps. */
    public StepGate gate() {
        return enforcement;
    }

    public Routes routes() {
        return BudgetRoutes.of(budgets, wiring.clock());
    }

    /** Keeps the budgets that requests for runs bring along: {@code {limit, on_exceed?, assigned_to?}}. */
    public RunBudgets ofRuns() {
        return (workspaceId, runId, json) -> {
            Budgets.Draft draft = BudgetRoutes.ofRun(json);
            return sql -> budgets.ofRun(sql, workspaceId, runId, draft);
        };
    }
}
