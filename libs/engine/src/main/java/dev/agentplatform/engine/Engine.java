package dev.agentplatform.engine;

import dev.agentplatform.engine.Executable.Flow;
import dev.agentplatform.engine.Executable.Program;
import dev.agentplatform.engine.RunTable.Message;
import dev.agentplatform.engine.RunTable.MessageKind;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.events.LiveLog;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.queue.Dispatcher;
import dev.agentplatform.queue.FenceJudge;
import dev.agentplatform.queue.Membership;
import dev.agentplatform.queue.Queues;
import dev.agentplatform.queue.Refused;
import dev.agentplatform.queue.TaskTable;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.store.CommitUnknown;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Runs, as the rest of the platform sees them: submit one, send it mail, wait for its end.
 *
 * <p>Owners are actors: each takes its inputs one turn at a time on a virtual thread. From outside a run
 * is touched in two ways only: mail ({@link #cancel}, {@link #signal}) or driving ({@link Driving}).
 */
public final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    public static final String TASK_KIND = "run";

    /** Crashes as a suspect before a run is given up, after the two that made it one. */
    static final int POISONED_AFTER = 5;

    static final int MAIL_MAX = 100_000;
    private static final long GIVE_UP_EVERY_MS = 1_000;

    private final Parts parts;
    private final Limits limits;
    private final Workshop workshop;
    private final Map<String, RunKind> kinds = new HashMap<>();
    private final ConcurrentHashMap<UUID, RunOwner> owners = new ConcurrentHashMap<>();
    private final Endings endings;
    /** Claimed tasks that have no owner object yet. */
    private final AtomicInteger taking = new AtomicInteger();

    private volatile Dispatcher dispatcher;
    private volatile RunNews news = RunNews.NONE;
    private volatile boolean draining;

    /** What an engine is made of. */
    public record Parts(
            Database database,
            Committer committer,
            Membership membership,
            LiveLog live,
            Clock clock,
            Ids ids,
            Executor threads,
            Timers timers,
            Secrets secrets) {}

    /** @param runs that this process owns at a time */
    public record Limits(int runs) {
        public static final Limits USUAL = new Limits(1_000);
    }

    public Engine(Parts parts, Limits limits, List<RunKind> kinds) {
        this.parts = parts;
        this.limits = limits;
        for (RunKind kind : kinds) this.kinds.put(kind.name(), kind);
        this.workshop = new Workshop(parts, this::queue, this::deliver);
        this.endings = new Endings(parts.database(), owners::containsKey);
        parts.membership().onDeclaredDead(this::dropAll);
    }

    /** Adds a kind that itself needs the engine; before {@link #attach}. */
    public void add(RunKind kind) {
        kinds.put(kind.name(), kind);
    }

    /** Connects the outbox that the changes of runs are told to. */
    public void attach(Outbox outbox) {
        news = new RunNews(outbox, parts.ids());
    }

    /** Connects the dispatcher that brings due runs here. */
    public void attach(Dispatcher newDispatcher) {
        dispatcher = newDispatcher;
    }

    public int freeSlots() {
        return draining ? 0 : limits.runs() - owners.size() - taking.get();
    }

    public int owned() {
        return owners.size();
    }

    // ---- from outside

    /**
     * What a caller writes in the transaction that makes a run: both become durable or neither. It runs before
     * the run's own rows, so that sessions are locked before tasks.
     */
    @FunctionalInterface
    public interface Alongside {
        /** SQL only; it may be run again. Whatever it throws undoes all and reaches the submitter. */
        void write(Sql sql) throws SQLException;
    }

    /**
     * Makes a run durable and starts it. Submitting an id twice makes one run.
     *
     * @throws Problem when its definition cannot be executed, or 503 when the queue is full
     */
    public RunRecord submit(Submission submission) {
        return submit(submission, null);
    }

    /**
     * {@link #submit(Submission)} in one transaction with rows of the caller.
     *
     * @param alongside null for none; not run when the id was submitted before
     */
    public RunRecord submit(Submission submission, Alongside alongside) {
        if (draining) throw Problem.unavailable("This server is shutting down.", 2);
        RunRecord run = fresh(submission);
        Driver driver = load(run, null);
        String queue = queue(run);
        boolean own = run.options().autoStart()
                && freeSlots() > 0
                && !Queues.isLimited(queue)
                && !dispatcher.backlog(queue, run.options().priority());
        RunOwner owner = RunOwner.newborn(this, run, driver, queue, own ? -1 : 0);
        if (owners.putIfAbsent(run.id(), owner) != null) {
            return find(run.workspaceId(), run.id())
                    .orElseThrow(() -> Problem.unavailable("This run is being submitted just now.", 1));
        }
        try {
            owner.begin(alongside);
        } catch (RuntimeException failure) {
            owners.remove(run.id(), owner);
            return find(run.workspaceId(), run.id()).orElseThrow(() -> failure);
        }
        return find(run.workspaceId(), run.id(), owner);
    }

    /** The run as it stands, without reading it back when this process has just written it. */
    private RunRecord find(String workspaceId, UUID id, RunOwner owner) {
        if (owner.endedRecord() != null) return owner.endedRecord();
        if (owner.gone()) return find(workspaceId, id).orElse(owner.run());
        RunStatus status = owner.status();
        return owner.run()
                .with(status, status == RunStatus.QUEUED ? 0 : owner.run().createdTime());
    }

    public Optional<RunRecord> find(String workspaceId, UUID id) {
        return parts.database().read(sql -> RunTable.find(sql, workspaceId, id));
    }

    /** Whether a session has a run that has not ended; in a transaction that holds the session. */
    public static boolean hasLiveRun(Sql sql, String workspaceId, UUID sessionId) throws SQLException {
        return RunTable.hasLive(sql, workspaceId, sessionId);
    }

    /** Which workspace a run belongs to. */
    public Optional<String> workspaceOf(UUID id) {
        return parts.database().read(sql -> RunTable.workspaceOf(sql, id));
    }

    /** Newest first; {@code before} is the last id of the page before, null for the first page. */
    public List<RunRecord> list(RunFilter filter, UUID before, int limit) {
        return parts.database().read(sql -> RunTable.list(sql, filter, before, limit));
    }

    /** Asks a run to end. @throws Problem 409 {@code run_ended} */
    public void cancel(String workspaceId, UUID runId, String reason) {
        send(workspaceId, runId, MessageKind.CANCEL, 0, Mailbag.cancel(reason), Queues.CONTROL);
    }

    /** Wakes the steps that wait for a signal of this name. @throws Problem 409 {@code run_ended} */
    public void signal(String workspaceId, UUID runId, String name, JsonNode payload) {
        send(workspaceId, runId, MessageKind.SIGNAL, 0, Mailbag.signal(name, payload), Queues.normal(workspaceId));
    }

    private void send(String workspaceId, UUID runId, MessageKind kind, int no, String body, String queue) {
        Message message = new Message(newId(), kind, no, now(), body);
        Unit.Wake wake = new Unit.Wake(runId, queue, RunTable.mail(runId, workspaceId, message), true);
        try {
            woke(commit(new Unit(null, null, List.of(), List.of(wake), List.of()))
                    .woken());
        } catch (Refused refused) {
            if (refused.reason() != Refused.Reason.ENDED) throw Problem.unavailable("Try again.", 1);
            throw Problem.conflict("run_ended", "The run has ended already.");
        } catch (CommitUnknown lost) {
            throw Problem.unavailable("The database was lost meanwhile; the message may have been sent or not.", 1);
        }
    }

    /**
     * A person's answer for a waiting step, inside the transaction that records it: call this first, then
     * compare-and-set the human task, and {@link #announce} after the commit. Empty when the run has ended.
     */
    public Optional<Unit.Woken> answer(Sql sql, String workspaceId, UUID runId, int no, JsonNode body)
            throws SQLException {
        Optional<Unit.Woken> woken = TaskTable.wake(sql, workspaceId, runId, Queues.normal(workspaceId), now());
        if (woken.isPresent()) {
            RunTable.insert(
                    sql, runId, workspaceId, new Message(newId(), MessageKind.HUMAN, no, now(), Json.write(body)));
        }
        return woken;
    }

    /** After the commit of an {@link #answer}: tells the owner, or the dispatcher. */
    public void announce(Unit.Woken woken) {
        woke(List.of(woken));
    }

    /** Waits for the end of a run, at most {@code millis}; empty when it still goes on. */
    public Optional<RunRecord> awaitEnd(String workspaceId, UUID runId, long millis) throws InterruptedException {
        return endings.await(workspaceId, runId, millis);
    }

    // ---- from the queue

    /** Takes over a claimed run. */
    public void claimed(TaskTable.Claimed task) {
        taking.incrementAndGet();
        execute(() -> {
            try {
                take(task, defaultBudget(task));
            } catch (RuntimeException failure) {
                LOG.error("claimed run {} could not be loaded", task.ref(), failure);
            } finally {
                taking.decrementAndGet();
            }
        });
    }

    /** Hands a run back that cannot go on here. Counts as a crash: one that never can is poisoned in the end. */
    void giveUp(UUID runId, long epoch) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                UUID me = worker();
                parts.database().transact(sql -> TaskTable.giveUp(sql, me, runId, epoch, now()));
                return;
            } catch (RuntimeException failure) {
                LOG.warn("run {} could not be handed back, trying again: {}", runId, failure.toString());
                pause(GIVE_UP_EVERY_MS);
            }
        }
    }

    /** Owns a claimed run; gives it back when it cannot be loaded now. */
    RunOwner take(TaskTable.Claimed task, Optional<Integer> budget) {
        try {
            return load(task, budget);
        } catch (RuntimeException failure) {
            giveUp(task.ref(), task.epoch());
            throw failure;
        }
    }

    private RunOwner load(TaskTable.Claimed task, Optional<Integer> budget) {
        RunRecord run = find(task.workspaceId(), task.ref())
                .orElseThrow(() -> new IllegalStateException("task " + task.ref() + " has no run"));
        Driver driver;
        try {
            driver = load(run, task.state());
        } catch (Problem problem) {
            // The database is busy or lost: that says nothing about the run.
            if (problem.status() == 503) throw problem;
            driver = new UnloadableDriver(problem, task.state());
        }
        int steps = budget.orElse(run.options().autoStart() ? -1 : 0);
        RunOwner owner = RunOwner.claimed(this, run, driver, task, steps);
        if (!register(owner)) return owner;
        boolean killer = task.queue().equals(Queues.SUSPECT) && task.attempts() >= POISONED_AFTER;
        if (killer) owner.deliver(new Input.Poisoned(task.attempts()));
        else if (task.state() == null) owner.deliver(new Input.Begin());
        else if (wasEnded(driver)) owner.deliver(new Input.Retry());
        else owner.deliver(new Input.Recover());
        return owner;
    }

    /** False for a claim that is already history: this process lost the run and claimed it again since. */
    private boolean register(RunOwner owner) {
        RunOwner[] former = new RunOwner[1];
        RunOwner current = owners.compute(owner.run().id(), (id, known) -> {
            former[0] = known;
            return known != null && known.epoch() > owner.epoch() ? known : owner;
        });
        if (current != owner) owner.lose();
        else if (former[0] != null) former[0].lose();
        return current == owner;
    }

    private static boolean wasEnded(Driver driver) {
        return driver.status().ended();
    }

    private static Optional<Integer> defaultBudget(TaskTable.Claimed task) {
        // Mail is applied without starting anything: a cancel above all.
        return task.queue().equals(Queues.CONTROL) ? Optional.of(0) : Optional.empty();
    }

    // ---- for owners

    private RunRecord fresh(Submission asked) {
        return new RunRecord(
                asked.id(),
                asked.workspaceId(),
                asked.kind(),
                asked.definitionId(),
                asked.versionId(),
                asked.sessionId(),
                asked.parent(),
                RunStatus.QUEUED,
                null,
                0,
                now(),
                0,
                0,
                asked.metadata(),
                asked.options(),
                Json.nothing(),
                asked.input(),
                Json.nothing());
    }

    /** The row of a run that may have ended in its first unit. */
    RunRecord created(RunRecord run, RunStatus status, long started, Turn turn, Turn.Ended ended) {
        RunRecord begun = run.with(status, started);
        if (ended == null) return begun;
        return begun.ended(
                ended.code(), turn.seq(), turn.now, Json.parseOrNull(ended.error()), Json.parseOrNull(ended.stored()));
    }

    private Driver load(RunRecord run, String state) {
        RunKind kind = kinds.get(run.kind());
        if (kind == null) {
            throw new Problem(422, "kind_not_available", "This server cannot execute runs of kind " + run.kind() + ".");
        }
        return switch (kind.load(run)) {
            case Flow flow -> GraphState.driver(workshop, parts.database(), run, flow, state);
            case Program program -> new ProgramDriver(workshop, parts.database(), run, program, state);
        };
    }

    /** The normal queue of a run. Bodies of loops belong to the run above them and count with no limit. */
    String queue(RunRecord run) {
        return run.options().body() == null
                ? dispatcher.limits().queue(run.workspaceId(), run.definitionId())
                : Queues.normal(run.workspaceId());
    }

    /** What a run executes, for views. */
    Executable executable(RunRecord run) {
        return kinds.get(run.kind()).load(run);
    }

    private void deliver(UUID runId, Input input) {
        RunOwner owner = owners.get(runId);
        if (owner != null) owner.deliver(input);
    }

    Optional<RunOwner> owner(UUID runId) {
        return Optional.ofNullable(owners.get(runId));
    }

    void execute(Runnable action) {
        parts.threads().execute(action);
    }

    long now() {
        return parts.clock().millis();
    }

    UUID newId() {
        return parts.ids().next();
    }

    UUID worker() {
        return parts.membership().worker();
    }

    Database database() {
        return parts.database();
    }

    Runnable timer(long at, Runnable action) {
        return parts.timers().at(at, action);
    }

    void pause(long millis) {
        LockSupport.parkNanos(millis * 1_000_000);
    }

    Unit.Receipt commit(Unit unit) {
        return parts.committer().commit(unit);
    }

    /** The first unit of a run, in a transaction of its own because its caller writes too. */
    Unit.Receipt commit(Unit unit, Alongside alongside) {
        UUID me = worker();
        return parts.database().transact(sql -> {
            alongside.write(sql);
            return FenceJudge.birth(sql, me, unit, now());
        });
    }

    List<Input> mail(RunRecord run) {
        return parts.database().read(sql -> RunTable.mail(sql, run.id(), run.workspaceId(), MAIL_MAX)).stream()
                .<Input>map(Input.Mail::new)
                .toList();
    }

    /** Whether a refused unit had been written after all, and its acknowledgement was lost. */
    boolean alreadyCommitted(RunRecord run, boolean newborn, long epoch, long seq, boolean keeps) {
        return parts.database().read(sql -> {
            if (newborn && !keeps)
                return RunTable.find(sql, run.workspaceId(), run.id()).isPresent();
            if (keeps) return TaskTable.ownedAt(sql, run.workspaceId(), run.id(), worker(), epoch, seq);
            return RunTable.find(sql, run.workspaceId(), run.id())
                    .filter(found -> found.status().ended() && found.lastSeq() == seq)
                    .isPresent();
        });
    }

    void woke(List<Unit.Woken> woken) {
        for (Unit.Woken one : woken) {
            if (one.owner() == null) dispatcher.ready(one.queue(), one.priority());
            else deliver(one.ref(), new Input.MailArrived(one.wakes()));
        }
    }

    void born(List<Unit.Birth> births) {
        for (Unit.Birth birth : births) {
            if (birth.owner() == null && birth.ready()) dispatcher.ready(birth.queue(), birth.priority());
        }
    }

    /** Adds rows for whoever subscribed to the changes of this turn. */
    void tell(RunRecord run, Turn turn) {
        news.tell(run, turn);
    }

    void publish(UUID runId, List<LogEvent> events) {
        if (!events.isEmpty()) parts.live().publish(runId, events);
    }

    void progressed(UUID runId) {
        dispatcher.progressed(runId);
    }

    void ready(String queue, int priority) {
        dispatcher.ready(queue, priority);
    }

    void freed(String queue) {
        dispatcher.freed(queue);
    }

    void resting(long due) {
        dispatcher.resting(due);
    }

    void ended(UUID runId, Supplier<RunRecord> run) {
        dispatcher.progressed(runId);
        endings.ended(runId, run);
    }

    void forget(RunOwner owner) {
        owners.remove(owner.run().id(), owner);
        parts.live().nudge(owner.run().id());
    }

    /** Owners that lost their lease drop everything. */
    private void dropAll() {
        List.copyOf(owners.values()).forEach(RunOwner::lose);
    }

    /** Stops taking runs and waits, at most {@code millis}, until the owned ones have come to a rest. */
    public void drain(long millis) {
        draining = true;
        List<CompletableFuture<Void>> open =
                owners.values().stream().map(RunOwner::released).toList();
        try {
            CompletableFuture.allOf(open.toArray(CompletableFuture[]::new)).get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            LOG.info("{} runs are handed to the next process as they stand", owners.size());
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        dropAll();
    }
}
