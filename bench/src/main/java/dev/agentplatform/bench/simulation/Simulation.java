package dev.agentplatform.bench.simulation;

import dev.agentplatform.bench.simulation.Invariants.Broken;
import dev.agentplatform.bench.simulation.SimulatedProcess.Fault;
import dev.agentplatform.engine.Driving;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.store.Database;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * One seed: two processes, random work, random faults; then calm, until everything has ended. Throws {@link
 * Broken} when an invariant does not hold.
 */
public final class Simulation implements SimulatedProcess.Faults, Workload.World, AutoCloseable {
    private static final int CRASHES_TO_POISON = 5;
    private static final int ACTIONS = 150;
    private static final int CALM_ROUNDS_MAX = 3_000;
    // Crashes and refusals are what this is about; the engine's warnings of them are no news.
    private static final Logger QUIET = Logger.getLogger("dev.agentplatform");

    static {
        QUIET.setLevel(Level.OFF);
    }

    /** What a seed did. */
    public record Report(int runs, int commits, int crashes, int effects) {}

    private final Database database;
    private final SimulatedTime time = new SimulatedTime();
    private final Random random;
    private final Random faultRandom;
    private final Workload workload;
    private final Invariants invariants;
    private final List<SimulatedProcess> processes = new ArrayList<>();
    private final Ids ids;

    private final List<UUID> acknowledged = new ArrayList<>();
    private final Set<UUID> cancelled = new HashSet<>();
    private final Set<UUID> cancelTried = new HashSet<>();
    private final Set<UUID> retried = new HashSet<>();
    private final Set<UUID> killerRuns = new HashSet<>();
    private final Set<UUID> failingRuns = new HashSet<>();
    private final int faultsInThousand;
    private SimulatedProcess running;
    private boolean calm;
    private boolean asleep;
    private int commits;
    private int crashes;
    private int effects;

    /** @param database migrated and empty; left as the seed leaves it */
    public Simulation(Database database, long seed) {
        this.database = database;
        this.random = new Random(seed);
        this.faultRandom = new Random(seed * 31 + 7);
        this.ids = new Ids(time, new Random(seed * 17 + 3));
        this.workload = new Workload(this, new Random(seed * 13 + 1));
        this.invariants = new Invariants(database);
        database.transact(sql -> {
            for (Map.Entry<UUID, Integer> limit : workload.limits.entrySet()) {
                QueueLimits.set(sql, Workload.WORKSPACE, limit.getKey(), limit.getValue());
            }
            return null;
        });
        this.faultsInThousand = random.nextInt(3) == 0 ? 0 : random.nextInt(120);
        for (String name : List.of("a", "b")) {
            SimulatedProcess process =
                    new SimulatedProcess(name, database, time, ids, new Random(random.nextLong()), this, workload);
            processes.add(process);
            process.start();
        }
        if (random.nextInt(4) == 0) workload.killer(() -> running.down = true);
    }

    public Report run() {
        try {
            return storm();
        } catch (Broken broken) {
            throw new Broken(broken.getMessage() + "\n" + describe());
        }
    }

    private Report storm() {
        for (int i = 0; i < ACTIONS; i++) {
            act();
            restartTheDead(false);
            if (i % 3 == 0) invariants.checkAll();
        }
        calm = true;
        for (int round = 0; !rests(); round++) {
            if (round == CALM_ROUNDS_MAX) throw new Broken("6: no end after all faults had ceased");
            settleDown(round);
            invariants.checkAll();
        }
        invariants.checkEnd(retried);
        checkEnds();
        return new Report(acknowledged.size(), commits, crashes, effects);
    }

    @Override
    public void close() {
        for (SimulatedProcess process : processes) process.close();
    }

    // ---- the storm

