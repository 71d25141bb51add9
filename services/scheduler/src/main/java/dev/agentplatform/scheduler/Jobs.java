package dev.agentplatform.scheduler;

import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.events.Interest;
import dev.agentplatform.events.Subscription;
import dev.agentplatform.events.Subscriptions;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.queue.ActorTable;
import dev.agentplatform.queue.ActorTable.Actor;
import dev.agentplatform.queue.TaskTable.Claimed;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Jobs: made, changed, paused, fired by hand. Each change is one transaction with the job's task. */
final class Jobs {
    static final int BACKFILL_MAX = 1_000;
    private static final int PURGE_MAX = 500;
    private static final int ATTEMPTS_OF_EVENTS = 10;

    private final Database database;
    private final EngineProcess process;
    private final Subscriptions subscriptions;
    private final Effects effects;
    private final Ticker ticker;
    private final Clock clock;
    private final Ids ids;

    Jobs(
            Database database,
            EngineProcess process,
            Subscriptions subscriptions,
            Effects effects,
            Ticker ticker,
            Clock clock,
            Ids ids) {
        this.database = database;
        this.process = process;
        this.subscriptions = subscriptions;
        this.effects = effects;
        this.ticker = ticker;
        this.clock = clock;
        this.ids = ids;
    }

    /** What a job is to be. */
    record Draft(String name, String type, Schedule schedule, JsonNode payload, String misfire, int maxAttempts) {}

    Job create(String workspaceId, UUID id, Draft draft) {
        check(draft);
        long now = clock.millis();
        Job job = new Job(
                id,
                workspaceId,
                draft.name(),
                draft.type(),
                Job.ACTIVE,
                draft.schedule(),
                draft.payload(),
                draft.misfire(),
                draft.maxAttempts(),
                null,
                first(draft.schedule(), now),
                0,
                now,
                now);
        return stored(database.transact(sql -> {
            Job listening = listen(sql, job);
            JobTable.insert(sql, listening);
            arm(sql, listening);
            return listening;
        }));
    }

    private void check(Draft draft) {
        effects.check(draft.type(), draft.payload());
        if (draft.schedule() instanceof Schedule.OnEvent(String type, String filter)) {
            Interest.check(List.of(type), filter, "on_event.event_type", "on_event.filter");
        }
    }

    private static long first(Schedule schedule, long now) {
        return switch (schedule) {
            case Schedule.At at -> at.time();
            case Schedule.Every every ->
                every.first() > now ? every.first() : every.after(now).orElse(0L);
            default -> schedule.after(now).orElse(0L);
        };
    }

    Job get(String workspaceId, UUID id) {
        return database.read(sql -> JobTable.find(sql, workspaceId, id)).orElseThrow(() -> missing(id));
    }

    Page<Job> list(String workspaceId, PageRequest page, String status, String type) {
        return database.read(sql -> JobTable.page(sql, workspaceId, page, status, type));
    }

    Page<Firing> firings(String workspaceId, UUID id, PageRequest page) {
        Job job = get(workspaceId, id);
        return database.read(sql -> FiringTable.page(sql, workspaceId, job.id(), page));
    }

    /** @param rescheduled whether the schedule is another one; a job that is over then lives again */
    Job change(Job old, Draft draft, boolean rescheduled) {
        check(draft);
        long now = clock.millis();
        return stored(database.transact(sql -> {
            ActorTable.remove(sql, old.workspaceId(), old.id());
            Job locked = lock(sql, old);
            FiringTable.free(sql, old.workspaceId(), old.id(), now);
            String status = rescheduled && !locked.status().equals(Job.PAUSED) ? Job.ACTIVE : locked.status();
            long next = rescheduled ? first(draft.schedule(), now) : locked.nextTime();
            Job changed = new Job(
                    old.id(),
                    old.workspaceId(),
                    draft.name(),
                    old.type(),
                    status,
                    draft.schedule(),
                    draft.payload(),
                    draft.misfire(),
                    draft.maxAttempts(),
                    locked.subscriptionId(),
                    next,
                    locked.lastTime(),
                    locked.createdTime(),
                    now);
            Job listening = listen(sql, silence(sql, changed));
            JobTable.update(sql, listening);
            arm(sql, listening);
            return listening;
        }));
    }

    Job pause(String workspaceId, UUID id) {
        Job job = get(workspaceId, id);
        return stored(database.transact(sql -> {
            ActorTable.remove(sql, workspaceId, id);
            Job locked = lock(sql, job);
            if (locked.status().equals(Job.PAUSED)) return locked;
            if (!locked.status().equals(Job.ACTIVE)) throw over(locked);
            FiringTable.free(sql, workspaceId, id, clock.millis());
            Job paused = silence(sql, locked).with(Job.PAUSED, null, 0, clock.millis());
            JobTable.update(sql, paused);
            return paused;
        }));
    }

