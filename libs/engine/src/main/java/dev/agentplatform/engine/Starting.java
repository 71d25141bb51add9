package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.queue.Queues;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.UUID;

/** Lets the platform execute runs that were made to wait for their start. */
public final class Starting {
    private final Engine engine;

    public Starting(Engine engine) {
        this.engine = engine;
    }

    /**
     * False when the run has started, is being driven by somebody or has ended: it is left alone then.
     *
     * @throws Problem 404
     */
    public boolean start(String workspaceId, UUID runId) {
        RunRecord run = engine.find(workspaceId, runId).orElseThrow(() -> Problem.notFound("run", runId));
        if (!waits(run)) return false;
        boolean started = engine.database()
                .transact(sql -> start(sql, workspaceId, runId, Queues.manual(workspaceId, run.kind())));
        if (started) engine.ready(Queues.normal(workspaceId), run.options().priority());
        return started;
    }

    private boolean start(Sql sql, String workspaceId, UUID runId, String manual) throws SQLException {
        boolean resting = sql.one(
                        "SELECT queue FROM task WHERE workspace_id = ? AND ref = ? AND status = 'ready' AND queue = ?"
                                + sql.dialect().forUpdate(),
                        row -> row.text("queue"),
                        workspaceId,
                        runId,
                        manual)
                .isPresent();
        if (!resting) return false;
        RunRecord run = RunTable.find(sql, workspaceId, runId).orElseThrow(() -> Problem.notFound("run", runId));
        if (!waits(run)) return false;
        RunOptions old = run.options();
        RunOptions automatic =
                new RunOptions(old.priority(), true, old.initialNode(), old.timeoutMs(), old.depth(), old.body());
        sql.update(
                "UPDATE run SET options = ? WHERE workspace_id = ? AND id = ?", automatic.write(), workspaceId, runId);
        sql.update(
                "UPDATE task SET queue = ?, ready_time = ? WHERE workspace_id = ? AND ref = ?",
                Queues.normal(workspaceId),
                engine.now(),
                workspaceId,
                runId);
        return true;
    }

    private static boolean waits(RunRecord run) {
        return run.status() == RunStatus.QUEUED && !run.options().autoStart();
    }
}
