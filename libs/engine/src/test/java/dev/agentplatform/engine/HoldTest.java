package dev.agentplatform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.engine.Executable.Flow;
import dev.agentplatform.engine.Executable.Program;
import dev.agentplatform.engine.ProgramContext.LeafStep;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;

/** Steps that may not go on until somebody allows it. */
class HoldTest {
    private final AtomicBoolean free = new AtomicBoolean();
    private final AtomicInteger tries = new AtomicInteger();
    private final AtomicInteger withdrawn = new AtomicInteger();

    private Hold hold(long until) {
        return new Hold(
                "too_much",
                "It is too much.",
                "limit.met",
                until,
                Json.object().put("task", "t"),
                (run, step, no, now) -> List.of());
    }

    private JsonNode work(long until) {
        tries.incrementAndGet();
        if (!free.get()) throw hold(until);
        return Json.text("done");
    }

    private Flow flow(long until) {
        return new Flows.Draft()
                .effect("a", context -> Outcome.done(work(until)))
                .flow();
    }

    private static void answer(TestProcess process, UUID id, int no, String status) {
        process.database
                .transact(sql -> process.engine.answer(
                        sql, TestProcess.WORKSPACE, id, no, Json.object().put("status", status)))
                .ifPresent(process.engine::announce);
    }

    private static void untilWaiting(TestProcess process, UUID id) {
        Await.until(() -> process.run(id).status() == RunStatus.WAITING, "the wait of run " + id);
        process.untilTask(id, "idle");
    }

    private StepGate counting(BiConsumer<RunRecord, UUID> enter) {
        return new StepGate() {
            @Override
            public void enter(RunRecord run, UUID stepId) {
                enter.accept(run, stepId);
            }

            @Override
            public List<RowWrite> withdrawn(RunRecord run, JsonNode detail, long now) {
                assertThat(detail.path("task").asString()).isEqualTo("t");
                withdrawn.incrementAndGet();
                return List.of();
            }
        };
    }

    @OnBothDatabases
    void aNodeWaitsAndItsWorkBeginsAnewUnderItsNumber(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.submit(flow(0));
            untilWaiting(process, id);
            assertThat(process.eventTypes(id)).contains("limit.met", "step.waiting");
            answer(process, id, 1, "approved");
            Await.until(
                    () -> {
                        process.dispatcher.turn();
                        return tries.get() == 2;
                    },
                    "the second try");
            untilWaiting(process, id);
            free.set(true);
            answer(process, id, 1, "completed");
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.journal(id)).containsExactly("a:completed");
            assertThat(tries).hasValue(3);
        }
    }

    @OnBothDatabases
    void aNoFailsTheStepAndACancelWithdrawsTheQuestion(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            process.engine.attach(counting((run, step) -> {}));
            UUID refused = process.submit(flow(0));
            untilWaiting(process, refused);
            answer(process, refused, 1, "rejected");
            assertThat(process.end(refused).errorCode()).isEqualTo("too_much");
            assertThat(withdrawn).hasValue(0);
            UUID cancelled = process.submit(flow(0));
            untilWaiting(process, cancelled);
            process.engine.cancel(TestProcess.WORKSPACE, cancelled, "enough");
            assertThat(process.end(cancelled).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(withdrawn).hasValue(1);
        }
    }

    @OnBothDatabases
    void itsTimeComesWithoutAnAnswer(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            process.engine.attach(counting((run, step) -> {}));
            UUID id = process.submit(flow(process.clock.millis() + 60_000));
            Program program = (context, input) ->
                    context.step("a", "work", Json.nothing(), () -> work(context.createdTime() + 60_000));
            UUID other = process.submit(program);
            untilWaiting(process, id);
            untilWaiting(process, other);
            free.set(true);
            process.advance(60_000);
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.end(other).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(withdrawn).hasValue(2);
        }
    }

    @OnBothDatabases
    void aProgramWaitsWhenTheStepsBesideHaveTheirOutcome(Database database) throws Exception {
        CountDownLatch beside = new CountDownLatch(1);
        AtomicInteger besides = new AtomicInteger();
        Program program = (context, input) -> Json.tree(context.all(List.of(
                new LeafStep("held", "work", Json.nothing(), () -> work(0)),
                new LeafStep("beside", "work", Json.nothing(), () -> {
                    besides.incrementAndGet();
                    beside.await();
                    return Json.text("beside");
                }))));
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.submit(program);
            Await.until(() -> process.eventTypes(id).contains("step.waiting"), "the hold");
            // The answer comes while the program is still there.
            free.set(true);
            answer(process, id, 1, "approved");
            Await.until(() -> process.count("run_message") == 0, "the answer taken in");
            beside.countDown();
            RunRecord end = process.end(id);
            assertThat(end.status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.journal(id)).containsExactlyInAnyOrder("held:completed", "beside:completed");
            assertThat(tries).hasValue(2);
            assertThat(besides).hasValue(1);
        }
    }

    @OnBothDatabases
    void aRefusedProgramStepIsAFailureThatReplays(Database database) {
        Program program = (context, input) -> {
            try {
                return context.step("held", "work", Json.nothing(), () -> work(0));
            } catch (ProgramContext.StepFailed failed) {
                return Json.text(failed.code());
            }
        };
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.submit(program);
            untilWaiting(process, id);
            answer(process, id, 1, "cancelled");
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.result(id).asString()).isEqualTo("too_much");
            assertThat(tries).hasValue(1);
        }
    }

    @OnBothDatabases
    void aCrashWhileItWaitsChangesNothing(Database database) {
        UUID instance = UUID.randomUUID();
        TestProcess.Options options = new TestProcess.Options(instance, Engine.Limits.USUAL, Secrets.NONE);
        try (TestProcess old = new TestProcess(database, new TestClock(), new Flows(), options)) {
            UUID graph = old.submit(flow(0));
            Program program = (context, input) -> context.step("a", "work", Json.nothing(), () -> work(0));
            UUID other = old.submit(program);
            untilWaiting(old, graph);
            untilWaiting(old, other);
            old.kill();
            try (TestProcess next = old.another(database, instance)) {
                free.set(true);
                answer(next, graph, 1, "approved");
                answer(next, other, 1, "approved");
                assertThat(next.end(graph).status()).isEqualTo(RunStatus.COMPLETED);
                assertThat(next.end(other).status()).isEqualTo(RunStatus.COMPLETED);
            }
        }
    }

    @OnBothDatabases
    void aGateIsAskedBeforeEachStepAlsoThoseThatOnlyCompute(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            process.engine.attach(counting((run, step) -> {
                if (!free.get()) throw hold(0);
                throw Problem.conflict("never", "No more.");
            }));
            UUID id = process.submit(new Flows.Draft()
                    .compute("a", context -> Outcome.done(Json.text("x")))
                    .flow());
            untilWaiting(process, id);
            free.set(true);
            answer(process, id, 1, "approved");
            assertThat(process.end(id).errorCode()).isEqualTo("never");
            assertThat(process.journal(id)).containsExactly("a:failed");
        }
    }
}