    /** Times that passed meanwhile are not made up for; {@code backfill} can. */
    Job resume(String workspaceId, UUID id) {
        Job job = get(workspaceId, id);
        return stored(database.transact(sql -> {
            Job locked = lock(sql, job);
            if (locked.status().equals(Job.ACTIVE)) return locked;
            if (!locked.status().equals(Job.PAUSED)) throw over(locked);
            long now = clock.millis();
            Job active = locked.with(Job.ACTIVE, null, first(locked.schedule(), now), now);
            Job listening = listen(sql, active);
            JobTable.update(sql, listening);
            arm(sql, listening);
            return listening;
        }));
    }

    void delete(String workspaceId, UUID id) {
        Job job = get(workspaceId, id);
        database.transact(sql -> {
            ActorTable.remove(sql, workspaceId, id);
            silence(sql, lock(sql, job));
            JobTable.delete(sql, workspaceId, id);
            return null;
        });
        subscriptions.refresh();
        int purged;
        do {
            purged =
                    database.transact(sql -> FiringTable.purge(sql, workspaceId, id, Long.MAX_VALUE >>> 16, PURGE_MAX));
        } while (purged == PURGE_MAX);
    }

    Firing runNow(String workspaceId, UUID id, UUID firingId) {
        Job job = get(workspaceId, id);
        if (job.status().equals(Job.PAUSED)) throw paused();
        Firing firing = Firing.due(job, "manual", clock.millis()).identified(firingId, Json.nothing());
        call(job, List.of(firing));
        return firing;
    }

    /** Fires for the times of a schedule that were missed; returns how many are new. */
    int backfill(String workspaceId, UUID id, long from, long to) {
        Job job = get(workspaceId, id);
        if (job.status().equals(Job.PAUSED)) throw paused();
        if (job.schedule().once() || job.schedule() instanceof Schedule.OnEvent) {
            throw Problem.conflict("not_recurring", "Only a job with cron or interval_seconds has times to fill in.");
        }
        List<Firing> firings = new ArrayList<>();
        long now = clock.millis();
        for (Optional<Long> due = job.schedule().after(from - 1);
                due.isPresent() && due.get() <= Math.min(to, now);
                due = job.schedule().after(due.get())) {
            if (firings.size() == BACKFILL_MAX) {
                throw Problem.invalid("to", "spans more than " + BACKFILL_MAX + " times of the schedule");
            }
            firings.add(Firing.due(job, "backfill", due.get()));
        }
        return call(job, firings);
    }

    private int call(Job job, List<Firing> firings) {
        if (firings.isEmpty()) return 0;
        long now = clock.millis();
        long due = job.status().equals(Job.ACTIVE) ? job.nextTime() : 0;
        int called = database.transact(sql -> {
            ActorTable.call(sql, job.actor(), JobState.of(job, due).write(), now);
            int fresh = 0;
            for (Firing firing : firings) if (FiringTable.insert(sql, firing)) fresh++;
            return fresh;
        });
        process.dispatcher().ready(job.actor().queue(), Job.PRIORITY);
        return called;
    }

    /** A due job that a caller does instead of the platform. */
    record Lent(Job job, Firing firing) {}

    List<Lent> claimDue(String workspaceId, String worker, int limit, long leaseMs) {
        Actor like = new Actor(null, Job.TASK_KIND, workspaceId, Job.PRIORITY);
        UUID me = process.membership().worker();
        long now = clock.millis();
        List<Claimed> claimed = database.transact(sql -> {
            ActorTable.stage(sql, workspaceId, Job.TASK_KIND, now);
            return ActorTable.claim(sql, me, like, limit);
        });
        List<Lent> lent = new ArrayList<>();
        for (Claimed task : claimed) {
            Optional<Firing> firing = ticker.lend(task, worker, leaseMs);
            Optional<Job> job = database.read(sql -> JobTable.find(sql, workspaceId, task.ref()));
            if (firing.isPresent() && job.isPresent()) lent.add(new Lent(job.get(), firing.get()));
        }
        return lent;
    }

