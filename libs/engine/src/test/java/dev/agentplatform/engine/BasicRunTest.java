package dev.agentplatform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.engine.graph.NodeRules;
import dev.agentplatform.engine.graph.NodeRules.Backoff;
import dev.agentplatform.engine.graph.NodeRules.Join;
import dev.agentplatform.engine.graph.NodeRules.OnError;
import dev.agentplatform.engine.graph.NodeRules.Retry;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** What a run does from its submission to its end, when nothing goes wrong with the process. */
class BasicRunTest {
    private static final JsonNode OUT = Json.object().put("n", 1);

    @OnBothDatabases
    void threeStepsTakeFourUnitsAndThirteenRows(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.submit(new Flows.Draft()
                    .effect("a", context -> Outcome.done(OUT))
                    .effect("b", context -> Outcome.done(OUT))
                    .effect("c", context -> Outcome.done(Json.object().put("n", 3)))
                    .arrows("a>b", "b>c")
                    .flow());
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);

            assertThat(process.units).hasValue(4);
            // 4 + 3 + 3 + 5 of the design, less the two outbox rows that nobody listens to.
            Await.until(() -> database.metrics().units() == 4, "the metrics of the last unit");
            assertThat(database.metrics().rows()).isEqualTo(13);
            assertThat(process.journal(id)).containsExactly("a:completed", "b:completed", "c:completed");
            assertThat(process.eventTypes(id))
                    .containsExactly(
                            "run.created",
                            "run.started",
                            "step.started",
                            "step.completed",
                            "step.started",
                            "step.completed",
                            "step.started",
                            "step.completed",
                            "run.completed");
            assertThat(process.run(id).lastSeq()).isEqualTo(9);
            assertThat(process.result(id).get("n").asInt()).isEqualTo(3);
            assertThat(process.count("task")).isZero();
        }
    }

    @OnBothDatabases
    void nodesThatOnlyComputeAreFoldedIntoTheUnitThatReachedThem(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            Executable flow = new Flows.Draft()
                    .compute("start", context -> Outcome.done(OUT))
                    .compute("x", context -> Outcome.done(OUT))
                    .effect("work", context -> Outcome.done(OUT))
                    .compute("y", context -> Outcome.done(OUT))
                    .compute("end", context -> Outcome.done(OUT))
                    .arrows("start>x", "x>work", "work>y", "y>end")
                    .flow();
            // A fold is cut after 10 ms, which a busy machine may need; not twenty times in a row.
            List<Integer> units = new ArrayList<>();
            for (int i = 0; i < 20 && !units.contains(2); i++) {
                int before = process.units.get();
                UUID id = process.submit(flow);
                process.end(id);
                units.add(process.units.get() - before);
                assertThat(process.journal(id)).hasSize(5);
            }
            assertThat(units).contains(2).allMatch(count -> count >= 2);
        }
    }

    @OnBothDatabases
    void aRunThatOnlyComputesIsOneUnit(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.submit(new Flows.Draft()
                    .compute("a", context -> Outcome.done(OUT))
                    .compute("b", context -> Outcome.done(OUT))
                    .arrows("a>b")
                    .flow());
            assertThat(process.run(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.units).hasValue(1);
            assertThat(process.count("task")).isZero();
        }
    }

    @OnBothDatabases
    void aLongFoldIsCutIntoSeveralUnits(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            Flows.Draft draft = new Flows.Draft();
            for (int i = 0; i < 200; i++) draft.compute("n" + i, context -> Outcome.done(OUT));
            for (int i = 1; i < 200; i++) draft.arrows("n" + (i - 1) + ">n" + i);
            UUID id = process.submit(draft.flow());
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.journal(id)).hasSize(200);
            assertThat(process.units.get()).isGreaterThanOrEqualTo(200 / GraphDriver.FOLD_STEPS_MAX);
        }
    }

    @OnBothDatabases
    void branchesRunSideBySideAndMeetInAJoin(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            CountDownLatch both = new CountDownLatch(2);
            NodeWork meet = context -> {
                both.countDown();
                both.await();
                return Outcome.done(OUT);
            };
            UUID id = process.submit(new Flows.Draft()
                    .compute("start", context -> Outcome.done(OUT))
                    .effect("left", meet)
                    .effect("right", meet)
                    .compute("join", context -> Outcome.done(Json.object().put("joined", true)))
                    .arrows("start>left", "start>right", "left>join", "right>join")
                    .rules("join", joined())
                    .flow());
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.result(id).get("joined").asBoolean()).isTrue();
            assertThat(process.journal(id)).filteredOn("join:completed"::equals).hasSize(1);
        }
    }

    private static NodeRules joined() {
        return new NodeRules(0, 0, Retry.NONE, false, 1_000, -1, OnError.FAIL, Join.ALL_COMPLETED, 2);
    }

    private static NodeRules retrying(int attempts, long delayMs) {
        return new NodeRules(
                0,
                0,
                new Retry(attempts, delayMs, Backoff.FIXED, 0),
                false,
                1_000,
                -1,
                OnError.FAIL,
                Join.ALL_COMPLETED,
                1);
    }

    private static NodeRules timingOut(long millis) {
        return new NodeRules(0, millis, Retry.NONE, false, 1_000, -1, OnError.FAIL, Join.ALL_COMPLETED, 1);
    }

    @OnBothDatabases
    void aFailedStepIsTriedAgainWhenItsDelayIsOverAndNotBefore(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            AtomicInteger calls = new AtomicInteger();
            Map<Integer, String> keys = new ConcurrentHashMap<>();
            UUID id = process.submit(new Flows.Draft()
                    .effect("flaky", context -> {
                        keys.put(context.attempt(), context.idempotencyKey());
                        if (calls.incrementAndGet() < 3) return new Outcome.Fail("busy", "no", true, null, null);
                        return Outcome.done(OUT);
                    })
                    .rules("flaky", retrying(3, 60_000))
                    .flow());
            process.untilTask(id, "idle");
            process.advance(59_999);
            assertThat(process.taskStatus(id)).isEqualTo("idle");
            process.advance(1);
            Await.until(() -> calls.get() == 2 && process.taskStatus(id).equals("idle"), "the second attempt");
            process.advance(60_000);
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.journal(id)).containsExactly("flaky:failed", "flaky:failed", "flaky:completed");
            assertThat(process.steps(id)).extracting(StepRecord::attempt).containsExactly(1, 2, 3);
            assertThat(keys.values()).containsOnly(keys.get(1));
        }
    }

    @OnBothDatabases
    void aStepThatTakesTooLongFailsAndItsLateOutcomeIsDropped(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            UUID id = process.submit(new Flows.Draft()
                    .effect("slow", context -> {
                        began.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException stop) {
                            interrupted.countDown();
                        }
                        return Outcome.done(OUT);
                    })
                    .rules("slow", timingOut(1_000))
                    .flow());
            began.await();
            process.advance(999);
            assertThat(process.run(id).status()).isEqualTo(RunStatus.RUNNING);
            process.advance(1);
            RunRecord end = process.end(id);
            assertThat(end.status()).isEqualTo(RunStatus.FAILED);
            assertThat(end.errorCode()).isEqualTo("timeout");
            interrupted.await();
            assertThat(process.journal(id)).containsExactly("slow:failed");
        }
    }

    @OnBothDatabases
    void aRunOverItsTimeLimitEndsTimedOut(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.submit(
                    new Flows.Draft().effect("wait", forSignal("never")).flow(),
                    new RunOptions(0, true, Json.nothing(), 5_000, 0, null));
            process.untilTask(id, "idle");
            process.advance(5_000);
            RunRecord end = process.end(id);
            assertThat(end.status()).isEqualTo(RunStatus.TIMED_OUT);
            assertThat(end.errorCode()).isEqualTo("run_timeout");
            assertThat(process.journal(id)).containsExactly("wait:cancelled");
        }
    }

    static NodeWork forSignal(String name) {
        return new NodeWork() {
            @Override
            public Outcome execute(NodeContext context) {
                return new Outcome.Wait("signal", 0, Json.nothing(), List.of(), List.of());
            }

            @Override
            public Outcome resume(NodeContext context, Arrival arrival) {
                if (arrival instanceof Arrival.Signal(String arrived, JsonNode payload) && arrived.equals(name)) {
                    return Outcome.done(payload);
                }
                return execute(context);
            }
        };
    }

    @OnBothDatabases
    void aSignalWakesOnlyTheStepThatWaitsForItsName(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.submit(
                    new Flows.Draft().effect("wait", forSignal("go")).flow());
            process.untilTask(id, "idle");
            assertThat(process.run(id).status()).isEqualTo(RunStatus.WAITING);
            process.engine.signal("public", id, "other", OUT);
            Await.until(
                    () -> {
                        process.dispatcher.turn();
                        return process.count("run_message") == 0
                                && process.taskStatus(id).equals("idle");
                    },
                    "the signal to be read");
            assertThat(process.run(id).status()).isEqualTo(RunStatus.WAITING);
            process.engine.signal("public", id, "go", Json.object().put("n", 7));
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.result(id).get("n").asInt()).isEqualTo(7);
            assertThat(process.count("run_message")).isZero();
        }
    }

    @OnBothDatabases
    void aWaitForATimeEndsAtThatTime(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            long until = process.clock.millis() + 3_600_000;
            UUID id = process.submit(
                    new Flows.Draft().effect("wait", untilTime(until)).flow());
            process.untilTask(id, "idle");
            process.advance(3_599_999);
            assertThat(process.taskStatus(id)).isEqualTo("idle");
            process.advance(1);
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
        }
    }

    private static NodeWork untilTime(long until) {
        return new NodeWork() {
            @Override
            public Outcome execute(NodeContext context) {
                return new Outcome.Wait("time", until, Json.nothing(), List.of(), List.of());
            }

            @Override
            public Outcome resume(NodeContext context, Arrival arrival) {
                return arrival instanceof Arrival.TimeUp ? Outcome.done(OUT) : Outcome.fail("wrong", "not the time");
            }
        };
    }

    @OnBothDatabases
    void anOutputThatIsTooLargeFailsItsStep(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            String large = "x".repeat(GraphDriver.OUTPUT_MAX);
            UUID id = process.submit(new Flows.Draft()
                    .effect("a", context -> Outcome.done(Json.text(large)))
                    .flow());
            assertThat(process.end(id).errorCode()).isEqualTo("output_too_large");
        }
    }

    @OnBothDatabases
    void variablesThatAreTooLargeFailTheRun(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            String large = "x".repeat(GraphDriver.STATE_MAX);
            UUID id = process.submit(new Flows.Draft()
                    .compute(
                            "a",
                            context -> new Outcome.Done(
                                    OUT, null, null, Json.object().put("v", large), Json.nothing(), List.of()))
                    .effect("b", context -> Outcome.done(OUT))
                    .arrows("a>b")
                    .flow());
            RunRecord end = process.end(id);
            assertThat(end.status()).isEqualTo(RunStatus.FAILED);
            assertThat(end.errorCode()).isEqualTo("state_too_large");
        }
    }

    @OnBothDatabases
    void secretsAppearInNoRow(Database database) {
        TestProcess.Options options = new TestProcess.Options(
                UUID.randomUUID(), Engine.Limits.USUAL, new Secrets(Map.of("KEY", "s3cret\"value")));
        try (TestProcess process = new TestProcess(database, new TestClock(), new Flows(), options)) {
            UUID id = process.submit(new Flows.Draft()
                    .effect(
                            "a",
                            context -> Outcome.done(Json.object().put("echo", "it is s3cret\"value"), "s3cret\"value"))
                    .effect("b", context -> Outcome.fail("bad", "rejected s3cret\"value"))
                    .arrows("a>b")
                    .flow());
            process.end(id);
            StringBuilder all = new StringBuilder(process.run(id).toString());
            for (StepRecord step : process.steps(id)) all.append(step);
            process.events(id).forEach(event -> all.append(event.json()));
            assertThat(all.toString()).contains("****").doesNotContain("s3cret");
        }
    }

    @OnBothDatabases
    void errorTextMayHoldAnyCharacter(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.submit(new Flows.Draft()
                    .effect("a", context -> Outcome.fail("bad", "nul \0 and \ud800 alone"))
                    .flow());
            assertThat(process.end(id).status()).isEqualTo(RunStatus.FAILED);
        }
    }

    @OnBothDatabases
    void aNodeThatThrowsAnErrorFailsItsStep(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID effect = process.submit(new Flows.Draft()
                    .effect("a", context -> {
                        throw new StackOverflowError();
                    })
                    .flow());
            assertThat(process.end(effect).errorCode()).isEqualTo("internal");
            UUID compute = process.submit(new Flows.Draft()
                    .effect("a", context -> Outcome.done(OUT))
                    .compute("b", context -> {
                        throw new StackOverflowError();
                    })
                    .arrows("a>b")
                    .flow());
            assertThat(process.end(compute).errorCode()).isEqualTo("internal");
        }
    }
}