    private void act() {
        SimulatedProcess process = processes.get(random.nextInt(processes.size()));
        int die = random.nextInt(100);
        if (die < 12) submit(process);
        else if (die < 16) onRun(process, this::cancel);
        else if (die < 22) onRun(process, this::signal);
        else if (die < 27) answer(process);
        else if (die < 30) onRun(process, this::retry);
        else if (die < 32) process.down |= faultsInThousand > 0;
        else if (die < 34) process.paused = true;
        else if (die < 37) process.paused = false;
        else if (die < 45) time.advance(random.nextInt(20_000));
        else if (die < 46) time.advance(20_000 + random.nextInt(100_000));
        else if (die < 47) jumpBack();
        else if (die < 49 && awake(process)) process.dispatcher.ready("w:" + Workload.WORKSPACE, 0);
        else if (die < 58) on(process, process::turn);
        else if (die < 62) on(process, process::beat);
        else if (die < 68) on(process, () -> process.fire(false));
        else on(process, process::step);
    }

    private void jumpBack() {
        time.advance(-random.nextInt(8_000));
        invariants.clockJumped();
    }

    private static boolean awake(SimulatedProcess process) {
        return !process.down && !process.paused;
    }

    private void on(SimulatedProcess process, Runnable action) {
        if (!awake(process)) return;
        SimulatedProcess before = running;
        running = process;
        try {
            action.run();
        } catch (SimulatedProcess.Crash gone) {
            // Seen by the flag.
        } finally {
            Thread.interrupted();
            running = before;
        }
        process.settle();
    }

    private interface RunAction {
        void act(SimulatedProcess process, UUID run);
    }

    private void onRun(SimulatedProcess process, RunAction action) {
        if (acknowledged.isEmpty()) return;
        UUID run = acknowledged.get(random.nextInt(acknowledged.size()));
        on(process, () -> {
            try {
                action.act(process, run);
            } catch (Problem refused) {
                // Ended already, or lost on the way: the caller knows that nothing is promised.
            }
        });
    }

    private void submit(SimulatedProcess process) {
        boolean killer = !workload.killers.isEmpty() && random.nextInt(4) == 0;
        boolean failing = !killer && random.nextInt(8) == 0;
        List<UUID> from = killer ? workload.killers : failing ? workload.failing : workload.roots;
        UUID version = from.get(random.nextInt(from.size()));
        long timeout = random.nextInt(10) == 0 ? 30_000 : 0;
        RunOptions options = new RunOptions(random.nextInt(3), true, Json.nothing(), timeout, 0, null);
        UUID id = ids.nextRun();
        on(process, () -> {
            try {
                process.engine.submit(workload.submission(id, version, options));
                acknowledged.add(id);
                if (killer) killerRuns.add(id);
                if (failing) failingRuns.add(id);
                if (random.nextInt(5) == 0) process.engine.submit(workload.submission(id, version, options));
            } catch (Problem refused) {
                // Not acknowledged.
            }
        });
    }

    private void cancel(SimulatedProcess process, UUID run) {
        // One that was not acknowledged may still have arrived.
        cancelTried.add(run);
        process.engine.cancel(Workload.WORKSPACE, run, "simulated");
        cancelled.add(run);
    }

    private void signal(SimulatedProcess process, UUID run) {
        process.engine.signal(Workload.WORKSPACE, run, Workload.SIGNAL, Json.nothing());
    }

    private void retry(SimulatedProcess process, UUID run) {
        if (killerRuns.contains(run)) return;
        new Driving(process.engine).retry(Workload.WORKSPACE, run);
        retried.add(run);
        cancelled.remove(run);
    }

    private record Waiting(UUID run, int no) {}

    private void answer(SimulatedProcess process) {
        List<Waiting> people = waiting("human");
        if (people.isEmpty()) return;
        Waiting one = people.get(random.nextInt(people.size()));
        on(process, () -> answer(process, one));
    }

    private void answer(SimulatedProcess process, Waiting one) {
        Optional<Unit.Woken> woken = database.transact(
                sql -> process.engine.answer(sql, Workload.WORKSPACE, one.run(), one.no(), Json.object()));
        // A hint may be lost; the run must go on all the same.
        if (random.nextInt(4) > 0) woken.ifPresent(process.engine::announce);
    }

