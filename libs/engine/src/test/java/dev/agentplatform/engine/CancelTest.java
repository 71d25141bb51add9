package dev.agentplatform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.Databases;
import dev.agentplatform.testkit.OnBothDatabases;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** A cancel against everything that it may race with. */
class CancelTest {
    private static final int ROUNDS = 500;
    private static final JsonNode OUT = Json.object().put("n", 1);

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aCancelAndACompletionAgreeOnOneEnd(Dialect dialect) throws Exception {
        Database database = Databases.fresh(dialect);
        try (TestProcess process = TestProcess.start(database)) {
            int cancelled = 0;
            for (int round = 0; round < ROUNDS; round++) {
                CountDownLatch goOn = new CountDownLatch(1);
                UUID id = process.submit(new Flows.Draft()
                        .effect("a", context -> {
                            goOn.await();
                            return Outcome.done(OUT);
                        })
                        .flow());
                Thread completing = Thread.startVirtualThread(goOn::countDown);
                boolean accepted = cancel(process, id);
                completing.join();
                RunRecord end = process.engine.awaitEnd("public", id, 10_000).orElseThrow();
                RunStatus expected = accepted ? RunStatus.CANCELLED : RunStatus.COMPLETED;
                assertThat(end.status()).as("round " + round).isEqualTo(expected);
                assertThat(process.run(id).status()).isEqualTo(expected);
                if (accepted) cancelled++;
            }
            assertThat(process.count("run_message")).isZero();
            assertThat(process.count("task")).isZero();
            assertThat(process.count("run WHERE status = 'cancelled'")).isEqualTo(cancelled);
        } finally {
            Databases.drop(database);
        }
    }

    private static boolean cancel(TestProcess process, UUID id) {
        try {
            process.engine.cancel("public", id, "test");
            return true;
        } catch (Problem ended) {
            assertThat(ended.code()).isEqualTo("run_ended");
            return false;
        }
    }

    @OnBothDatabases
    void aStepThatDoesNotListenIsLeftBehindAfterTheGracePeriod(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch late = new CountDownLatch(1);
            UUID id = process.submit(new Flows.Draft()
                    .effect("deaf", context -> {
                        began.countDown();
                        while (true) {
                            try {
                                late.await();
                                return Outcome.done(OUT);
                            } catch (InterruptedException ignored) {
                                began.countDown();
                            }
                        }
                    })
                    .flow());
            began.await();
            process.engine.cancel("public", id, "test");
            Await.until(() -> process.eventTypes(id).contains("run.cancelling"), "the cancel to be read");
            process.advance(GraphDriver.STOP_GRACE_MS - 1);
            assertThat(process.run(id).status()).isEqualTo(RunStatus.RUNNING);
            process.advance(1);
            assertThat(process.end(id).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(process.journal(id)).containsExactly("deaf:cancelled");
            late.countDown();
        }
    }

