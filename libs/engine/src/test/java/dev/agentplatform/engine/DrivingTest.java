package dev.agentplatform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.engine.graph.StepStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.OnBothDatabases;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** Runs that callers drive step by step. */
class DrivingTest {
    private static final JsonNode OUT = Json.object().put("n", 1);
    private static final RunOptions BY_HAND = new RunOptions(0, false, Json.nothing(), 0, 0, null);

    private final AtomicInteger calls = new AtomicInteger();

    private Executable.Flow threeSteps() {
        NodeWork work = context -> {
            calls.incrementAndGet();
            return Outcome.done(OUT);
        };
        return new Flows.Draft()
                .effect("a", work)
                .effect("b", work)
                .effect("c", work)
                .arrows("a>b", "b>c")
                .flow();
    }

    private static Driving.Report report(StepStatus status, String workerKey) {
        return new Driving.Report(status, workerKey, 30_000, OUT, null, null, null);
    }

    @OnBothDatabases
    void nothingStartsUntilSomebodyDrives(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            Driving driving = new Driving(process.engine);
            UUID id = process.submit(threeSteps(), BY_HAND);
            for (int i = 0; i < 5; i++) process.advance(1_000);
            assertThat(process.run(id).status()).isEqualTo(RunStatus.QUEUED);
            driving.drive("public", id, "me", 1);
            assertThat(process.journal(id)).containsExactly("a:completed");
            driving.drive("public", id, "me", 2);
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(calls).hasValue(3);
        }
    }

    @OnBothDatabases
    void theNextRunIsTheOldestThatWaitsInItsWorkspace(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            Driving driving = new Driving(process.engine);
            UUID first = process.submit(threeSteps(), BY_HAND);
            process.clock.advance(Duration.ofMillis(5));
            process.submit(threeSteps(), BY_HAND);
            assertThat(driving.driveNext("public", "test", "me")).contains(new Driving.Driven(first, 1));
            assertThat(process.journal(first)).containsExactly("a:completed");
            assertThat(driving.driveNext("other", "test", "me")).isEmpty();
        }
    }

    @OnBothDatabases
    void aRunThatAnotherCallerHoldsIsRefused(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            Driving driving = new Driving(process.engine);
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            UUID id = process.submit(
                    new Flows.Draft()
                            .effect("a", context -> {
                                began.countDown();
                                goOn.await();
                                return Outcome.done(OUT);
                            })
                            .flow(),
                    BY_HAND);
            Thread holder = Thread.startVirtualThread(() -> {
                try {
                    driving.drive("public", id, "me", 1);
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            });
            began.await();
            assertThatThrownBy(() -> driving.drive("public", id, "you", 1))
                    .isInstanceOfSatisfying(
                            Problem.class, held -> assertThat(held.code()).isEqualTo("lease_held"));
            goOn.countDown();
            holder.join();
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
        }
    }

    @OnBothDatabases
    void aStepThatIsExecutedOutsideIsHeldUntilItsLeaseRunsOut(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            Driving driving = new Driving(process.engine);
            UUID id = process.submit(new Flows.Draft().outside("a").flow(), BY_HAND);
            driving.report("public", id, 1, report(StepStatus.RUNNING, "me"));
            assertThatThrownBy(() -> driving.report("public", id, 1, report(StepStatus.COMPLETED, "you")))
                    .isInstanceOfSatisfying(
                            Problem.class, held -> assertThat(held.code()).isEqualTo("lease_held"));
            process.untilTask(id, "idle");
            process.advance(30_000);
            Await.until(
                    () -> {
                        process.advance(1_000);
                        return process.eventTypes(id).contains("step.lease_lost");
                    },
                    "the lease to run out");
            driving.report("public", id, 1, report(StepStatus.RUNNING, "you"));
            driving.report("public", id, 1, report(StepStatus.COMPLETED, "you"));
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.journal(id)).containsExactly("a:completed");
        }
    }

    @OnBothDatabases
    void aStatusThatCannotFollowIsRefused(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            Driving driving = new Driving(process.engine);
            UUID id = process.submit(threeSteps(), BY_HAND);
            assertThatThrownBy(() -> driving.setStatus("public", id, RunStatus.COMPLETED, "me"))
                    .isInstanceOfSatisfying(
                            Problem.class, no -> assertThat(no.code()).isEqualTo("illegal_status"));
            driving.setStatus("public", id, RunStatus.FAILED, "me");
            assertThat(process.end(id).status()).isEqualTo(RunStatus.FAILED);
            assertThat(calls).hasValue(0);
        }
    }

    private static final Executable.Program PROGRAM =
            (context, input) -> context.step("work", "work", Json.nothing(), () -> Json.text("done"));

    private static JsonNode dry(RunRecord run) {
        return Json.object().put("dry_run", true);
    }

    @OnBothDatabases
    void aProgramIsDrivenWithOtherMetadataOnlyBeforeItBegins(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            ProgramDriving driving = new ProgramDriving(process.engine);
            UUID id = process.submit(PROGRAM, BY_HAND);
            driving.driveAs("public", id, "me", DrivingTest::dry);
            RunRecord end = process.end(id);
            assertThat(end.status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(end.metadata()).isEqualTo(dry(end));

            UUID begun =
                    process.submit((Executable.Program) (context, input) -> context.awaitSignal("signal", "go", 0));
            Await.until(() -> process.run(begun).status() == RunStatus.WAITING, "the wait");
            assertThatThrownBy(() -> driving.driveAs("public", begun, "me", DrivingTest::dry))
                    .isInstanceOfSatisfying(
                            Problem.class, no -> assertThat(no.code()).isEqualTo("already_started"));
            assertThat(process.run(begun).metadata()).isEqualTo(Json.nothing());
            assertThat(process.run(begun).status()).isEqualTo(RunStatus.WAITING);
        }
    }

    @OnBothDatabases
    void theNextProgramOfAKindIsDriven(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            ProgramDriving driving = new ProgramDriving(process.engine);
            UUID first = process.submit(PROGRAM, BY_HAND);
            process.clock.advance(Duration.ofMillis(5));
            UUID second = process.submit(PROGRAM, BY_HAND);
            assertThat(driving.driveNext("public", "other", "me", null)).isEmpty();
            assertThat(driving.driveNext("other", "test", "me", null)).isEmpty();
            assertThat(driving.driveNext("public", "test", "me", null)).contains(first);
            assertThat(process.end(first).metadata()).isEqualTo(Json.nothing());
            assertThat(driving.driveNext("public", "test", "me", DrivingTest::dry))
                    .contains(second);
            assertThat(process.end(second).metadata()).isEqualTo(dry(process.run(second)));
            assertThat(driving.driveNext("public", "test", "me", null)).isEmpty();
        }
    }
}