    /** Open steps that wait for something, in all runs. */
    private List<Waiting> waiting(String on) {
        return database.read(sql -> {
            List<Waiting> found = new ArrayList<>();
            sql.list("SELECT ref, state FROM task WHERE state LIKE '%\"" + on + "\"%' ORDER BY ref", row -> {
                var state = Json.parse(row.text("state"));
                for (var step : (state.has("c") ? state.get("c") : state).get("o")) {
                    if (step.toString().contains("\"" + on + "\"")) {
                        found.add(new Waiting(row.id("ref"), step.get(0).asInt()));
                    }
                }
                return null;
            });
            return found;
        });
    }

    private void restartTheDead(boolean at) {
        for (SimulatedProcess process : processes) {
            if (!process.down || (!at && random.nextInt(3) > 0)) continue;
            crashes++;
            process.crash();
            process.start();
        }
    }

    // ---- faults

    @Override
    public Fault next(SimulatedProcess process) {
        if (calm || asleep || faultRandom.nextInt(1_000) >= faultsInThousand) return Fault.NONE;
        Fault[] all = Fault.values();
        return all[1 + faultRandom.nextInt(all.length - 1)];
    }

    @Override
    public void meanwhile(SimulatedProcess sleeper) {
        asleep = true;
        time.advance(31_000);
        for (SimulatedProcess other : processes) {
            if (other == sleeper) continue;
            on(other, other::beat);
            for (int i = 0; i < 5; i++) {
                on(other, other::turn);
                on(other, other::step);
            }
        }
        asleep = false;
    }

    @Override
    public void committed(Unit unit) {
        commits++;
        invariants.check(unit);
    }

    // ---- what the work sees

    @Override
    public void effect(UUID run, int no, String key) {
        effects++;
        SimulatedProcess process = running;
        boolean mine = database.read(sql -> sql.one(
                        "SELECT t.ref FROM task t JOIN worker w ON w.id = t.owner"
                                + " WHERE t.ref = ? AND t.owner = ? AND w.lease_until > 0",
                        row -> row.id("ref"),
                        run,
                        process.worker())
                .isPresent());
        // One that lost its lease in its sleep does not know it yet.
        if (mine) checkBegun(run, no, key);
        if (!calm && faultRandom.nextInt(1_000) < faultsInThousand / 4) process.down = true;
    }

    private void checkBegun(UUID run, int no, String key) {
        database.read(sql -> {
            String state = sql.one("SELECT state FROM task WHERE ref = ?", row -> row.text("state"), run)
                    .orElseThrow();
            var json = Json.parse(state);
            boolean open = false;
            String name = key.substring(Math.min(key.length(), 37));
            for (var step : (json.has("c") ? json.get("c") : json).get("o")) {
                open |= no > 0
                        ? step.get(0).asInt() == no
                        : step.get(1).asString().equals(name);
            }
            boolean recorded = no > 0
                    ? sql.one("SELECT no FROM step WHERE run_id = ? AND no = ?", row -> row.small("no"), run, no)
                            .isPresent()
                    : sql.one("SELECT no FROM step WHERE run_id = ? AND key = ?", row -> row.small("no"), run, name)
                            .isPresent();
            // An effect that was told to stop may still begin; its row says cancelled then.
            Invariants.require(!recorded || !open, "5: " + run + " step " + key + " is open and recorded");
            Invariants.require(open || recorded, "5: " + run + " began step " + key + " before its commit");
            return null;
        });
    }

    @Override
    public void timeUp(long until) {
        throw new Broken("10: told at " + time.millis() + " that it was " + until);
    }

    // ---- calm

    private boolean rests() {
        boolean idle = processes.stream().allMatch(process -> !process.down && process.idle());
        return idle
                && database.read(sql -> sql.one("SELECT count(*) AS n FROM task", row -> row.number("n")))
                                .orElseThrow()
                        == 0;
    }

