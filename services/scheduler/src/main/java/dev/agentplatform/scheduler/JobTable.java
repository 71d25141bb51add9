package dev.agentplatform.scheduler;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Shape;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of {@code scheduled_job}. */
final class JobTable {
    private static final Shape FIRED = Shape.update(
            "scheduled_job",
            61,
            List.of(Shape.text("workspace_id"), Shape.id("id")),
            Shape.text("status"),
            Shape.number("next_time"),
            Shape.number("last_time"));

    private JobTable() {}

    /** What a firing leaves; times 0 for none. */
    static RowWrite fired(Job job, String status, long nextTime, long lastTime) {
        return FIRED.row(job.workspaceId(), job.id(), status, orNull(nextTime), orNull(lastTime));
    }

    static void insert(Sql sql, Job job) throws SQLException {
        sql.update(
                "INSERT INTO scheduled_job (workspace_id, id, name, job_type, status, schedule, payload, misfire,"
                        + " max_attempts, subscription_id, next_time, last_time, created_time, updated_time)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                job.workspaceId(),
                job.id(),
                job.name(),
                job.type(),
                job.status(),
                Json.write(job.schedule().json()),
                Json.write(job.payload()),
                job.misfire(),
                job.maxAttempts(),
                job.subscriptionId(),
                orNull(job.nextTime()),
                orNull(job.lastTime()),
                job.createdTime(),
                job.updatedTime());
    }

    static void update(Sql sql, Job job) throws SQLException {
        sql.update(
                "UPDATE scheduled_job SET name = ?, status = ?, schedule = ?, payload = ?, misfire = ?,"
                        + " max_attempts = ?, subscription_id = ?, next_time = ?, updated_time = ?"
                        + " WHERE workspace_id = ? AND id = ?",
                job.name(),
                job.status(),
                Json.write(job.schedule().json()),
                Json.write(job.payload()),
                job.misfire(),
                job.maxAttempts(),
                job.subscriptionId(),
                orNull(job.nextTime()),
                job.updatedTime(),
                job.workspaceId(),
                job.id());
    }

    static void delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        sql.update("DELETE FROM scheduled_job WHERE workspace_id = ? AND id = ?", workspaceId, id);
    }

    static Optional<Job> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                "SELECT * FROM scheduled_job WHERE workspace_id = ? AND id = ?", JobTable::read, workspaceId, id);
    }

    /** Nobody changes it until the transaction ends. */
    static Optional<Job> lock(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                "SELECT * FROM scheduled_job WHERE workspace_id = ? AND id = ?"
                        + sql.dialect().forUpdate(),
                JobTable::read,
                workspaceId,
                id);
    }

    static Page<Job> page(Sql sql, String workspaceId, PageRequest page, String status, String type)
            throws SQLException {
        return Listing.of("SELECT * FROM scheduled_job WHERE workspace_id = ?", workspaceId)
                .where("status", status)
                .where("job_type", type)
                .page(sql, page, JobTable::read, Job::id);
    }

    private static Long orNull(long time) {
        return time == 0 ? null : time;
    }

    private static long orZero(Long time) {
        return time == null ? 0 : time;
    }

    private static Job read(Row row) throws SQLException {
        return new Job(
                row.id("id"),
                row.text("workspace_id"),
                row.text("name"),
                row.text("job_type"),
                row.text("status"),
                Schedule.read(row.json("schedule")),
                row.json("payload"),
                row.text("misfire"),
                row.small("max_attempts"),
                row.idOrNull("subscription_id"),
                orZero(row.numberOrNull("next_time")),
                orZero(row.numberOrNull("last_time")),
                row.number("created_time"),
                row.number("updated_time"));
    }
}