    @OnBothDatabases
    void aRunThatIsBeingStoppedDoesNotTurnInCircles(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            UUID leaf = process.flows.add(new Flows.Draft()
                    .effect("wait", BasicRunTest.forSignal("go"))
                    .flow());
            UUID id = process.submit(
                    new Flows.Draft()
                            .effect("child", children(process, leaf, 1))
                            .flow(),
                    new RunOptions(0, true, Json.nothing(), 5_000, 0, null));
            process.untilTask(id, "idle");
            // The child cannot be claimed while this process has no slot to spare: it stays as it is.
            int before = process.units.get();
            process.clock.advance(Duration.ofSeconds(5));
            for (int i = 0; i < 50; i++) process.dispatcher.turn();
            process.end(id);
            assertThat(process.units.get() - before).isLessThan(12);
            assertThat(process.run(id).status()).isEqualTo(RunStatus.TIMED_OUT);
        }
    }

    /** Starts runs and completes when all of them have ended. */
    static NodeWork children(TestProcess process, UUID version, int count) {
        return new NodeWork() {
            @Override
            public Outcome execute(NodeContext context) {
                List<Outcome.ChildRun> children = IntStream.range(0, count)
                        .mapToObj(index -> new Outcome.ChildRun(
                                process.submission(context.ids().nextRun(), version, RunOptions.USUAL), index))
                        .toList();
                return new Outcome.Wait("child", 0, Json.nothing(), children, List.of());
            }

            @Override
            public Outcome resume(NodeContext context, Arrival arrival) {
                List<NodeContext.ChildResult> results = context.results().get();
                boolean all = results.stream()
                        .allMatch(child ->
                                RunStatus.of(child.status()).orElseThrow().ended());
                if (!all) return new Outcome.Wait("child", 0, Json.nothing(), List.of(), List.of());
                boolean completed = results.stream().allMatch(NodeContext.ChildResult::completed);
                return completed ? Outcome.done(OUT) : Outcome.fail("child_failed", "a child did not complete");
            }
        };
    }

    @OnBothDatabases
    void aParentWaitsForAllItsChildrenAndHoldsNothingMeanwhile(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID leaf = process.flows.add(
                    new Flows.Draft().effect("a", context -> Outcome.done(OUT)).flow());
            UUID middle = process.flows.add(
                    new Flows.Draft().effect("c", children(process, leaf, 3)).flow());
            UUID id = process.submit(
                    new Flows.Draft().effect("c", children(process, middle, 3)).flow());
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.count("run")).isEqualTo(1 + 3 + 9);
            assertThat(process.count("task")).isZero();
            assertThat(process.count("run_message")).isZero();
        }
    }

    @OnBothDatabases
    void aCancelGoesDownAndChildrenEndBeforeTheirParents(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID leaf = process.flows.add(new Flows.Draft()
                    .effect("w", BasicRunTest.forSignal("never"))
                    .flow());
            UUID middle = process.flows.add(
                    new Flows.Draft().effect("c", children(process, leaf, 3)).flow());
            UUID id = process.submit(
                    new Flows.Draft().effect("c", children(process, middle, 2)).flow());
            Await.until(
                    () -> {
                        process.dispatcher.turn();
                        return process.count("task WHERE status = 'idle'") == 1 + 2 + 6;
                    },
                    "all to wait");
            process.clock.advance(Duration.ofMillis(5));
            process.engine.cancel("public", id, "test");
            assertThat(process.end(id).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(process.count("run WHERE status = 'cancelled'")).isEqualTo(9);
            assertThat(process.count("task")).isZero();
            assertThat(process.count("run_message")).isZero();
        }
    }

    @OnBothDatabases
    void aChildThatIsBornAsItsParentFailsIsCancelledToo(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            UUID leaf = process.flows.add(new Flows.Draft()
                    .effect("w", BasicRunTest.forSignal("never"))
                    .flow());
            CountDownLatch both = new CountDownLatch(2);
            CountDownLatch goOn = new CountDownLatch(1);
            CountDownLatch blocked = new CountDownLatch(1);
            NodeWork child = children(process, leaf, 1);
            Flows.Draft draft = new Flows.Draft()
                    .compute("start", context -> Outcome.done(OUT))
                    .effect("first", context -> Outcome.done(OUT))
                    .effect("child", new NodeWork() {
                        @Override
                        public Outcome execute(NodeContext context) throws Exception {
                            both.countDown();
                            goOn.await();
                            return child.execute(context);
                        }

                        @Override
                        public Outcome resume(NodeContext context, Arrival arrival) throws Exception {
                            return child.resume(context, arrival);
                        }
                    })
                    .effect("bad", context -> {
                        both.countDown();
                        goOn.await();
                        return Outcome.fail("bad", "no");
                    })
                    .arrows("start>first", "start>child", "start>bad");
            // The outcomes of both arrive while the commit of the first step's outcome is under way.
            process.interceptor = (unit, next) -> {
                if (unit.fence() != null && blocked.getCount() > 0) {
                    blocked.countDown();
                    goOn.countDown();
                    LockSupport.parkNanos(50_000_000);
                }
                return next.commit(unit);
            };
            UUID id = process.submit(draft.flow());
            RunRecord end = process.end(id);
            assertThat(end.status()).isEqualTo(RunStatus.FAILED);
            assertThat(process.count("task")).isZero();
            assertThat(process.count("run WHERE status NOT IN ('failed', 'cancelled')"))
                    .isZero();
        }
    }

    @OnBothDatabases
    void aFailedRunIsRetriedFromWhatFailed(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            AtomicInteger first = new AtomicInteger();
            AtomicInteger second = new AtomicInteger();
            UUID id = process.submit(new Flows.Draft()
                    .effect("a", context -> {
                        first.incrementAndGet();
                        return Outcome.done(OUT);
                    })
                    .effect(
                            "b",
                            context -> second.incrementAndGet() == 1
                                    ? Outcome.fail("bad", "once")
                                    : Outcome.done(Json.object().put("n", 2)))
                    .arrows("a>b")
                    .flow());
            assertThat(process.end(id).status()).isEqualTo(RunStatus.FAILED);
            long end = process.run(id).lastSeq();
            Await.until(() -> process.engine.owned() == 0, "its owner to go");
            new Driving(process.engine).retry("public", id);
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.result(id).get("n").asInt()).isEqualTo(2);
            assertThat(first).hasValue(1);
            assertThat(process.events(id).get((int) end).type()).isEqualTo("run.retried");
            assertThat(process.journal(id)).containsExactly("a:completed", "b:failed", "b:completed");
        }
    }

    @OnBothDatabases
    void aCancelThatArrivesWithTheLastSignalDecidesTheEnd(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.submit(
                    new Flows.Draft().effect("w", BasicRunTest.forSignal("go")).flow());
            process.untilTask(id, "idle");
            process.engine.signal("public", id, "go", OUT);
            process.engine.cancel("public", id, "test");
            assertThat(process.end(id).status()).isEqualTo(RunStatus.CANCELLED);
        }
    }

    @OnBothDatabases
    void aCancelThatFollowsARetryIsForTheNewLife(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.submit(new Flows.Draft()
                    .effect("b", context -> Outcome.fail("bad", "always"))
                    .flow());
            assertThat(process.end(id).status()).isEqualTo(RunStatus.FAILED);
            new Driving(process.engine).retry("public", id);
            process.engine.cancel("public", id, "test");
            assertThat(process.end(id).status()).isEqualTo(RunStatus.CANCELLED);
        }
    }

    @Test
    void anAnswerThatRacesWithTheClaimIsAppliedOnce() throws Exception {
        Database database = Databases.fresh(Dialect.SQLITE);
        try (TestProcess process = TestProcess.start(database)) {
            for (int round = 0; round < 200; round++) {
                UUID id = process.submit(new Flows.Draft()
                        .effect("person", new NodeWork() {
                            @Override
                            public Outcome execute(NodeContext context) {
                                return new Outcome.Wait("human", 0, Json.nothing(), List.of(), List.of());
                            }

                            @Override
                            public Outcome resume(NodeContext context, Arrival arrival) {
                                return Outcome.done(((Arrival.Answer) arrival).body());
                            }
                        })
                        .flow());
                process.untilTask(id, "idle");
                // A stray signal makes it ready, so that a claim and the answer meet.
                process.engine.signal("public", id, "stray", OUT);
                Thread claiming = Thread.startVirtualThread(process.dispatcher::turn);
                database.transact(sql -> process.engine.answer(
                                sql, "public", id, 1, Json.object().put("ok", true)))
                        .ifPresent(process.engine::announce);
                claiming.join();
                assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
                assertThat(process.result(id).get("ok").asBoolean()).isTrue();
                assertThat(process.eventTypes(id)).as("round " + round).containsOnlyOnce("step.completed");
            }
            assertThat(process.count("run_message")).isZero();
        } finally {
            Databases.drop(database);
        }
    }
}
