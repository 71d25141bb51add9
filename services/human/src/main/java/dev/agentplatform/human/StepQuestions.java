package dev.agentplatform.human;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.human.HumanTask.Question;
import dev.agentplatform.human.HumanTask.Status;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.store.RowWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Questions that steps of programs put to people: one task per step, as rows of the unit that begins to wait. */
public final class StepQuestions {
    private final Outbox outbox;
    private final Ids ids;

    public StepQuestions(Outbox outbox, Ids ids) {
        this.outbox = outbox;
        this.ids = ids;
    }

    /** @param form JSON Schema of the answer, JSON null for any */
    public record Approval(String title, JsonNode request, JsonNode form) {}

    /** The task of a step, and the event that tells of it. */
    public List<RowWrite> ask(RunRecord run, UUID stepId, int no, long now, Approval approval) {
        Question question = new Question("approval", approval.title(), null, 0, approval.request(), approval.form());
        HumanTask task = HumanTask.open(
                HumanNode.taskId(stepId), run.workspaceId(), run.id().toString(), no, stepId.toString(), question, now);
        List<RowWrite> rows = new ArrayList<>();
        rows.add(HumanTaskTable.insert(task));
        rows.addAll(outbox.rows(HumanTasks.event(ids.next(), "human_task.created", task, now)));
        return rows;
    }

    /** Nobody waits for the answer any more. */
    public List<RowWrite> withdraw(RunRecord run, UUID stepId, long now) {
        return List.of(HumanTaskTable.withdraw(run.workspaceId(), HumanNode.taskId(stepId), Status.CANCELLED, now));
    }
}
