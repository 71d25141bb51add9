package dev.agentplatform.scheduler;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Shape;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of {@code job_firing}. */
final class FiringTable {
    private static final Shape INSERT = Shape.insert(
            "job_firing",
            60,
            Shape.id("id"),
            Shape.text("workspace_id"),
            Shape.id("job_id"),
            Shape.text("cause"),
            Shape.number("due_time"),
            Shape.text("status"),
            Shape.small("attempts"),
            Shape.number("retry_time"),
            Shape.id("run_id"),
            Shape.text("worker_key"),
            Shape.text("error"),
            Shape.number("finished_time"),
            Shape.text("result"),
            Shape.text("event"));
    private static final String INSERT_SQL =
            "INSERT INTO job_firing (id, workspace_id, job_id, cause, due_time, status, attempts, retry_time, run_id,"
                    + " worker_key, error, finished_time, result, event)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING";
    private static final Shape UPDATE = Shape.update(
            "job_firing",
            60,
            List.of(Shape.text("workspace_id"), Shape.id("id")),
            Shape.text("status"),
            Shape.small("attempts"),
            Shape.number("retry_time"),
            Shape.id("run_id"),
            Shape.text("worker_key"),
            Shape.text("error"),
            Shape.number("finished_time"),
            Shape.text("result"));

    private FiringTable() {}

    static RowWrite insert(Firing it) {
        return INSERT.row(values(it));
    }

    /** False when it was there already. */
    static boolean insert(Sql sql, Firing it) throws SQLException {
        return sql.update(INSERT_SQL, values(it)) == 1;
    }

    private static Object[] values(Firing it) {
        return new Object[] {
            it.id(),
            it.workspaceId(),
            it.jobId(),
            it.cause(),
            it.dueTime(),
            it.status(),
            it.attempts(),
            orNull(it.retryTime()),
            it.runId(),
            it.workerKey(),
            it.error(),
            orNull(it.finishedTime()),
            Json.writeOrNull(it.result()),
            Json.writeOrNull(it.event())
        };
    }

    static RowWrite update(Firing it) {
        return UPDATE.row(
                it.workspaceId(),
                it.id(),
                it.status(),
                it.attempts(),
                orNull(it.retryTime()),
                it.runId(),
                it.workerKey(),
                it.error(),
                orNull(it.finishedTime()),
                Json.writeOrNull(it.result()));
    }

    static Optional<Firing> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                "SELECT * FROM job_firing WHERE workspace_id = ? AND id = ?", FiringTable::read, workspaceId, id);
    }

    /** The pending one that is to be tried first, whenever that is. */
    static Optional<Firing> pending(Sql sql, String workspaceId, UUID jobId) throws SQLException {
        return sql.one(
                "SELECT * FROM job_firing WHERE workspace_id = ? AND job_id = ? AND status = 'pending'"
                        + " ORDER BY retry_time, id LIMIT 1",
                FiringTable::read,
                workspaceId,
                jobId);
    }

    static Optional<Firing> newest(Sql sql, String workspaceId, UUID jobId) throws SQLException {
        return sql.one(
                "SELECT * FROM job_firing WHERE workspace_id = ? AND job_id = ? ORDER BY id DESC LIMIT 1",
                FiringTable::read,
                workspaceId,
                jobId);
    }

    static Page<Firing> page(Sql sql, String workspaceId, UUID jobId, PageRequest page) throws SQLException {
        List<Object> arguments = new ArrayList<>(List.of(workspaceId, jobId));
        String text = "SELECT * FROM job_firing WHERE workspace_id = ? AND job_id = ?";
        if (page.after() != null) {
            text += page.ascending() ? " AND id > ?" : " AND id < ?";
            arguments.add(page.after());
        }
        text += page.ascending() ? " ORDER BY id LIMIT ?" : " ORDER BY id DESC LIMIT ?";
        arguments.add(page.limit() + 1);
        List<Firing> rows = sql.list(text, FiringTable::read, arguments.toArray());
        return Page.of(rows, page.limit(), firing -> firing.id().toString());
    }

    /** What a caller had claimed waits for the platform again. */
    static void free(Sql sql, String workspaceId, UUID jobId, long now) throws SQLException {
        sql.update(
                "UPDATE job_firing SET status = 'pending', retry_time = ?, worker_key = NULL"
                        + " WHERE workspace_id = ? AND job_id = ? AND status = 'claimed'",
                now,
                workspaceId,
                jobId);
    }

    /** What waits is not done any more. */
    static void withdraw(Sql sql, String workspaceId, UUID jobId, long now) throws SQLException {
        sql.update(
                "UPDATE job_firing SET status = 'skipped', finished_time = ?, retry_time = NULL"
                        + " WHERE workspace_id = ? AND job_id = ? AND status IN ('pending', 'claimed')",
                now,
                workspaceId,
                jobId);
    }

    /** Deletes the oldest of a job that were over before {@code before}; returns how many. */
    static int purge(Sql sql, String workspaceId, UUID jobId, long before, int limit) throws SQLException {
        return sql.update(
                "DELETE FROM job_firing WHERE workspace_id = ? AND id IN"
                        + " (SELECT id FROM job_firing WHERE job_id = ? AND id < ? AND finished_time < ?"
                        + " ORDER BY id LIMIT ?)",
                workspaceId,
                jobId,
                Ids.lowest(before),
                before,
                limit);
    }

    /** Deletes those of a job that is gone; returns how many. */
    static int drop(Sql sql, String workspaceId, UUID jobId, int limit) throws SQLException {
        return sql.update(
                "DELETE FROM job_firing WHERE workspace_id = ? AND id IN"
                        + " (SELECT id FROM job_firing WHERE job_id = ? LIMIT ?)",
                workspaceId,
                jobId,
                limit);
    }

    private static Long orNull(long time) {
        return time == 0 ? null : time;
    }

    private static long orZero(Long time) {
        return time == null ? 0 : time;
    }

    private static Firing read(Row row) throws SQLException {
        return new Firing(
                row.id("id"),
                row.text("workspace_id"),
                row.id("job_id"),
                row.text("cause"),
                row.number("due_time"),
                row.text("status"),
                row.small("attempts"),
                orZero(row.numberOrNull("retry_time")),
                row.idOrNull("run_id"),
                row.text("worker_key"),
                row.text("error"),
                orZero(row.numberOrNull("finished_time")),
                row.json("result"),
                row.json("event"));
    }
}
