package dev.agentplatform.human;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.human.HumanTask.Question;
import dev.agentplatform.human.HumanTask.Status;
import dev.agentplatform.human.HumanTaskTable.Filter;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.queue.Alarms;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tasks for people. Each change is one transaction with its event; the end of a task that a step waits for
 * takes the answer to the run in the same transaction.
 */
public final class HumanTasks {
    /** Kind of the alarm that rings at {@code due_time}; its ref is the task's id. */
    static final String ALARM = "human_due";

    private final Database database;
    private final Engine engine;
    private final Alarms alarms;
    private final Outbox outbox;
    private final Clock clock;
    private final Ids ids;

    public HumanTasks(Database database, Engine engine, Alarms alarms, Outbox outbox, Clock clock, Ids ids) {
        this.database = database;
        this.engine = engine;
        this.alarms = alarms;
        this.outbox = outbox;
        this.clock = clock;
        this.ids = ids;
        alarms.answer(ALARM, this::escalate);
    }

    /** How a task ends by somebody's hand; {@code by} may be null. */
    record Decision(Status status, JsonNode response, String by) {}

    /** What a deciding transaction found. */
    private sealed interface Decided {
        record Stored(HumanTask task, Optional<Unit.Woken> woken) implements Decided {}

        record RunEnded() implements Decided {}
    }

    /** {@code runId} and {@code nodeRunId} may be null or name nothing: then the task stands alone. */
    HumanTask create(String workspaceId, String runId, String nodeRunId, Question question) {
        Form.checkSchema("form_schema_json", question.form());
        int no = waitingStep(workspaceId, runId, nodeRunId);
        HumanTask task = HumanTask.open(ids.next(), workspaceId, runId, no, nodeRunId, question, clock.millis());
        database.transact(sql -> {
            // Tasks first, as everywhere. What a node asks has the timer of its step instead.
            if (task.dueTime() > 0) alarms.set(sql, ALARM, workspaceId, task.id(), task.dueTime());
            HumanTaskTable.insert(sql, task);
            return tell(sql, "human_task.created", task);
        });
        if (task.dueTime() > 0) alarms.announce(task.dueTime());
        return task;
    }

    /** Its time has come and nobody has answered: the task stays open, and the world is told once. */
    private void escalate(Sql sql, String workspaceId, UUID id) throws SQLException {
        if (!HumanTaskTable.escalate(sql, workspaceId, id, clock.millis())) return;
        tell(sql, "human_task.escalated", find(sql, workspaceId, id));
    }

    /** The number of the step that the caller names, 0 when there is no such step. */
    private int waitingStep(String workspaceId, String runId, String nodeRunId) {
        Optional<UUID> run = Ids.parse(runId);
        Optional<UUID> step = Ids.parse(nodeRunId);
        if (step.isEmpty() || run.isEmpty() || !Ids.runOf(step.get()).equals(run.get())) return 0;
        boolean live = engine.find(workspaceId, run.get())
                .map(RunRecord::status)
                .filter(status -> !status.ended())
                .isPresent();
        return live ? Ids.stepNo(step.get()) : 0;
    }

    /** @throws Problem 404 */
    public HumanTask get(String workspaceId, UUID id) {
        return database.read(sql -> HumanTaskTable.find(sql, workspaceId, id)).orElseThrow(() -> missing(id));
    }

    Page<HumanTask> list(String workspaceId, Filter filter, UUID before, int limit) {
        List<HumanTask> rows = database.read(sql -> HumanTaskTable.list(sql, workspaceId, filter, before, limit + 1));
        return Page.of(rows, limit, task -> task.id().toString());
    }

    /** One winner; again by the winner is fine. @throws Problem 409 {@code already_claimed}, or how it ended */
    HumanTask claim(String workspaceId, UUID id, String claimedBy) {
        return database.transact(sql -> {
            HumanTask before = find(sql, workspaceId, id);
            if (!HumanTaskTable.claim(sql, workspaceId, id, claimedBy)) {
                HumanTask now = find(sql, workspaceId, id);
                if (!now.status().waiting()) throw ended(now);
                throw Problem.conflict("already_claimed", "The task is claimed by " + now.claimedBy() + ".");
            }
            HumanTask claimed = find(sql, workspaceId, id);
            if (before.status() == Status.OPEN) tell(sql, "human_task.claimed", claimed);
            return claimed;
        });
    }

