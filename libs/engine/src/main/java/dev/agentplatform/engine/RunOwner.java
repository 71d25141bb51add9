package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.events.RunLog;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.queue.Queues;
import dev.agentplatform.queue.Refused;
import dev.agentplatform.queue.TaskTable;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.queue.Unit.Change;
import dev.agentplatform.queue.Unit.Receipt;
import dev.agentplatform.store.CommitUnknown;
import dev.agentplatform.store.RowWrite;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one live run in this process: takes all that waits, lets the driver decide, commits one unit, and
 * only then does what was decided. One turn at a time; between turns it holds no thread.
 */
final class RunOwner {
    private static final Logger LOG = LoggerFactory.getLogger(RunOwner.class);
    private static final int BIRTH_TRIES_MAX = 40;

    private final Engine engine;
    private final RunRecord run;
    private final Driver driver;
    /** Where the run waits for its turn. */
    private final String queue;

    private final String workerKey;

    private final ConcurrentLinkedQueue<Input> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    /** Completes when this process gives the run up: it ended, rests or was lost. */
    private final CompletableFuture<Void> released = new CompletableFuture<>();

    private boolean newborn;
    /** What the submitter writes with the first unit; null for nothing. */
    private Engine.Alongside alongside;

    private volatile boolean gone;
    private final long epoch;
    private long seq;
    private long wakesSeen;
    private long wakesKnown;
    private int budget;
    private boolean backlog;
    private RunStatus status;
    private long startedTime;
    private volatile RunRecord endedRecord;
    private volatile Runnable timer = () -> {};

    /** A run that this process is about to create. */
    static RunOwner newborn(Engine engine, RunRecord run, Driver driver, String queue, int budget) {
        RunOwner owner = new RunOwner(engine, run, driver, queue, null, 1, 0, budget);
        owner.newborn = true;
        return owner;
    }

    static RunOwner claimed(Engine engine, RunRecord run, Driver driver, TaskTable.Claimed task, int budget) {
        RunOwner owner = new RunOwner(
                engine, run, driver, engine.queue(run), task.workerKey(), task.epoch(), task.seq(), budget);
        owner.wakesKnown = task.wakes();
        // A claim may hide mail that came before it: the first turn reads in any case.
        owner.wakesSeen = -1;
        return owner;
    }

    private RunOwner(
            Engine engine,
            RunRecord run,
            Driver driver,
            String queue,
            String workerKey,
            long epoch,
            long seq,
            int budget) {
        this.engine = engine;
        this.run = run;
        this.driver = driver;
        this.queue = queue;
        this.workerKey = workerKey;
        this.epoch = epoch;
        this.seq = seq;
        this.budget = budget;
        this.status = run.status();
        this.startedTime = run.startedTime();
    }

    RunRecord run() {
        return run;
    }

    /** The caller for whom this process holds the run; null: the platform itself. */
    String workerKey() {
        return workerKey;
    }

    long epoch() {
        return epoch;
    }

    CompletableFuture<Void> released() {
        return released;
    }

    /** The run as its last unit left it, when it ended here; null before. */
    RunRecord endedRecord() {
        return endedRecord;
    }

    RunStatus status() {
        return status;
    }

    boolean gone() {
        return gone;
    }

    void deliver(Input input) {
        inbox.add(input);
        schedule();
    }

    private void schedule() {
        if (!gone && scheduled.compareAndSet(false, true)) engine.execute(this::drain);
    }

    /** The first turn of a new run, on the caller's thread: returns when the run is durable. */
    void begin(Engine.Alongside with) {
        alongside = with;
        scheduled.set(true);
        try {
            turn(List.of(new Input.Begin()));
        } finally {
            scheduled.set(false);
        }
        if (backlog || !inbox.isEmpty()) schedule();
    }

    private void drain() {
        try {
            while (!gone) {
                List<Input> inputs = take();
                if (inputs.isEmpty() && !backlog) break;
                turn(inputs);
            }
        } catch (RuntimeException | Error failure) {
            LOG.error("run {} cannot go on in this process", run.id(), failure);
            lose();
            engine.giveUp(run.id(), epoch);
        } finally {
            scheduled.set(false);
        }
        if (!inbox.isEmpty()) schedule();
    }

    private List<Input> take() {
        List<Input> inputs = new ArrayList<>();
        for (Input input = inbox.poll(); input != null; input = inbox.poll()) {
            switch (input) {
                case Input.MailArrived(long wakes) -> wakesKnown = Math.max(wakesKnown, wakes);
                case Input.Budget(int steps) -> budget = steps;
                default -> {}
            }
            inputs.add(input);
        }
        return inputs;
    }

