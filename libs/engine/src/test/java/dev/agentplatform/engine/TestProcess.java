package dev.agentplatform.engine;

import dev.agentplatform.events.LiveLog;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.events.RunLog;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Signals;
import dev.agentplatform.queue.Alarms;
import dev.agentplatform.queue.Dispatcher;
import dev.agentplatform.queue.FenceJudge;
import dev.agentplatform.queue.Membership;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.GroupCommit;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/**
 * An engine with its background parts under the control of a test: time moves by {@link #advance}, claims and
 * heartbeats happen when they are asked for, and commits can be intercepted.
 */
final class TestProcess implements AutoCloseable {
    static final String WORKSPACE = "public";
    static final Membership.Timing TIMING = new Membership.Timing(Duration.ofSeconds(5), Duration.ofSeconds(30));

    final Database database;
    final TestClock clock;
    final Flows flows;
    final Ids ids;
    final ManualTimers timers = new ManualTimers();
    final LiveLog live = new LiveLog();
    final Membership membership;
    final Dispatcher dispatcher;
    final Engine engine;
    final Alarms alarms;
    final AtomicInteger units = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final GroupCommit<Unit, Unit.Receipt> commits;

    /** Stands between the engine and the group commit; tests replace it. */
    volatile Interceptor interceptor = (unit, commit) -> commit.commit(unit);

    interface Interceptor {
        Unit.Receipt commit(Unit unit, Committer next);
    }

    record Options(UUID instance, Engine.Limits limits, Secrets secrets) {
        static Options usual() {
            return new Options(UUID.randomUUID(), Engine.Limits.USUAL, Secrets.NONE);
        }
    }

    TestProcess(Database database, TestClock clock, Flows flows, Options options) {
        this.database = database;
        this.clock = clock;
        this.flows = flows;
        this.ids = new Ids(clock);
        membership = new Membership(database, new Membership.Identity(options.instance(), "test"), TIMING, clock, ids);
        commits = new GroupCommit<>(database, new FenceJudge(membership::worker, clock), "runs");
        Engine.Parts parts = new Engine.Parts(
                database, this::commit, membership, live, clock, ids, threads, timers, options.secrets());
        engine = new Engine(parts, options.limits(), List.of(flows));
        dispatcher = new Dispatcher(
                database,
                membership,
                clock,
                Signals.NONE,
                Map.of(Engine.TASK_KIND, engine::claimed),
                engine::freeSlots,
                new QueueLimits(database));
        engine.attach(dispatcher);
        alarms = new Alarms(database, membership, dispatcher, clock, threads);
        membership.join();
    }

    static TestProcess start(Database database) {
        return new TestProcess(database, new TestClock(), new Flows(), Options.usual());
    }

    /** Another process on the same database, with the same clock and definitions. */
    TestProcess another(Database itsDatabase, UUID instance) {
        Options options = new Options(instance, Engine.Limits.USUAL, Secrets.NONE);
        return new TestProcess(itsDatabase, clock, flows, options);
    }

    private Unit.Receipt commit(Unit unit) {
        units.incrementAndGet();
        return interceptor.commit(unit, commits::commit);
    }

    // ---- runs

    UUID submit(Executable executable) {
        return submit(executable, RunOptions.USUAL);
    }

    UUID submit(Executable executable, RunOptions options) {
        UUID id = ids.nextRun();
        engine.submit(submission(id, flows.add(executable), options));
        return id;
    }

    Submission submission(UUID id, UUID version, RunOptions options) {
        return new Submission(id, WORKSPACE, "test", null, version, null, Json.object(), Json.nothing(), options, null);
    }

    RunRecord run(UUID id) {
        return engine.find(WORKSPACE, id).orElseThrow();
    }

    /** The run's end; claims what becomes ready meanwhile. */
    RunRecord end(UUID id) {
        Await.until(() -> turned() && run(id).status().ended(), "the end of run " + id);
        return run(id);
    }

    private boolean turned() {
        dispatcher.turn();
        return true;
    }

    /** Until the run is at rest in this state of its task. */
    void untilTask(UUID id, String status) {
        Await.until(() -> status.equals(taskStatus(id)), "task " + id + " " + status);
    }

    String taskStatus(UUID id) {
        return database.read(sql -> sql.one("SELECT status FROM task WHERE ref = ?", row -> row.text("status"), id))
                .orElse("none");
    }

    int attempts(UUID id) {
        return database.read(
                        sql -> sql.one("SELECT attempts FROM task WHERE ref = ?", row -> row.small("attempts"), id))
                .orElse(0);
    }

    /** Moves time on, fires timers and claims what is due; the work that starts then is not waited for. */
    void advance(long millis) {
        clock.advance(Duration.ofMillis(millis));
        timers.fire(clock.millis());
        dispatcher.turn();
    }

    List<StepRecord> steps(UUID id) {
        return database.read(sql -> StepTable.page(sql, WORKSPACE, id, 0, 10_000));
    }

    /** Journal as {@code node:status}, in order of number. */
    List<String> journal(UUID id) {
        return steps(id).stream().map(step -> step.key() + ":" + step.status()).toList();
    }

    List<LogEvent> events(UUID id) {
        List<LogEvent> all = new ArrayList<>();
        while (true) {
            long from = all.size() + 1L;
            List<LogEvent> page = RunLog.read(database, WORKSPACE, id, from);
            if (page.isEmpty()) return all;
            all.addAll(page);
        }
    }

    List<String> eventTypes(UUID id) {
        return events(id).stream().map(LogEvent::type).toList();
    }

    long count(String table) {
        return database.read(sql -> sql.one("SELECT count(*) AS n FROM " + table, row -> row.number("n")))
                .orElseThrow();
    }

    JsonNode result(UUID id) {
        return run(id).output().json();
    }

    /** Forgets everything at once, as a killed process does; the database stays open. */
    void kill() {
        interceptor = (unit, next) -> {
            throw new IllegalStateException("this process was killed");
        };
        threads.shutdownNow();
    }

    @Override
    public void close() {
        kill();
        commits.close();
    }
}
