package dev.agentplatform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.store.CommitUnknown;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.Databases;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Who owns a run when processes die, pause, stop, or do not hear that a commit succeeded. */
class OwnershipTest {
    private static final JsonNode OUT = Json.object().put("n", 1);

    private final UUID instance = UUID.randomUUID();

    private static NodeWork done() {
        return context -> Outcome.done(OUT);
    }

    /** Waits for ever the first time, and returns after that. */
    private static final class Stuck implements NodeWork {
        final CountDownLatch began = new CountDownLatch(1);
        final AtomicInteger calls = new AtomicInteger();
        final Set<String> keys = new HashSet<>();

        @Override
        public Outcome execute(NodeContext context) throws InterruptedException {
            synchronized (keys) {
                keys.add(context.idempotencyKey());
            }
            if (calls.incrementAndGet() > 1) return Outcome.done(OUT);
            began.countDown();
            new CountDownLatch(1).await();
            return Outcome.done(OUT);
        }
    }

    private TestProcess process(Database database) {
        TestProcess.Options options = new TestProcess.Options(instance, Engine.Limits.USUAL, Secrets.NONE);
        return new TestProcess(database, new TestClock(), new Flows(), options);
    }

    @OnBothDatabases
    void aRestartTakesOverAtOnceAndRepeatsOnlyWhatHadNoOutcome(Database database) throws Exception {
        Stuck stuck = new Stuck();
        AtomicInteger first = new AtomicInteger();
        try (TestProcess old = process(database)) {
            UUID id = old.submit(new Flows.Draft()
                    .effect("a", context -> {
                        first.incrementAndGet();
                        return Outcome.done(OUT);
                    })
                    .effect("b", stuck)
                    .arrows("a>b")
                    .flow());
            stuck.began.await();
            old.kill();
            try (TestProcess next = old.another(database, instance)) {
                assertThat(next.end(id).status()).isEqualTo(RunStatus.COMPLETED);
                assertThat(first).hasValue(1);
                assertThat(stuck.calls).hasValue(2);
                assertThat(stuck.keys).hasSize(1);
                assertThat(next.journal(id)).containsExactly("a:completed", "b:completed");
                assertThat(next.eventTypes(id)).containsOnlyOnce("step.restarted");
            }
        }
    }

    @OnBothDatabases
    void aNodeThatMustNotBeRepeatedFailsAfterACrash(Database database) throws Exception {
        Stuck stuck = new Stuck();
        try (TestProcess old = process(database)) {
            Executable.Flow flow = new Flows.Draft().effect("a", stuck).flow();
            Executable.Node once = new Executable.Node("a", "effect", "a", stuck, true, false);
            UUID id = old.submit(new Executable.Flow(flow.graph(), List.of(once), flow.guards(), -1));
            stuck.began.await();
            old.kill();
            try (TestProcess next = old.another(database, instance)) {
                assertThat(next.end(id).errorCode()).isEqualTo("outcome_unknown");
                assertThat(stuck.calls).hasValue(1);
            }
        }
    }

