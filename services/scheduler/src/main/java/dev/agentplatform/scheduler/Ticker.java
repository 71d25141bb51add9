package dev.agentplatform.scheduler;

import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.events.Event;
import dev.agentplatform.events.Interest;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.language.EvaluationError;
import dev.agentplatform.language.LanguageError;
import dev.agentplatform.queue.ActorTable;
import dev.agentplatform.queue.ActorTable.Held;
import dev.agentplatform.queue.Dispatcher;
import dev.agentplatform.queue.Queues;
import dev.agentplatform.queue.Refused;
import dev.agentplatform.queue.TaskTable;
import dev.agentplatform.queue.TaskTable.Claimed;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.queue.Unit.Change;
import dev.agentplatform.scheduler.Effects.Effect;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.RowWrite;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fires due jobs. A job's task has one owner; he does one firing, and the unit that records it gives the task back
 * until the next. So a firing is recorded once, and a run is made in the transaction of its firing.
 */
final class Ticker implements LifeCycle {
    private static final int FIRINGS_MAX = 512;
    /** So late that the time counts as missed. */
    static final long MISFIRE_MS = 60_000;

    static final long RETRY_DELAY_MS = 1_000;
    static final long RETRY_DELAY_MAX_MS = 3_600_000;
    private static final long KEEP_MS = 30L * 24 * 3_600_000;
    private static final int PURGE_MAX = 500;
    private static final int PURGE_EVERY = 64;
    private static final long STOP_MAX_MS = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);

    private final Database database;
    private final EngineProcess process;
    private final Effects effects;
    private final Clock clock;
    private final AtomicInteger firing = new AtomicInteger();
    private volatile boolean running;

    Ticker(Database database, EngineProcess process, Effects effects, Clock clock) {
        this.database = database;
        this.process = process;
        this.effects = effects;
        this.clock = clock;
        process.dispatcher()
                .add(new Dispatcher.Service(
                        Job.TASK_KIND, Job.PRIORITY, () -> running ? FIRINGS_MAX - firing.get() : 0, this::claimed));
    }

    @Override
    public void start() {
        running = true;
    }

    /** Lets the firings that are under way come to their end. */
    @Override
    public void stop() {
        running = false;
        long deadline = System.nanoTime() + STOP_MAX_MS * 1_000_000;
        while (firing.get() > 0 && System.nanoTime() < deadline) LockSupport.parkNanos(2_000_000);
    }

    private void claimed(Claimed task) {
        firing.incrementAndGet();
        Thread.ofVirtual().name("firing").start(() -> {
            try {
                fire(task);
            } catch (Refused lost) {
                LOG.debug("job {} was changed or taken over while it was firing", task.ref());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException failure) {
                LOG.warn("job {} could not be fired, trying again: {}", task.ref(), failure.toString());
                giveUp(task);
            } finally {
                // Who waits for a free place is not told otherwise.
                if (firing.decrementAndGet() == FIRINGS_MAX / 2) {
                    process.dispatcher().ready(Queues.normal(task.workspaceId()), Job.PRIORITY);
                }
            }
        });
    }

    private void giveUp(Claimed task) {
        UUID me = process.membership().worker();
        try {
            database.transact(sql -> TaskTable.giveUp(sql, me, task.ref(), task.epoch(), clock.millis()));
        } catch (RuntimeException failure) {
            LOG.warn("job {} could not be handed back: {}", task.ref(), failure.toString());
        }
    }

    /** What is to be fired now. */
    record Work(JobState state, Optional<Firing> firing, boolean fresh) {}

    Work work(Claimed task) {
        JobState state = JobState.read(task.state());
        long now = clock.millis();
        if (state.held() != null && now < state.heldUntil()) return new Work(state, Optional.empty(), false);
        Job job = state.job();
        if (state.held() != null) {
            // Who had claimed it has said nothing.
            Optional<Firing> lost = database.read(sql -> FiringTable.find(sql, job.workspaceId(), state.held()));
            JobState free = state.held(null, 0);
            if (lost.isPresent() && lost.get().status().equals("claimed")) return new Work(free, lost, false);
            return new Work(free, Optional.empty(), false);
        }
        boolean mayWait = state.pending() || state.wakes() != task.wakes();
        if (mayWait) {
            Optional<Firing> first = database.read(sql -> FiringTable.pending(sql, job.workspaceId(), job.id()));
            if (first.isPresent() && first.get().retryTime() <= now) return new Work(state, first, false);
            boolean later = first.isPresent();
            JobState looked = state.next(state.due(), later, task.wakes());
            if (due(looked, now)) return new Work(looked, Optional.of(Firing.due(job, "schedule", state.due())), true);
            return new Work(looked, first, false);
        }
        if (due(state, now)) return new Work(state, Optional.of(Firing.due(job, "schedule", state.due())), true);
        return new Work(state, Optional.empty(), false);
    }

    private static boolean due(JobState state, long now) {
        return state.due() > 0 && state.due() <= now;
    }

    private void fire(Claimed task) throws InterruptedException {
        Work work = work(task);
        JobState state = work.state();
        long now = clock.millis();
        if (work.firing().isEmpty() || !work.fresh() && work.firing().get().retryTime() > now) {
            rest(task, state, work.firing());
            return;
        }
        Firing first = work.firing().get();
        boolean missed = work.fresh() && now - first.dueTime() > MISFIRE_MS;
        if (missed && state.job().skipsMisfires()) {
            commit(task, Settlement.of(state, first.skipped(now), true, task.wakes(), now), List.of());
            return;
        }
        Effect effect = payload(state.job(), first) instanceof ObjectNode payload
                ? effects.of(state.job(), first, payload)
                : new Effect.Failed("The payload cannot be made from the event.", false);
        settle(task, work, first, effect);
        if (Math.floorMod(first.dueTime() / 1_000, PURGE_EVERY) == 0) purge(state.job(), now);
    }

    /** Gives what is due to a caller instead of firing it; empty when nothing is. */
    Optional<Firing> lend(Claimed task, String worker, long leaseMs) {
        Work work = work(task);
        long now = clock.millis();
        if (work.firing().isEmpty() || !work.fresh() && work.firing().get().retryTime() > now) {
            rest(task, work.state(), work.firing());
            return Optional.empty();
        }
        long until = now + leaseMs;
        Firing lent = work.firing().get().claimed(worker, until);
        JobState state = work.state().held(lent.id(), until);
        RowWrite row = work.fresh() ? FiringTable.insert(lent) : FiringTable.update(lent);
        write(task, state, until, false, List.of(row));
        return Optional.of(lent);
    }

    private void settle(Claimed task, Work work, Firing first, Effect effect) {
        JobState state = work.state();
        long now = clock.millis();
        switch (effect) {
            case Effect.Done(List<RowWrite> rows, UUID run, JsonNode result) ->
                commit(task, Settlement.of(state, first.done(now, run, result), work.fresh(), task.wakes(), now), rows);
            case Effect.Birth birth -> birth(task, work, first, birth);
            case Effect.Failed(String error, boolean again) -> {
                int attempts = first.attempts() + 1;
                boolean retried = again && attempts < state.job().maxAttempts();
                Firing failed = first.failed(now, error, retried ? now + retryDelay(attempts) : 0);
                commit(task, Settlement.of(state, failed, work.fresh(), task.wakes(), now), List.of());
            }
        }
    }

    static long retryDelay(int attempts) {
        return Math.min(RETRY_DELAY_MAX_MS, RETRY_DELAY_MS << Math.min(attempts - 1, 20));
    }

    /** The run, its firing and the next rest of the task are one transaction. */
    private void birth(Claimed task, Work work, Firing first, Effect.Birth birth) {
        Job job = work.state().job();
        long now = clock.millis();
        Held held = new Held(task.ref(), process.membership().worker(), task.epoch(), task.wakes());
        ObjectNode result = Json.object().put("started", true);
        Settlement settlement =
                Settlement.of(work.state(), first.done(now, birth.runId(), result), work.fresh(), task.wakes(), now);
        try {
            birth.target().start(job.workspaceId(), birth.body(), birth.runId(), sql -> {
                String state = settlement.state().write();
                if (settlement.over()) ActorTable.end(sql, job.actor(), held, state, now);
                else ActorTable.release(sql, job.actor(), held, settlement.readyTime(), state, now);
                for (RowWrite row : settlement.rows(List.of())) sql.write(row);
            });
            rested(job, settlement.readyTime());
        } catch (Problem problem) {
            settle(task, work, first, Effects.failed(problem));
        }
    }

    private void rest(Claimed task, JobState state, Optional<Firing> later) {
        Long ready = state.due() == 0 ? null : (Long) state.due();
        if (state.held() != null) ready = state.heldUntil();
        if (later.isPresent()) {
            ready = ready == null
                    ? later.get().retryTime()
                    : Math.min(ready, later.get().retryTime());
        }
        boolean over = ready == null && state.job().schedule().once();
        write(task, state, ready, over, List.of());
    }

    private void commit(Claimed task, Settlement settlement, List<RowWrite> effectRows) {
        write(task, settlement.state(), settlement.readyTime(), settlement.over(), settlement.rows(effectRows));
    }

    private void write(Claimed task, JobState state, Long ready, boolean over, List<RowWrite> rows) {
        long wakes = task.wakes();
        Job job = state.job();
        Long time = ready;
        while (true) {
            Change change = over && wakes == task.wakes()
                    ? new Change.End(wakes)
                    : new Change.Release(
                            task.seq() + 1, state.write(), false, job.actor().queue(), time, wakes);
            try {
                Unit.Fence fence = new Unit.Fence(task.ref(), task.epoch(), task.seq());
                process.commits().commit(new Unit(fence, change, List.of(), List.of(), rows));
                rested(job, time);
                return;
            } catch (Refused refused) {
                if (refused.reason() != Refused.Reason.MAIL) throw refused;
                // Somebody called meanwhile: come back at once, and look.
                wakes = refused.wakes();
                time = clock.millis();
            }
        }
    }

    private void rested(Job job, Long ready) {
        if (ready != null) process.dispatcher().resting(ready);
    }

    /** The payload as it stands; of a firing by an event its templates see the event. JSON null when they fail. */
    private static JsonNode payload(Job job, Firing firing) {
        if (Json.isNothing(firing.event())) return job.payload();
        Event event = JobSender.event(firing.event());
        try {
            ObjectNode body = ((ObjectNode)
                            CompiledTree.parse(job.payload()).resolve(name -> Interest.root(event, name)))
                    .deepCopy();
            if (!job.type().equals(Effects.HTTP) && !job.type().equals(Effects.EVENT)) {
                if (!body.has("input_json") && !body.has("input")) {
                    body.set("input_json", Json.object().set("event", event.json()));
                }
                body.set("metadata_json", firing.event().path("trigger_metadata"));
            }
            return body;
        } catch (LanguageError | EvaluationError unfit) {
            return Json.nothing();
        }
    }

    private void purge(Job job, long now) {
        database.transact(sql -> FiringTable.purge(sql, job.workspaceId(), job.id(), now - KEEP_MS, PURGE_MAX));
    }
}