    private void turn(List<Input> inputs) {
        backlog = false;
        while (!gone) {
            long wakesRead = wakesKnown;
            List<Input> all = new ArrayList<>();
            if (!newborn && wakesRead != wakesSeen) all.addAll(engine.mail(run));
            all.addAll(inputs);
            all.sort(Comparator.comparing(RunOwner::rank));
            Turn turn = new Turn(run, engine.now(), seq, budget);
            driver.turn(turn, all);
            Plan plan = plan(turn, wakesRead);
            if (plan.nothing()) {
                // Still adopt: timers and budgets may have changed without a record.
                settled(turn, plan, wakesRead);
                return;
            }
            try {
                Receipt receipt = commit(plan, turn);
                settled(turn, plan, wakesRead);
                wakesKnown = Math.max(wakesKnown, receipt.wakes());
                if (wakesKnown > wakesSeen) backlog = true;
                engine.woke(receipt.woken());
                return;
            } catch (Refused refused) {
                if (!tryAgain(refused, turn, plan, wakesRead)) return;
            }
        }
    }

    // Mail for a run that lives again is for its new life. A cancel that was accepted before the end decides the
    // end, whatever else arrived with it.
    private static int rank(Input input) {
        return switch (input) {
            case Input.Retry retry -> 0;
            case Input.Mail(RunTable.Message message) when message.kind() == RunTable.MessageKind.CANCEL -> 1;
            default -> 2;
        };
    }

    private boolean tryAgain(Refused refused, Turn turn, Plan plan, long wakesRead) {
        switch (refused.reason()) {
            case MAIL -> {
                wakesKnown = Math.max(wakesKnown, refused.wakes());
                return true;
            }
            case FENCED, ENDED -> {
                if (newborn) throw Problem.unavailable("This process has just lost its lease; try again.", 1);
                if (engine.alreadyCommitted(run, false, epoch, turn.seq(), plan.keeps()))
                    settled(turn, plan, wakesRead);
                else lose();
                return false;
            }
        }
        return false;
    }

    private Receipt commit(Plan plan, Turn turn) {
        boolean unknown = false;
        for (int tries = 1; ; tries++) {
            try {
                // No fence would refuse a birth that was written: its row tells.
                boolean born =
                        unknown && newborn && engine.alreadyCommitted(run, true, epoch, turn.seq(), plan.keeps());
                return born ? new Receipt(0, List.of()) : write(plan.unit());
            } catch (CommitUnknown lost) {
                // Sent again: if it was written, the fence refuses it and the row tells.
                unknown = true;
                if (newborn && tries == BIRTH_TRIES_MAX) throw lost;
            } catch (Problem full) {
                // A queue or disk that is full, a database that is away: the owner keeps its state and tries again.
                boolean lastTry = newborn && (!unknown || tries == BIRTH_TRIES_MAX);
                if (full.status() != 503 || lastTry || Thread.currentThread().isInterrupted()) throw full;
            }
            engine.pause(Math.min(1_000, 10L << Math.min(tries, 6)));
        }
    }

    private Receipt write(Unit unit) {
        return newborn && alongside != null ? engine.commit(unit, alongside) : engine.commit(unit);
    }

    /**
     * @param ended the run ends with this unit
     * @param keeps this process stays the owner
     * @param progress it records more than that something began
     * @param restDue when it rests: UTC milliseconds at which it becomes ready, null for when it is woken
     */
    private record Plan(
            Unit unit, boolean ended, boolean keeps, boolean progress, boolean readyElsewhere, Long restDue, long due) {
        boolean nothing() {
            return unit == null;
        }
    }

    private Plan plan(Turn turn, long wakesRead) {
        List<RowWrite> rows = turn.rows;
        Turn.Ended ended = turn.ended();
        RunStatus next = ended != null ? ended.status() : driver.status();
        long started = startedTime == 0 && next != RunStatus.QUEUED ? turn.now : startedTime;
        if (ended != null) tellEnd(turn, ended);
        else if (next == RunStatus.WAITING && status != RunStatus.WAITING) turn.tell("run.waiting", event -> {});
        Driver.Rest rest = driver.rest();
        boolean more = rest.backlog() || (rest.startable() && turn.budget != 0);
        boolean keeps = ended == null && (rest.busy() || more);
        boolean progress = !rows.isEmpty() || !turn.births.isEmpty();
        if (keeps && !newborn && rows.isEmpty() && turn.events.isEmpty()) {
            return new Plan(null, false, true, false, false, null, rest.due());
        }
        if (!turn.events.isEmpty()) {
            rows.addAll(RunLog.append(run.id(), run.workspaceId(), turn.now, turn.events));
            engine.tell(run, turn);
        }
        writeRun(turn, next, started, ended);
        Resting resting = resting(rest);
        Unit unit = newborn
                ? new Unit(null, null, births(turn, ended, keeps, resting), turn.wakes, rows)
                : new Unit(
                        new Unit.Fence(run.id(), epoch, seq),
                        change(turn, ended, keeps, progress, resting, wakesRead),
                        turn.births,
                        turn.wakes,
                        rows);
        return new Plan(unit, ended != null, keeps, progress, resting.ready(), resting.time(), rest.due());
    }