    /** An open task stays open. @throws Problem 409 {@code already_claimed} when the claim is another's */
    HumanTask release(String workspaceId, UUID id, String claimedBy) {
        return database.transact(sql -> {
            boolean released = HumanTaskTable.release(sql, workspaceId, id, claimedBy);
            HumanTask task = find(sql, workspaceId, id);
            if (!task.status().waiting()) throw ended(task);
            if (!released && task.status() == Status.CLAIMED) {
                throw Problem.conflict("already_claimed", "The task is claimed by " + task.claimedBy() + ".");
            }
            if (released) tell(sql, "human_task.released", task);
            return task;
        });
    }

    /**
     * Stores an answer and hands it to the step that waits for it.
     *
     * @param by who answers; null for whoever claimed the task
     * @throws Problem 409 {@code already_completed}, {@code already_claimed} when another claimed the task,
     *     {@code run_ended} when nobody waits any more (the task is cancelled then); 422 when the answer does
     *     not fit the form
     */
    HumanTask complete(String workspaceId, UUID id, Status status, JsonNode response, String by) {
        HumanTask task = get(workspaceId, id);
        if (!task.status().waiting()) throw ended(task);
        if (by != null && task.claimedBy() != null && !by.equals(task.claimedBy())) {
            throw Problem.conflict("already_claimed", "The task is claimed by " + task.claimedBy() + ".");
        }
        // A refusal need not fill in the form.
        boolean refusalWithoutAnswer = status == Status.REJECTED && Json.isNothing(response);
        if (!refusalWithoutAnswer) Form.check("response_payload_json", task.form(), response);
        return decide(task, new Decision(status, response, by == null ? task.claimedBy() : by));
    }

    /** Withdraws the question; a step that waits for the answer fails. Cancelling twice is fine. */
    HumanTask cancel(String workspaceId, UUID id, String by) {
        HumanTask task = get(workspaceId, id);
        if (task.status() == Status.CANCELLED) return task;
        if (!task.status().waiting()) throw ended(task);
        try {
            return decide(task, new Decision(Status.CANCELLED, Json.nothing(), by));
        } catch (Problem problem) {
            if (problem.code().equals("run_ended")) return get(workspaceId, id);
            throw problem;
        }
    }

    private HumanTask decide(HumanTask task, Decision decision) {
        Decided decided = database.transact(sql -> decide(sql, task, decision));
        return switch (decided) {
            case Decided.Stored stored -> {
                stored.woken().ifPresent(engine::announce);
                yield stored.task();
            }
            case Decided.RunEnded ended ->
                throw Problem.conflict("run_ended", "The run that asked has ended already; the task is cancelled.");
        };
    }

    private Decided decide(Sql sql, HumanTask task, Decision decision) throws SQLException {
        String workspaceId = task.workspaceId();
        Optional<Unit.Woken> woken = Optional.empty();
        if (task.no() > 0) {
            // The run's row is locked first, as everywhere.
            UUID runId = UUID.fromString(task.runId());
            woken = engine.answer(sql, workspaceId, runId, task.no(), answer(task, decision));
            if (woken.isEmpty()) {
                store(sql, task, new Decision(Status.CANCELLED, Json.nothing(), null));
                return new Decided.RunEnded();
            }
        }
        return new Decided.Stored(store(sql, task, decision), woken);
    }

    private HumanTask store(Sql sql, HumanTask task, Decision decision) throws SQLException {
        if (task.dueTime() > 0) alarms.clear(sql, task.workspaceId(), task.id());
        boolean stored = HumanTaskTable.decide(sql, task.workspaceId(), task.id(), decision, clock.millis());
        HumanTask now = find(sql, task.workspaceId(), task.id());
        if (!stored) throw ended(now);
        tell(sql, "human_task." + decision.status().word(), now);
        return now;
    }

    /** What the waiting step gets to see. */
    static ObjectNode answer(HumanTask task, Decision decision) {
        ObjectNode body = Json.object();
        body.put("status", decision.status().word());
        body.set("response", decision.response());
        body.put("human_task_id", task.id().toString());
        body.put("completed_by", decision.by());
        return body;
    }

    private HumanTask tell(Sql sql, String type, HumanTask task) throws SQLException {
        outbox.publish(sql, event(ids.next(), type, task, clock.millis()));
        return task;
    }

    static Outbox.Message event(UUID id, String type, HumanTask task, long now) {
        String payload = Json.write(task.json());
        return new Outbox.Message(
                id, task.workspaceId(), type, "human", "human_task", task.id().toString(), now, payload);
    }

    private static HumanTask find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return HumanTaskTable.find(sql, workspaceId, id).orElseThrow(() -> missing(id));
    }

    private static Problem missing(UUID id) {
        return Problem.notFound("human task", id);
    }

    private static Problem ended(HumanTask task) {
        String word = task.status().word();
        String code = task.status().answered() ? "already_completed" : "task_" + word;
        return Problem.conflict(code, "The task is " + word + " already.");
    }
}
