package dev.agentplatform.engine;

import dev.agentplatform.events.LiveLog;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Signals;
import dev.agentplatform.queue.Alarms;
import dev.agentplatform.queue.Dispatcher;
import dev.agentplatform.queue.FenceJudge;
import dev.agentplatform.queue.Membership;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.store.GroupCommit;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An engine with everything that runs beside it: membership, dispatcher, group commit, timers, hints. */
public final class EngineProcess implements LifeCycle {
    private static final Logger LOG = LoggerFactory.getLogger(EngineProcess.class);
    private static final long DRAIN_MAX_MS = 10_000;

    private final Settings settings;
    private final ExecutorService threads;
    private final ClockTimers timers;
    private final GroupCommit<Unit, Unit.Receipt> commits;
    private final Membership membership;
    private final Dispatcher dispatcher;
    private final Alarms alarms;
    private final Engine engine;
    private final LiveLog live = new LiveLog();
    private final HintSweep sweep;
    private final TransientSweep trimming;
    private volatile boolean started;

    /** @param worker false: this process takes no due runs; it still accepts new ones for others */
    public record Settings(
            Database database,
            Membership.Identity identity,
            Membership.Timing timing,
            Clock clock,
            Ids ids,
            Signals signals,
            Secrets secrets,
            Engine.Limits limits,
            boolean worker) {}

    public EngineProcess(Settings settings, List<RunKind> kinds) {
        this(settings, kinds, new QueueLimits(settings.database()));
    }

    /** @param limitsOfQueues those of definitions; shared with the room that sets them */
    public EngineProcess(Settings settings, List<RunKind> kinds, QueueLimits limitsOfQueues) {
        this.settings = settings;
        Database database = settings.database();
        threads = Executors.newVirtualThreadPerTaskExecutor();
        timers = new ClockTimers(settings.clock());
        membership = new Membership(database, settings.identity(), settings.timing(), settings.clock(), settings.ids());
        commits = new GroupCommit<>(database, new FenceJudge(membership::worker, settings.clock()), "runs");
        Engine.Parts parts = new Engine.Parts(
                database,
                commits::commit,
                membership,
                live,
                settings.clock(),
                settings.ids(),
                threads,
                timers,
                settings.secrets());
        Engine.Limits limits = settings.worker() ? settings.limits() : new Engine.Limits(0);
        engine = new Engine(parts, limits, kinds);
        dispatcher = new Dispatcher(
                database,
                membership,
                settings.clock(),
                settings.signals(),
                Map.of(Engine.TASK_KIND, engine::claimed),
                engine::freeSlots,
                limitsOfQueues);
        engine.attach(dispatcher);
        alarms = new Alarms(database, membership, dispatcher, settings.clock(), threads);
        sweep = new HintSweep(engine, database, live);
        trimming = new TransientSweep(database, settings.clock());
    }

    public Engine engine() {
        return engine;
    }

    /** Calls at a time, for rooms whose things have due times; {@code answer} before {@link #start}. */
    public Alarms alarms() {
        return alarms;
    }

    public LiveLog live() {
        return live;
    }

    public GroupCommit<Unit, Unit.Receipt> commits() {
        return commits;
    }

    public Dispatcher dispatcher() {
        return dispatcher;
    }

    public Membership membership() {
        return membership;
    }

    @Override
    public void start() {
        membership.start();
        if (settings.worker()) dispatcher.start();
        // Another process may commit to what this one follows or owns; with SQLite there is none.
        if (settings.database().dialect() == Dialect.POSTGRESQL) sweep.start();
        started = true;
        timers.at(settings.clock().millis() + TransientSweep.EVERY_MS, this::trim);
    }

    private void trim() {
        threads.execute(() -> {
            try {
                trimming.sweep();
            } catch (RuntimeException failure) {
                LOG.warn("removing transient events failed, trying again: {}", failure.toString());
            }
            if (started) timers.at(settings.clock().millis() + TransientSweep.EVERY_MS, this::trim);
        });
    }

    /** Takes no more runs, lets the owned ones come to a rest, hands back what does not. */
    @Override
    public void stop() {
        if (!started) return;
        started = false;
        dispatcher.stop();
        engine.drain(DRAIN_MAX_MS);
        sweep.stop();
        membership.stop();
        commits.close();
        timers.stop();
        threads.shutdownNow();
    }
}
