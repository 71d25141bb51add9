package dev.agentplatform.bench.simulation;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.engine.Secrets;
import dev.agentplatform.events.LiveLog;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Signals;
import dev.agentplatform.queue.Dispatcher;
import dev.agentplatform.queue.FenceJudge;
import dev.agentplatform.queue.Membership;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.store.CommitUnknown;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.GroupCommit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.LockSupport;

/**
 * A process of the simulation: an engine whose threads and timers are lists that the seed picks from. A crash
 * forgets everything in memory; the next life starts with the same instance id.
 */
final class SimulatedProcess {
    static final Membership.Timing TIMING = new Membership.Timing(Duration.ofSeconds(5), Duration.ofSeconds(30));

    /** The process is gone in the middle of a call. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("crash", null, false, false);
        }
    }

    /** What may happen to a commit. */
    enum Fault {
        NONE,
        CRASH_BEFORE,
        CRASH_AFTER,
        LOST_BEFORE,
        LOST_AFTER,
        /** The process sleeps past its lease, and another one takes over. */
        PAUSE
    }

    interface Faults {
        Fault next(SimulatedProcess process);

        /** What the others do while this process sleeps. */
        void meanwhile(SimulatedProcess sleeper);

        void committed(Unit unit);
    }

    private record Timer(long at, Runnable action) {}

    final String name;
    private final Database database;
    private final SimulatedTime time;
    private final UUID instance;
    private final Ids ids;
    private final Random random;
    private final Faults faults;
    private final RunKind kind;
    private final GroupCommit<Unit, Unit.Receipt> commits;

    private List<Runnable> tasks = new CopyOnWriteArrayList<>();
    private List<Timer> timers = new ArrayList<>();
    final List<Thread> programs = new ArrayList<>();
    private Membership membership;
    Engine engine;
    Dispatcher dispatcher;
    boolean down = true;
    boolean paused;

    SimulatedProcess(
            String name, Database database, SimulatedTime time, Ids ids, Random random, Faults faults, RunKind kind) {
        this.name = name;
        this.database = database;
        this.time = time;
        this.instance = new UUID(name.hashCode(), random.nextLong());
        this.ids = ids;
        this.random = random;
        this.faults = faults;
        this.kind = kind;
        this.commits = new GroupCommit<>(database, new FenceJudge(this::worker, time), "runs");
    }

    UUID worker() {
        return membership.worker();
    }

    void start() {
        List<Runnable> newTasks = new CopyOnWriteArrayList<>();
        List<Timer> newTimers = new ArrayList<>();
        tasks = newTasks;
        timers = newTimers;
        down = false;
        paused = false;
        membership = new Membership(database, new Membership.Identity(instance, "simulation"), TIMING, time, ids);
        Engine.Parts parts = new Engine.Parts(
                database,
                this::commit,
                membership,
                new LiveLog(),
                time,
                ids,
                task -> newTasks.add(placed(task)),
                (at, action) -> {
                    Timer timer = new Timer(at, action);
                    newTimers.add(timer);
                    return () -> newTimers.remove(timer);
                },
                Secrets.NONE);
        engine = new Engine(parts, new Engine.Limits(random.nextInt(4) == 0 ? 2 : 100), List.of(kind));
        dispatcher = new Dispatcher(
                database,
                membership,
                time,
                Signals.NONE,
                Map.of(Engine.TASK_KIND, engine::claimed),
                engine::freeSlots,
                new QueueLimits(database));
        engine.attach(dispatcher);
        dispatcher.limits().refresh();
        membership.join();
    }

    /** Everything in memory is gone; nothing of it may have an effect any more. */
    void crash() {
        down = true;
        tasks = new CopyOnWriteArrayList<>();
        timers = new ArrayList<>();
        for (Thread program : programs) program.interrupt();
        for (Thread program : programs) join(program);
        programs.clear();
    }

    private static void join(Thread program) {
        // A flag that the simulation itself had set must not cut this short.
        boolean interrupted = Thread.interrupted();
        try {
            program.join();
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    void close() {
        crash();
        commits.close();
    }

    private Unit.Receipt commit(Unit unit) {
        Thread.interrupted();
        if (down) throw crashed();
        Fault fault = faults.next(this);
        if (fault == Fault.PAUSE) faults.meanwhile(this);
        if (fault == Fault.CRASH_BEFORE) throw crashed();
        if (fault == Fault.LOST_BEFORE) throw lost();
        Unit.Receipt receipt = commits.commit(unit);
        faults.committed(unit);
        if (fault == Fault.CRASH_AFTER) throw crashed();
        if (fault == Fault.LOST_AFTER) throw lost();
        return receipt;
    }

    private Crash crashed() {
        down = true;
        // An interrupted owner does not try to hand its run back: a dead one could not.
        Thread.currentThread().interrupt();
        return new Crash();
    }

    private static CommitUnknown lost() {
        // Nobody shall wait in real time before it is sent again.
        Thread.currentThread().interrupt();
        return new CommitUnknown(new IllegalStateException("simulated"));
    }

    // A program blocks, so it gets a thread; everything else runs in turn on the simulation's own.
    private Runnable placed(Runnable task) {
        boolean program = task.getClass().getName().contains("ProgramRun")
                && StackWalker.getInstance()
                        .walk(frames ->
                                frames.anyMatch(frame -> frame.getClassName().endsWith("ProgramRun")
                                        && frame.getMethodName().equals("start")));
        if (!program) return task;
        return () -> programs.add(Thread.ofPlatform().daemon().name("program").start(task));
    }

    boolean idle() {
        return tasks.isEmpty();
    }

    /** Runs one waiting task, picked by the seed. False when none waits. */
    boolean step() {
        if (tasks.isEmpty()) return false;
        Runnable task = tasks.remove(random.nextInt(tasks.size()));
        try {
            task.run();
        } catch (Crash gone) {
            // Seen by the flag.
        }
        Thread.interrupted();
        settle();
        return true;
    }

    /** Waits until every program has ended or waits for its owner. */
    void settle() {
        Thread.interrupted();
        for (Thread program : programs) while (!atRest(program)) Thread.onSpinWait();
        programs.removeIf(program -> !program.isAlive());
    }

    // A thread that was told to go on looks parked until it gets a processor: what it waits for knows better.
    private static boolean atRest(Thread program) {
        if (program.getState() == Thread.State.TERMINATED) return true;
        return program.getState() == Thread.State.WAITING
                && !program.isInterrupted()
                && LockSupport.getBlocker(program) instanceof ForkJoinPool.ManagedBlocker reply
                && !reply.isReleasable();
    }

    void turn() {
        try {
            dispatcher.turn();
        } catch (Crash gone) {
            // Seen by the flag.
        }
    }

    void beat() {
        membership.beat();
    }

    /** Runs the timers that are due; {@code all} false: one of them at most. */
    void fire(boolean all) {
        for (Timer timer : List.copyOf(timers)) {
            if (timer.at() > time.millis() || !timers.remove(timer)) continue;
            timer.action().run();
            if (!all) return;
        }
    }

    /** When the next timer is due, {@link Long#MAX_VALUE} for never. */
    long nextTimer() {
        return timers.stream().mapToLong(Timer::at).min().orElse(Long.MAX_VALUE);
    }
}