    /** What a caller says of a job that it has claimed, or of a job of one time that it has done. */
    Job report(String workspaceId, UUID id, boolean completed, String worker, String error) {
        Job job = get(workspaceId, id);
        long now = clock.millis();
        Long[] rests = new Long[1];
        Job reported = database.transact(sql -> {
            Optional<JobState> state = ActorTable.lockIdle(sql, workspaceId, id).map(JobState::read);
            Job locked = lock(sql, job);
            Optional<Firing> held = state.isEmpty() || state.get().held() == null
                    ? Optional.empty()
                    : FiringTable.find(sql, workspaceId, state.get().held());
            if (held.isEmpty()) return byHand(sql, locked, completed, now);
            if (worker != null && !worker.equals(held.get().workerKey())) {
                throw Problem.conflict(
                        "lease_held", "The job is claimed by " + held.get().workerKey() + ".");
            }
            int attempts = held.get().attempts() + 1;
            boolean retried = !completed && attempts < locked.maxAttempts();
            Firing done = completed
                    ? held.get().done(now, null, Json.nothing())
                    : held.get().failed(now, error, retried ? now + Ticker.retryDelay(attempts) : 0);
            JobState free = state.get().held(null, 0);
            Settlement settlement = Settlement.of(free, done, false, free.wakes(), now);
            ActorTable.reset(
                    sql,
                    locked.actor(),
                    settlement.readyTime(),
                    settlement.state().write(),
                    now);
            for (RowWrite row : settlement.rows(List.of())) sql.write(row);
            rests[0] = settlement.readyTime();
            return JobTable.find(sql, workspaceId, id).orElseThrow(() -> missing(id));
        });
        if (rests[0] != null) process.dispatcher().resting(rests[0]);
        return reported;
    }

    private Job byHand(Sql sql, Job job, boolean completed, long now) throws SQLException {
        String status = completed ? Job.COMPLETED : Job.FAILED;
        if (job.status().equals(status)) return job;
        if (!job.schedule().once()) {
            throw Problem.conflict("not_claimed", "Nobody has claimed a firing of this job.");
        }
        if (job.status().equals(Job.COMPLETED)) throw over(job);
        ActorTable.remove(sql, job.workspaceId(), job.id());
        FiringTable.withdraw(sql, job.workspaceId(), job.id(), now);
        Job done = job.with(status, null, 0, now);
        JobTable.update(sql, done);
        return done;
    }

    // ---- the job's task and its ear

    /** Sets the task of an active job to the job's next time; a job on events has one only while it fires. */
    private void arm(Sql sql, Job job) throws SQLException {
        if (!job.status().equals(Job.ACTIVE)) return;
        long now = clock.millis();
        boolean waits = FiringTable.pending(sql, job.workspaceId(), job.id()).isPresent();
        if (job.nextTime() == 0 && !waits) return;
        long ready = waits ? now : Math.max(job.nextTime(), now);
        ActorTable.reset(
                sql, job.actor(), ready, JobState.of(job, job.nextTime()).write(), now);
    }

    private Job listen(Sql sql, Job job) throws SQLException {
        if (!(job.schedule() instanceof Schedule.OnEvent(String type, String filter))
                || !job.status().equals(Job.ACTIVE)) {
            return job;
        }
        long now = clock.millis();
        Subscription subscription = new Subscription(
                ids.next(),
                job.workspaceId(),
                job.name(),
                Subscription.JOB,
                Subscription.Status.ACTIVE,
                List.of(type),
                filter,
                Json.object().put(JobSender.JOB_ID, job.id().toString()),
                null,
                ATTEMPTS_OF_EVENTS,
                Ticker.RETRY_DELAY_MS,
                now,
                now);
        Subscriptions.create(sql, subscription);
        return job.with(job.status(), subscription.id(), job.nextTime(), now);
    }

    private Job silence(Sql sql, Job job) throws SQLException {
        if (job.subscriptionId() == null) return job;
        Subscriptions.delete(sql, job.workspaceId(), job.subscriptionId());
        return job.with(job.status(), null, job.nextTime(), job.updatedTime());
    }

    private Job stored(Job job) {
        if (job.schedule() instanceof Schedule.OnEvent) subscriptions.refresh();
        if (job.status().equals(Job.ACTIVE) && job.nextTime() > 0) {
            process.dispatcher().resting(Math.max(job.nextTime(), clock.millis()));
        }
        return job;
    }

    private static Job lock(Sql sql, Job job) throws SQLException {
        return JobTable.lock(sql, job.workspaceId(), job.id()).orElseThrow(() -> missing(job.id()));
    }

    private static Problem missing(UUID id) {
        return Problem.notFound("job", id);
    }

    private static Problem over(Job job) {
        return Problem.conflict("job_" + job.status(), "The job is " + job.status() + " already.");
    }

    private static Problem paused() {
        return Problem.conflict("job_paused", "The job is paused; resume it first.");
    }
}