    @Test
    void aPausedProcessLosesItsRunsAndWritesNothingWhenItWakes() throws Exception {
        Database database = Databases.fresh(Dialect.POSTGRESQL);
        Database second = Databases.again(database);
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        AtomicBoolean afterwards = new AtomicBoolean();
        try (TestProcess sleeper = process(database);
                TestProcess other = sleeper.another(second, UUID.randomUUID())) {
            UUID id = sleeper.submit(new Flows.Draft()
                    .effect("a", context -> {
                        if (calls.incrementAndGet() > 1)
                            return Outcome.done(Json.object().put("by", "other"));
                        began.countDown();
                        awaitUninterrupted(goOn);
                        return Outcome.done(Json.object().put("by", "sleeper"));
                    })
                    .effect("b", context -> {
                        if (Thread.currentThread().isInterrupted()) afterwards.set(true);
                        return Outcome.done(
                                context.scope().root("nodes").get("a").get("output"));
                    })
                    .arrows("a>b")
                    .flow());
            began.await();
            UUID before = sleeper.membership.worker();
            sleeper.clock.advance(Duration.ofSeconds(31));
            other.membership.beat();
            assertThat(other.end(id).output().json().get("by").asString()).isEqualTo("other");
            List<String> journal = other.journal(id);
            goOn.countDown();
            // A unit of a run that the sleeper still believes to own, and one that no epoch would catch.
            assertThatThrownBy(() ->
                            sleeper.submit(new Flows.Draft().effect("c", done()).flow()))
                    .isInstanceOf(Problem.class);
            Await.until(() -> sleeper.engine.owned() == 0, "the sleeper to lose its run");
            assertThat(other.journal(id)).isEqualTo(journal);
            assertThat(other.count("run")).isEqualTo(1);

            sleeper.membership.beat();
            assertThat(sleeper.membership.worker()).isNotEqualTo(before);
            UUID again = sleeper.submit(new Flows.Draft().effect("d", done()).flow());
            assertThat(sleeper.end(again).status()).isEqualTo(RunStatus.COMPLETED);
        } finally {
            second.close();
            Databases.drop(database);
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException goOn) {
                // This node does not listen.
            }
        }
    }

    @OnBothDatabases
    void aRunThatWasPlannedBeforeTheProcessDiedIsNotBornToTheDead(Database database) {
        try (TestProcess process = process(database)) {
            process.interceptor = (unit, next) -> {
                process.interceptor = (later, again) -> again.commit(later);
                database.transact(sql -> sql.update("UPDATE worker SET lease_until = 0"));
                process.membership.beat();
                return next.commit(unit);
            };
            assertThatThrownBy(() ->
                            process.submit(new Flows.Draft().effect("a", done()).flow()))
                    .isInstanceOf(Problem.class);
            assertThat(process.count("run")).isZero();
        }
    }

    @Test
    void aProcessThatWasDeclaredDeadClaimsNothing() throws Exception {
        Database database = Databases.fresh(Dialect.POSTGRESQL);
        Database second = Databases.again(database);
        try (TestProcess sleeper = process(database);
                TestProcess other = sleeper.another(second, UUID.randomUUID())) {
            UUID id = other.submit(
                    new Flows.Draft().effect("a", BasicRunTest.forSignal("go")).flow());
            other.untilTask(id, "idle");
            sleeper.clock.advance(Duration.ofSeconds(31));
            other.membership.beat();
            // The sleeper wakes, and its dispatcher is quicker than its heartbeat.
            other.engine.signal("public", id, "go", OUT);
            for (int i = 0; i < 3; i++) sleeper.advance(1_000);
            assertThat(other.end(id).status()).isEqualTo(RunStatus.COMPLETED);
        } finally {
            second.close();
            Databases.drop(database);
        }
    }

    @OnBothDatabases
    void aKillerStepIsPoisonedAndTheInnocentBesideItCompletes(Database database) {
        AtomicInteger lives = new AtomicInteger();
        TestProcess process = process(database);
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean killed = new AtomicBoolean();
        UUID killer = process.submit(new Flows.Draft()
                .effect("k", context -> {
                    killed.set(true);
                    never.await();
                    return Outcome.done(OUT);
                })
                .flow());
        // It gets one step further in each life, as long as it is claimed at all.
        UUID innocent = process.submit(
                new Flows.Draft().effect("w", BasicRunTest.forSignal("go")).flow());
        process.untilTask(innocent, "idle");
        try {
            while (!process.run(killer).status().ended()) {
                assertThat(lives.incrementAndGet()).as("lives").isLessThan(20);
                TestProcess now = process;
                Await.until(
                        () -> {
                            now.advance(1_000);
                            return killed.get() || now.run(killer).status().ended();
                        },
                        "the killer to kill");
                if (now.run(killer).status().ended()) break;
                killed.set(false);
                now.kill();
                process = now.another(database, instance);
                now.close();
            }
            assertThat(process.run(killer).errorCode()).isEqualTo("poisoned");
            assertThat(process.taskStatus(killer)).isEqualTo("none");
            process.engine.signal("public", innocent, "go", OUT);
            assertThat(process.end(innocent).status()).isEqualTo(RunStatus.COMPLETED);
        } finally {
            process.close();
        }
    }

    @OnBothDatabases
    void aCleanStopIsNoCrash(Database database) throws Exception {
        Flows flows = new Flows();
        CountDownLatch never = new CountDownLatch(1);
        UUID version = flows.add(new Flows.Draft()
                .effect("long", context -> {
                    never.await();
                    return Outcome.done(OUT);
                })
                .flow());
        UUID id = null;
        for (int deploy = 0; deploy < 8; deploy++) {
            try (TestProcess process = new TestProcess(
                    database,
                    new TestClock(),
                    flows,
                    new TestProcess.Options(instance, Engine.Limits.USUAL, Secrets.NONE))) {
                if (id == null) {
                    id = process.ids.nextRun();
                    process.engine.submit(process.submission(id, version, RunOptions.USUAL));
                }
                UUID run = id;
                Await.until(
                        () -> {
                            process.advance(1_000);
                            return process.engine.owned() == 1;
                        },
                        "the run to be taken");
                process.engine.drain(1);
                process.membership.leave();
                assertThat(process.taskStatus(run)).isEqualTo("ready");
                assertThat(process.attempts(run)).isZero();
            }
        }
    }

    @OnBothDatabases
    void anIdSubmittedTwiceIsOneRun(Database database) throws Exception {
        try (TestProcess process = process(database)) {
            CountDownLatch goOn = new CountDownLatch(1);
            AtomicInteger calls = new AtomicInteger();
            UUID version = process.flows.add(new Flows.Draft()
                    .effect("a", context -> {
                        calls.incrementAndGet();
                        goOn.await();
                        return Outcome.done(OUT);
                    })
                    .flow());
            UUID id = process.ids.nextRun();
            Submission submission = process.submission(id, version, RunOptions.USUAL);
            process.engine.submit(submission);
            assertThat(process.engine.submit(submission).id()).isEqualTo(id);
            goOn.countDown();
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.engine.submit(submission).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(calls).hasValue(1);
            assertThat(process.count("run")).isEqualTo(1);
            Await.until(() -> process.engine.owned() == 0, "nothing owned");
        }
    }

    @OnBothDatabases
    void anyLostAcknowledgementOfARunChangesNothing(Database database) {
        try (TestProcess process = process(database)) {
            for (int lost = 1; lost <= 5; lost++) {
                for (boolean written : List.of(true, false)) {
                    AtomicInteger calls = new AtomicInteger();
                    AtomicInteger commits = new AtomicInteger();
                    int which = lost;
                    process.interceptor = (unit, next) -> {
                        boolean ofTheRun =
                                unit.fence() != null || !unit.births().isEmpty();
                        if (!ofTheRun || commits.incrementAndGet() != which) return next.commit(unit);
                        if (written) next.commit(unit);
                        throw new CommitUnknown(new IOException("lost"));
                    };
                    UUID id = process.submit(new Flows.Draft()
                            .effect("a", context -> {
                                calls.incrementAndGet();
                                return Outcome.done(OUT);
                            })
                            .effect("b", BasicRunTest.forSignal("go"))
                            .effect("c", done())
                            .arrows("a>b", "b>c")
                            .flow());
                    String at = "commit " + lost + (written ? " written" : " not written");
                    process.untilTask(id, "idle");
                    process.engine.signal("public", id, "go", OUT);
                    assertThat(process.end(id).status()).as(at).isEqualTo(RunStatus.COMPLETED);
                    assertThat(calls).as(at).hasValue(1);
                    assertThat(process.journal(id)).as(at).containsExactly("a:completed", "b:completed", "c:completed");
                    process.interceptor = (unit, next) -> next.commit(unit);
                    Await.until(() -> process.engine.owned() == 0, "nothing owned, " + at);
                }
            }
        }
    }

    @OnBothDatabases
    void aRunWhoseTurnFailsIsTakenAgainAndGivenUpInTheEnd(Database database) {
        try (TestProcess process = process(database)) {
            AtomicBoolean broken = new AtomicBoolean(true);
            process.interceptor = (unit, next) -> {
                if (broken.get() && unit.change() instanceof Unit.Change.End) throw new IllegalStateException("broken");
                return next.commit(unit);
            };
            UUID id = process.submit(new Flows.Draft().effect("a", done()).flow());
            Await.until(
                    () -> {
                        process.advance(1_000);
                        return process.attempts(id) > 0;
                    },
                    "the run to be handed back");
            broken.set(false);
            Await.until(
                    () -> {
                        process.advance(11_000);
                        return process.run(id).status().ended();
                    },
                    "the end");
        }
    }

    @OnBothDatabases
    void aRunThatCannotBeLoadedForAMomentIsTakenAgain(Database database) {
        try (TestProcess process = process(database)) {
            UUID version = UUID.randomUUID();
            AtomicInteger loads = new AtomicInteger();
            process.flows.put(
                    version,
                    new Flows.Draft().effect("a", BasicRunTest.forSignal("go")).flow());
            UUID id = process.ids.nextRun();
            process.engine.submit(process.submission(id, version, RunOptions.USUAL));
            process.untilTask(id, "idle");
            process.flows.beforeLoad = () -> {
                if (loads.incrementAndGet() == 1) throw Problem.unavailable("The database is busy.", 1);
                if (loads.get() == 2) throw new IllegalStateException("cache");
            };
            process.engine.signal("public", id, "go", OUT);
            Await.until(
                    () -> {
                        process.advance(1_000);
                        return process.run(id).status().ended();
                    },
                    "the end");
            assertThat(process.run(id).status()).isEqualTo(RunStatus.COMPLETED);
        }
    }

    @OnBothDatabases
    void aProcessOwnsNoMoreRunsThanItsLimit(Database database) {
        TestProcess.Options options = new TestProcess.Options(instance, new Engine.Limits(2), Secrets.NONE);
        try (TestProcess process = new TestProcess(database, new TestClock(), new Flows(), options)) {
            AtomicInteger now = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            CountDownLatch goOn = new CountDownLatch(1);
            Executable flow = new Flows.Draft()
                    .effect("a", context -> {
                        most.accumulateAndGet(now.incrementAndGet(), Math::max);
                        goOn.await();
                        now.decrementAndGet();
                        return Outcome.done(OUT);
                    })
                    .flow();
            List<UUID> ids =
                    IntStream.range(0, 10).mapToObj(i -> process.submit(flow)).toList();
            for (int i = 0; i < 20; i++) process.advance(1_000);
            goOn.countDown();
            for (UUID id : ids) process.end(id);
            assertThat(most.get()).isLessThanOrEqualTo(2);
        }
    }
}
