package dev.agentplatform.budget;

import dev.agentplatform.budget.Ledger.Booking.Refused;
import dev.agentplatform.engine.Hold;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.human.Asker;
import dev.agentplatform.human.HumanTask;
import dev.agentplatform.human.HumanTasks;
import dev.agentplatform.human.StepQuestions;
import dev.agentplatform.human.StepQuestions.Approval;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Sql;
import dev.agentplatform.web.Principal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiPredicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Steps that wait until a person raises a budget: the question, and what an answer does. */
final class Holds implements Asker {
    static final String TASK_TYPE = "budget";
    static final String EVENT = "budget.exceeded";

    private final Database database;
    private final StepQuestions questions;
    private final Ids ids;
    private final BiPredicate<String, Principal> mayChange;
    private volatile Budgets budgets;

    /** @param mayChange whether a caller may change the budgets of a workspace */
    Holds(Database database, StepQuestions questions, Ids ids, BiPredicate<String, Principal> mayChange) {
        this.database = database;
        this.questions = questions;
        this.ids = ids;
        this.mayChange = mayChange;
    }

    void attach(Budgets newBudgets) {
        budgets = newBudgets;
    }

    Hold of(Refused refused) {
        Budget budget = refused.budget();
        UUID taskId = ids.next();
        String message = Refusal.message(refused);
        ObjectNode detail = Refusal.detail(refused).put("human_task_id", taskId.toString());
        Approval approval = new Approval(
                "Raise the budget " + budget.name() + "?", detail.deepCopy().put("prompt", message), form());
        return new Hold(
                Refusal.EXCEEDED,
                message,
                EVENT,
                refused.periodEnd(),
                detail,
                (run, stepId, no, now) -> rows(budget, taskId, approval, run, stepId, no, now));
    }

    private List<RowWrite> rows(
            Budget budget, UUID taskId, Approval approval, RunRecord run, UUID stepId, int no, long now) {
        List<RowWrite> rows =
                new ArrayList<>(questions.ask(taskId, TASK_TYPE, budget.assignedTo(), run, stepId, no, now, approval));
        rows.add(HoldTable.insert(run.workspaceId(), taskId, budget.id()));
        return rows;
    }

    /** Nobody waits any more: the run ends, or another period has begun. */
    static List<RowWrite> withdrawn(String workspaceId, JsonNode detail, long now) {
        UUID taskId = UUID.fromString(detail.path("human_task_id").asString());
        return List.of(StepQuestions.withdraw(workspaceId, taskId, now), HoldTable.delete(workspaceId, taskId));
    }

    /** {@code {limit: {cost_micros …}}}, or nothing. */
    private static ObjectNode form() {
        ObjectNode form = Json.object();
        form.putArray("type").add("object").add("null");
        ObjectNode limit = form.putObject("properties").putObject("limit").put("type", "object");
        ObjectNode kinds = limit.putObject("properties");
        for (Limit.Kind kind : Limit.Kind.values())
            kinds.putObject(kind.word())
                    .put("type", "integer")
                    .put("minimum", 0)
                    .put("maximum", Limit.MAX);
        limit.put("additionalProperties", false);
        form.put("additionalProperties", false);
        return form;
    }

    /** The answer to those who wait for a budget that was changed in another way. The form lets nobody else say so. */
    static JsonNode changed() {
        return Json.object().put("budget_changed", true);
    }

    @Override
    public void check(HumanTask task, Principal caller, String by) {
        Optional<Budget> budget = database.read(sql -> {
            Optional<UUID> id = HoldTable.budget(sql, task.workspaceId(), task.id());
            return id.isEmpty() ? Optional.empty() : BudgetTable.find(sql, task.workspaceId(), id.get());
        });
        if (!mayChange.test(task.workspaceId(), caller)) {
            throw Problem.forbidden("permission_missing", "To answer this the right budget:write is needed.");
        }
        String assigned = budget.map(Budget::assignedTo).orElse(null);
        String who = caller.userId().orElse(by);
        if (assigned != null && !assigned.equals(who)) {
            throw Problem.forbidden("not_assigned", "Only " + assigned + " may answer this.");
        }
    }

    @Override
    public void answered(Sql sql, HumanTask task, HumanTasks.Decision decision) throws SQLException {
        Optional<UUID> id = HoldTable.budget(sql, task.workspaceId(), task.id());
        HoldTable.delete(sql, task.workspaceId(), task.id());
        boolean allowed =
                decision.status() == HumanTask.Status.APPROVED || decision.status() == HumanTask.Status.COMPLETED;
        if (id.isEmpty() || !allowed || decision.response().equals(changed())) return;
        JsonNode asked = task.request();
        JsonNode limit = decision.response().path("limit");
        Budgets.Raise raise = new Budgets.Raise(
                asked.path("period_key").asString(),
                limit.isObject() && !limit.isEmpty() ? Limit.read("response_payload_json.limit", limit) : Limit.NONE,
                Limit.Kind.of(asked.path("kind").asString()),
                asked.path("estimated").asLong(),
                decision.by());
        budgets.raise(sql, task.workspaceId(), id.get(), raise);
    }

    @Override
    public void settled(HumanTask task) {
        boolean raised = task.status() == HumanTask.Status.APPROVED || task.status() == HumanTask.Status.COMPLETED;
        if (!raised || task.response().equals(changed())) return;
        String budgetId = task.request().path("budget_id").asString();
        budgets.wake(task.workspaceId(), UUID.fromString(budgetId));
    }
}
