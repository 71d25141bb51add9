package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.queue.Queues;
import dev.agentplatform.queue.TaskTable;
import dev.agentplatform.queue.TaskTable.Claimed;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Driving programs by hand: a caller claims a run, which then goes on until it ends or waits. */
public final class ProgramDriving {
    private final Engine engine;

    public ProgramDriving(Engine engine) {
        this.engine = engine;
    }

    /**
     * Drives a run that has not begun, with other metadata; returns when it rests, or after 60 s.
     *
     * @throws Problem 409 {@code already_started}, changing nothing
     */
    public void driveAs(String workspaceId, UUID runId, String workerKey, Function<RunRecord, JsonNode> metadata)
            throws InterruptedException {
        UUID me = engine.worker();
        Claimed claimed = engine.database().transact(sql -> {
            Claimed task = TaskTable.claimOne(sql, me, runId, workerKey, true).orElseThrow(ProgramDriving::begun);
            RunRecord run = RunTable.find(sql, workspaceId, runId).orElseThrow(() -> Problem.notFound("run", runId));
            if (run.status() != RunStatus.QUEUED) throw begun();
            RunTable.setMetadata(sql, run, metadata.apply(run));
            return task;
        });
        drive(claimed);
    }

    /** Drives the next run of a kind that waits for a driver; {@code metadata} null: as it is. Empty when none waits. */
    public Optional<UUID> driveNext(
            String workspaceId, String kind, String workerKey, Function<RunRecord, JsonNode> metadata)
            throws InterruptedException {
        UUID me = engine.worker();
        Optional<Claimed> claimed = engine.database().transact(sql -> {
            Optional<Claimed> task = TaskTable.claimNext(sql, me, Queues.manual(workspaceId, kind), workerKey);
            if (task.isPresent() && metadata != null)
                change(sql, workspaceId, task.get().ref(), metadata);
            return task;
        });
        if (claimed.isEmpty()) return Optional.empty();
        drive(claimed.get());
        return Optional.of(claimed.get().ref());
    }

    private static void change(Sql sql, String workspaceId, UUID runId, Function<RunRecord, JsonNode> metadata)
            throws SQLException {
        RunRecord run = RunTable.find(sql, workspaceId, runId).orElseThrow();
        if (run.status() == RunStatus.QUEUED) RunTable.setMetadata(sql, run, metadata.apply(run));
    }

    private void drive(Claimed claimed) throws InterruptedException {
        RunOwner owner = engine.take(claimed, Optional.of(Driving.UNLIMITED));
        try {
            owner.released().get(Driving.FOLLOW_MAX_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException stillRunning) {
            // The caller gets the run as it stands.
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        }
    }

    private static Problem begun() {
        return Problem.conflict(
                "already_started", "The run has begun for real; a dry run of it is not possible any more.");
    }
}
