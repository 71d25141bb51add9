package dev.agentplatform.human;

import dev.agentplatform.human.HumanTask.Status;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Shape;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of {@code human_task}. */
final class HumanTaskTable {
    private static final Shape INSERT = Shape.insert(
            "human_task",
            50,
            Shape.text("workspace_id"),
            Shape.id("id"),
            Shape.text("run_id"),
            Shape.small("no"),
            Shape.text("node_run_id"),
            Shape.text("task_type"),
            Shape.text("title"),
            Shape.text("assigned_to"),
            Shape.text("status"),
            Shape.small("decided"),
            Shape.number("due_time"),
            Shape.text("request"),
            Shape.text("form"),
            Shape.number("created_time"));

    private static final String INSERT_SQL =
            "INSERT INTO human_task (workspace_id, id, run_id, no, node_run_id, task_type, title, assigned_to, status,"
                + " decided, due_time, request, form, created_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /** The key {@code decided} keeps what a person has said first. */
    private static final Shape WITHDRAW = Shape.update(
            "human_task",
            51,
            List.of(Shape.text("workspace_id"), Shape.id("id"), Shape.small("decided")),
            Shape.text("status"),
            Shape.number("completed_time"));

    private static final String WAITING = " AND status IN ('open', 'claimed')";

    private HumanTaskTable() {}

    /** What a list shows; null fields do not restrict it. */
    record Filter(String status, String assignedTo, String claimedBy, String runId, String taskType) {}

    static RowWrite insert(HumanTask task) {
        return INSERT.row(values(task));
    }

    static void insert(Sql sql, HumanTask task) throws SQLException {
        sql.update(INSERT_SQL, values(task));
    }

    /** Ends a task for which nobody waits any more, unless a person was first. */
    static RowWrite withdraw(String workspaceId, UUID id, Status as, long now) {
        return WITHDRAW.row(workspaceId, id, 0, as.word(), now);
    }

    static Optional<HumanTask> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                "SELECT * FROM human_task WHERE workspace_id = ? AND id = ?", HumanTaskTable::read, workspaceId, id);
    }

    /** Newest first; {@code before} is null for the first page. */
    static List<HumanTask> list(Sql sql, String workspaceId, Filter filter, UUID before, int limit)
            throws SQLException {
        StringBuilder text = new StringBuilder("SELECT * FROM human_task WHERE workspace_id = ?");
        List<Object> arguments = new ArrayList<>(List.of(workspaceId));
        equal(text, arguments, "status", filter.status());
        equal(text, arguments, "assigned_to", filter.assignedTo());
        equal(text, arguments, "claimed_by", filter.claimedBy());
        equal(text, arguments, "run_id", filter.runId());
        equal(text, arguments, "task_type", filter.taskType());
        if (before != null) {
            text.append(" AND id < ?");
            arguments.add(before);
        }
        text.append(" ORDER BY id DESC LIMIT ?");
        arguments.add(limit);
        return sql.list(text.toString(), HumanTaskTable::read, arguments.toArray());
    }

    private static void equal(StringBuilder text, List<Object> arguments, String column, String value) {
        if (value == null) return;
        text.append(" AND ").append(column).append(" = ?");
        arguments.add(value);
    }

    /** Whether the task is now the claimer's, also when it was before. */
    static boolean claim(Sql sql, String workspaceId, UUID id, String claimedBy) throws SQLException {
        return sql.update(
                        "UPDATE human_task SET status = 'claimed', claimed_by = ? WHERE workspace_id = ? AND id = ?"
                                + " AND (status = 'open' OR (status = 'claimed' AND claimed_by = ?))",
                        claimedBy,
                        workspaceId,
                        id,
                        claimedBy)
                == 1;
    }

    /** @param claimedBy whose claim it must be, null for anyone's */
    static boolean release(Sql sql, String workspaceId, UUID id, String claimedBy) throws SQLException {
        String text = "UPDATE human_task SET status = 'open', claimed_by = NULL"
                + " WHERE workspace_id = ? AND id = ? AND status = 'claimed'";
        return claimedBy == null
                ? sql.update(text, workspaceId, id) == 1
                : sql.update(text + " AND claimed_by = ?", workspaceId, id, claimedBy) == 1;
    }

    /** Compare-and-set: false when the task has ended already. */
    static boolean decide(Sql sql, String workspaceId, UUID id, HumanTasks.Decision decision, long now)
            throws SQLException {
        return sql.update(
                        "UPDATE human_task SET status = ?, decided = 1, response = ?, completed_by = ?,"
                                + " completed_time = ? WHERE workspace_id = ? AND id = ?" + WAITING,
                        decision.status().word(),
                        Json.writeOrNull(decision.response()),
                        decision.by(),
                        now,
                        workspaceId,
                        id)
                == 1;
    }

    /** False when it was answered or withdrawn before. */
    static boolean escalate(Sql sql, String workspaceId, UUID id, long now) throws SQLException {
        return sql.update(
                        "UPDATE human_task SET escalated_time = ? WHERE workspace_id = ? AND id = ?" + WAITING,
                        now,
                        workspaceId,
                        id)
                == 1;
    }

    private static Object[] values(HumanTask task) {
        return new Object[] {
            task.workspaceId(),
            task.id(),
            task.runId(),
            task.no() == 0 ? null : task.no(),
            task.nodeRunId(),
            task.taskType(),
            task.title(),
            task.assignedTo(),
            task.status().word(),
            0,
            task.dueTime() == 0 ? null : task.dueTime(),
            Json.writeOrNull(task.request()),
            Json.writeOrNull(task.form()),
            task.createdTime()
        };
    }

    private static HumanTask read(Row row) throws SQLException {
        Integer no = row.smallOrNull("no");
        return new HumanTask(
                row.id("id"),
                row.text("workspace_id"),
                row.text("run_id"),
                no == null ? 0 : no,
                row.text("node_run_id"),
                row.text("task_type"),
                row.text("title"),
                row.text("assigned_to"),
                Status.of(row.text("status")),
                row.text("claimed_by"),
                row.text("completed_by"),
                orZero(row.numberOrNull("due_time")),
                orZero(row.numberOrNull("escalated_time")),
                row.json("request"),
                row.json("form"),
                row.json("response"),
                row.number("created_time"),
                orZero(row.numberOrNull("completed_time")));
    }

    private static long orZero(Long time) {
        return time == null ? 0 : time;
    }
}