    private void tellEnd(Turn turn, Turn.Ended ended) {
        turn.tell(
                "run." + ended.status().word(),
                event -> event.put("error_code", ended.code())
                        .json("error", ended.error())
                        .json("output_json", ended.outputJson())
                        .text("output_text", ended.outputText()));
        RunRecord.Parent parent = run.parent();
        if (parent == null) return;
        String body = Mailbag.childEnded(parent.index(), ended.status().word());
        RunTable.Message message =
                new RunTable.Message(engine.newId(), RunTable.MessageKind.CHILD, parent.no(), turn.now, body);
        turn.send(parent.runId(), message, Queues.normal(run.workspaceId()));
    }

    private void writeRun(Turn turn, RunStatus next, long started, Turn.Ended ended) {
        if (newborn) {
            turn.rows.add(RunTable.create(engine.created(run, next, started, turn, ended)));
            if (ended != null && ended.finalState() != null)
                turn.rows.add(RunTable.end(run, end(turn, started, ended)));
        } else if (ended != null) {
            turn.rows.add(RunTable.end(run, end(turn, started, ended)));
        } else if (next != status) {
            turn.rows.add(RunTable.move(run, next, started));
        }
    }

    private static RunTable.End end(Turn turn, long started, Turn.Ended ended) {
        return new RunTable.End(
                ended.status(),
                ended.code(),
                turn.seq(),
                started,
                turn.now,
                ended.error(),
                ended.stored(),
                ended.finalState());
    }

    private record Resting(boolean ready, String queue, Long time) {}

    /** Where the run rests when this process lets go of it. */
    private Resting resting(Driver.Rest rest) {
        Long due = rest.due() == 0 ? null : (Long) rest.due();
        if (!rest.startable()) return new Resting(false, queue, due);
        if (run.options().autoStart()) return new Resting(true, queue, engine.now());
        return new Resting(true, Queues.manual(run.workspaceId(), run.kind()), engine.now());
    }

    private Change change(
            Turn turn, Turn.Ended ended, boolean keeps, boolean progress, Resting resting, long wakesRead) {
        if (ended != null) return new Change.End(wakesRead);
        if (keeps) return new Change.Advance(turn.seq(), driver.state(), progress);
        return new Change.Release(
                turn.seq(), driver.state(), resting.ready(), resting.queue(), resting.time(), wakesRead);
    }

    private List<Unit.Birth> births(Turn turn, Turn.Ended ended, boolean keeps, Resting resting) {
        if (ended != null) return turn.births;
        List<Unit.Birth> births = new ArrayList<>(turn.births);
        births.add(new Unit.Birth(
                run.id(),
                Engine.TASK_KIND,
                run.workspaceId(),
                resting.queue(),
                run.options().priority(),
                resting.ready(),
                resting.time(),
                keeps ? engine.worker() : null,
                turn.seq(),
                TaskTable.STATE_VERSION,
                driver.state()));
        return births;
    }

    /** The turn is durable: show it, then do what it decided. */
    private void settled(Turn turn, Plan plan, long wakesRead) {
        driver.adopt();
        newborn = false;
        seq = turn.seq();
        budget = turn.budget;
        wakesSeen = Math.max(wakesSeen, wakesRead);
        if (turn.ended() == null) status = driver.status();
        boolean begun = turn.ended() != null || status != RunStatus.QUEUED;
        if (startedTime == 0 && begun) startedTime = turn.now;
        timer.run();
        timer = () -> {};
        if (plan.ended()) {
            endedRecord = engine.created(run, turn.ended().status(), startedTime, turn, turn.ended());
        }
        if (!plan.keeps()) letGo(plan);
        else if (plan.due() > 0) timer = engine.timer(plan.due(), () -> deliver(new Input.Tick()));
        engine.publish(run.id(), turn.events);
        if (!act(turn.afterCommit, plan)) return;
        engine.born(turn.births);
        if (plan.keeps()) {
            backlog = driver.rest().backlog();
            if (plan.progress()) engine.progressed(run.id());
            return;
        }
        if (plan.ended()) engine.ended(run.id(), () -> endedRecord);
        released.complete(null);
    }

    /** False when the run was lost while its commit was under way: nothing begins any more. */
    private synchronized boolean act(List<Runnable> actions, Plan plan) {
        if (gone && plan.keeps()) return false;
        for (Runnable action : actions) action.run();
        return true;
    }

    private void letGo(Plan plan) {
        gone = true;
        engine.forget(this);
        engine.freed(queue);
        if (plan.ended()) return;
        if (plan.readyElsewhere())
            engine.ready(resting(driver.rest()).queue(), run.options().priority());
        else if (plan.restDue() != null) engine.resting(plan.restDue());
    }

    /** Somebody else owns the run now: stop everything here and write nothing. */
    void lose() {
        synchronized (this) {
            gone = true;
            timer.run();
            driver.abandon();
        }
        engine.forget(this);
        released.complete(null);
    }
}