    private void settleDown(int round) {
        restartTheDead(true);
        boolean worked = false;
        for (SimulatedProcess process : processes) {
            process.paused = false;
            on(process, () -> process.fire(true));
            for (int i = 0; i < 50 && !process.idle(); i++) {
                on(process, process::step);
                worked = true;
                if (process.down) break;
            }
            on(process, process::turn);
            on(process, process::beat);
        }
        if (worked) return;
        SimulatedProcess process = processes.get(round % processes.size());
        for (Waiting one : waiting("human")) on(process, () -> answer(process, one));
        for (Waiting one : waiting("signal")) {
            on(process, () -> {
                try {
                    signal(process, one.run());
                } catch (Problem ended) {
                    // By a cancel, meanwhile.
                }
            });
        }
        time.advance(3_000 + random.nextInt(6_000));
    }

    private void checkEnds() {
        Engine engine = processes.getFirst().engine;
        for (UUID run : acknowledged) {
            var record = engine.find(Workload.WORKSPACE, run)
                    .orElseThrow(() -> new Broken("6: acknowledged " + run + " is gone"));
            boolean poisoned = "poisoned".equals(record.errorCode());
            if (killerRuns.contains(run)) {
                boolean stopped = poisoned
                        || cancelTried.contains(run)
                        || record.status().word().equals("timed_out");
                Invariants.require(stopped, "11: the killer " + run + " ended " + record.status());
                continue;
            }
            // Crashes at every turn may hit an innocent suspect by chance as often as a killer's own.
            boolean byChance = crashes >= CRASHES_TO_POISON;
            Invariants.require(!poisoned || byChance, "11: innocent " + run + " was poisoned");
            String status = record.status().word();
            if (cancelled.contains(run)) {
                boolean stopped = Arrays.asList("cancelled", "timed_out").contains(status) || poisoned;
                Invariants.require(stopped, "7: cancelled " + run + " ended " + status + " " + record.error());
            } else if (failingRuns.contains(run) && status.equals("failed") && !poisoned) {
                if (!retried.contains(run)) checkCompensated(record);
            } else {
                boolean asIs = status.equals("completed") && !failingRuns.contains(run);
                boolean fine = asIs
                        || status.equals("timed_out")
                        || poisoned
                        || retried.contains(run)
                        || (status.equals("cancelled") && cancelTried.contains(run));
                Invariants.require(fine, "6: " + run + " ended " + status + " " + record.error());
            }
        }
    }

    /** Everything that had completed was undone, once; the first node is all that has an undoing. */
    private void checkCompensated(RunRecord run) {
        Invariants.require(
                Workload.FAILS.equals(run.errorCode()), "6: " + run.id() + " failed otherwise: " + run.error());
        Invariants.require(
                run.error().path("compensated").asBoolean(false), "compensation of " + run.id() + ": " + run.error());
        long undone = database.read(sql -> sql.one(
                        "SELECT count(*) AS n FROM step WHERE run_id = ? AND key = ? AND status = 'completed'",
                        row -> row.number("n"),
                        run.id(),
                        Workload.UNDO))
                .orElse(0L);
        Invariants.require(undone == 1, "compensation of " + run.id() + " completed " + undone + " times");
    }

    private String describe() {
        return database.read(sql -> sql
                        .list(
                                "SELECT t.ref, t.status, t.queue, t.ready_time, t.owner, t.wakes, t.seq, t.attempts,"
                                        + " t.state, r.status AS run_status FROM task t JOIN run r ON r.id = t.ref",
                                row -> row.id("ref") + " " + row.text("status") + " " + row.text("queue") + " due "
                                        + row.numberOrNull("ready_time") + " owner " + row.idOrNull("owner") + " wakes "
                                        + row.number("wakes") + " attempts " + row.number("attempts") + " "
                                        + row.text("run_status") + " " + row.text("state"))
                        .stream()
                        .collect(Collectors.joining("\n")))
                + "\nnow " + time.millis() + " workers " + processes.get(0).worker() + " "
                + processes.get(1).worker();
    }
}
