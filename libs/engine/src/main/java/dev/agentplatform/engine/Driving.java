package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.engine.graph.StepStatus;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.queue.Queues;
import dev.agentplatform.queue.TaskTable;
import dev.agentplatform.queue.TaskTable.Claimed;
import dev.agentplatform.queue.TaskTable.Holder;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Driving runs by hand: a caller claims a run, lets some steps start, and gives it back.
 *
 * <p>On a run that a worker of the platform drives, a caller follows instead; on one that another caller
 * holds, 409 {@code lease_held}.
 */
public final class Driving {
    public static final long FOLLOW_MAX_MS = 60_000;
    private static final long LOOK_EVERY_MS = 20;

    private final Engine engine;

    public Driving(Engine engine) {
        this.engine = engine;
    }

    /** Steps the caller lets start; {@link #UNLIMITED} until the run ends or is blocked. */
    public static final int UNLIMITED = -1;

    /** Starts at most {@code steps} steps of a run and returns when they have an outcome, or after 60 s. */
    public void drive(String workspaceId, UUID runId, String workerKey, int steps) throws InterruptedException {
        long deadline = engine.now() + FOLLOW_MAX_MS;
        while (engine.now() < deadline) {
            Optional<RunOwner> here = engine.owner(runId);
            if (here.isPresent()) {
                follow(here.get(), workerKey, deadline);
                if (here.get().run().options().autoStart()) return;
            }
            Optional<Claimed> claimed = claim(runId, workerKey, true);
            if (claimed.isPresent()) {
                check(claimed.get(), workspaceId);
                RunOwner owner = engine.take(claimed.get(), Optional.of(steps));
                await(owner.released(), deadline);
                return;
            }
            Optional<Holder> holder = holder(runId);
            if (holder.isEmpty()) return;
            if (holder.get().workerKey() != null && !holder.get().workerKey().equals(workerKey)) {
                throw held(holder.get().workerKey());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
        }
    }

    /** A step that was started by hand. */
    public record Driven(UUID runId, int no) {}

    /** Claims one run of a kind that waits for hand-driving and starts its next step; empty when there is none. */
    public Optional<Driven> driveNext(String workspaceId, String kind, String workerKey) throws InterruptedException {
        long deadline = engine.now() + FOLLOW_MAX_MS;
        UUID me = engine.worker();
        Optional<Claimed> claimed = engine.database()
                .transact(sql -> TaskTable.claimNext(sql, me, Queues.manual(workspaceId, kind), workerKey));
        if (claimed.isEmpty()) return Optional.empty();
        RunRecord run = engine.find(workspaceId, claimed.get().ref()).orElseThrow();
        int next = new RunViews(engine)
                .open(run).stream()
                        .filter(step -> step.status().equals("queued"))
                        .mapToInt(StepRecord::no)
                        .findFirst()
                        .orElse(1);
        RunOwner owner = engine.take(claimed.get(), Optional.of(1));
        await(owner.released(), deadline);
        return Optional.of(new Driven(claimed.get().ref(), next));
    }

    /** Starts one named step, whatever its place in the queue. */
    public void startStep(String workspaceId, UUID runId, int no, String workerKey) throws InterruptedException {
        intervene(workspaceId, runId, workerKey, reply -> new Input.StartStep(no, reply), true);
    }

    /**
     * What an executor outside says of a step.
     *
     * @throws Problem 409 {@code lease_held} when somebody else executes it, {@code illegal_status}
     */
    public void report(String workspaceId, UUID runId, int no, Report report) throws InterruptedException {
        Input.StepReport told = new Input.StepReport(
                report.status(),
                report.workerKey(),
                report.leaseMs(),
                report.outputJson(),
                report.outputText(),
                report.errorCode(),
                report.errorMessage());
        intervene(workspaceId, runId, report.workerKey(), reply -> new Input.Report(no, told, reply), false);
    }

    /** See {@link #report}. {@code leaseMs}: how long the worker may stay silent once it runs. */
    public record Report(
            StepStatus status,
            String workerKey,
            long leaseMs,
            JsonNode outputJson,
            String outputText,
            String errorCode,
            String errorMessage) {}

    /** Sets a run's status by hand. @throws Problem 409 {@code illegal_status}, changing nothing */
    public void setStatus(String workspaceId, UUID runId, RunStatus status, String workerKey)
            throws InterruptedException {
        intervene(workspaceId, runId, workerKey, reply -> new Input.SetStatus(status, reply), false);
    }

    /** Returns when everything that was sent to the run before has been taken in; starts no step. */
    public void settle(String workspaceId, UUID runId, String workerKey) throws InterruptedException {
        intervene(workspaceId, runId, workerKey, Input.Settle::new, false);
    }

    /** Goes on with a run that ended badly, from the nodes that failed. @throws Problem 409 */
    public void retry(String workspaceId, UUID runId) {
        long now = engine.now();
        TaskTable.Lane lane = engine.database().transact(sql -> {
            RunRecord run = RunTable.find(sql, workspaceId, runId).orElseThrow(() -> Problem.notFound("run", runId));
            if (!run.status().ended() || run.status() == RunStatus.COMPLETED) {
                throw Problem.conflict(
                        "not_retryable", "A run that is " + run.status().word() + " cannot be retried.");
            }
            String state = RunTable.finalState(sql, workspaceId, runId)
                    .orElseThrow(() -> Problem.conflict("not_retryable", "The run left nothing to go on from."));
            RunTable.reopen(sql, run);
            String queue = run.options().autoStart() ? engine.queue(run) : Queues.manual(workspaceId, run.kind());
            int priority = run.options().priority();
            TaskTable.revive(
                    sql,
                    new TaskTable.Revival(runId, Engine.TASK_KIND, workspaceId, queue, priority),
                    run.lastSeq(),
                    state,
                    now);
            return new TaskTable.Lane(queue, -priority, now);
        });
        engine.ready(lane.queue(), -lane.rank());
    }

    private void intervene(
            String workspaceId,
            UUID runId,
            String workerKey,
            Function<CompletableFuture<Void>, Input> input,
            boolean untilRest)
            throws InterruptedException {
        long deadline = engine.now() + FOLLOW_MAX_MS;
        while (engine.now() < deadline) {
            Optional<RunOwner> owner = engine.owner(runId);
            if (owner.isEmpty()) {
                Optional<Claimed> claimed = claim(runId, workerKey, untilRest);
                if (claimed.isPresent()) {
                    check(claimed.get(), workspaceId);
                    owner = Optional.of(engine.take(claimed.get(), Optional.of(0)));
                } else if (holder(runId).isEmpty()) {
                    return;
                }
            }
            if (owner.isPresent()) {
                CompletableFuture<Void> reply = new CompletableFuture<>();
                owner.get().deliver(input.apply(reply));
                CompletableFuture.anyOf(reply, owner.get().released())
                        .exceptionally(refused -> null)
                        .join();
                if (reply.isDone()) {
                    await(reply, deadline);
                    if (untilRest) await(owner.get().released(), deadline);
                    return;
                }
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
        }
        throw Problem.conflict("lease_held", "The run is busy elsewhere; try again.");
    }

    private void follow(RunOwner owner, String workerKey, long deadline) throws InterruptedException {
        boolean another = owner.workerKey() != null && !owner.workerKey().equals(workerKey);
        if (another) throw held(owner.workerKey());
        await(owner.released(), deadline);
    }

    private static Problem held(String workerKey) {
        return Problem.conflict("lease_held", "Worker " + workerKey + " holds the run.");
    }

    private Optional<Claimed> claim(UUID runId, String workerKey, boolean starts) {
        UUID me = engine.worker();
        return engine.database().transact(sql -> TaskTable.claimOne(sql, me, runId, workerKey, starts));
    }

    private Optional<Holder> holder(UUID runId) {
        return engine.database().read(sql -> TaskTable.holder(sql, runId));
    }

    private static void check(Claimed claimed, String workspaceId) {
        if (!claimed.workspaceId().equals(workspaceId)) throw new IllegalStateException("claimed across workspaces");
    }

    private void await(CompletableFuture<Void> future, long deadline) throws InterruptedException {
        try {
            future.get(Math.max(1, deadline - engine.now()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException stillRunning) {
            // The caller gets the run as it stands.
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof Problem problem) throw problem;
            throw new IllegalStateException(refused.getCause());
        }
    }
}
