package dev.agentplatform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Limits of definitions, and turns of workspaces, over several processes. */
class QueueLimitsTest {
    private final UUID definition = UUID.randomUUID();

    private void limit(Database database, int max, TestProcess... processes) {
        limit(database, definition, max, processes);
    }

    private static void limit(Database database, UUID definition, int max, TestProcess... processes) {
        database.transact(sql -> {
            QueueLimits.set(sql, TestProcess.WORKSPACE, definition, max);
            return null;
        });
        for (TestProcess process : processes) process.dispatcher.limits().refresh();
    }

    private static UUID submit(TestProcess process, String workspace, UUID definition, UUID version) {
        UUID id = process.ids.nextRun();
        process.engine.submit(new Submission(
                id,
                workspace,
                "test",
                definition,
                version,
                null,
                Json.object(),
                Json.nothing(),
                RunOptions.USUAL,
                null));
        return id;
    }

    private UUID submit(TestProcess process, UUID version) {
        return submit(process, TestProcess.WORKSPACE, definition, version);
    }

    private static long owned(Database database, String queue) {
        return database.read(sql -> sql.one(
                        "SELECT count(*) AS n FROM task WHERE status = 'owned' AND queue LIKE ?",
                        row -> row.number("n"),
                        queue))
                .orElseThrow();
    }

    /** Ends when it gets a permit; counts how many of its kind are at work at once. */
    private static Executable atWork(Semaphore goOn, AtomicInteger now, AtomicInteger most) {
        return new Flows.Draft()
                .effect("a", context -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    goOn.acquire();
                    now.decrementAndGet();
                    return Outcome.done(Json.nothing());
                })
                .effect("b", context -> Outcome.done(Json.nothing()))
                .arrows("a>b")
                .flow();
    }

    @OnBothDatabases
    void noMoreThanTheLimitRunAtOnceInTwoProcesses(Database database) {
        Random random = new Random(7);
        for (int round = 0; round < 2; round++) {
            int max = 1 + random.nextInt(4);
            UUID limited = UUID.randomUUID();
            Semaphore goOn = new Semaphore(0);
            AtomicInteger now = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            try (TestProcess a = TestProcess.start(database);
                    TestProcess b = a.another(database, UUID.randomUUID())) {
                limit(database, limited, max, a, b);
                UUID version = a.flows.add(atWork(goOn, now, most));
                List<UUID> runs = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    runs.add(submit(random.nextBoolean() ? a : b, TestProcess.WORKSPACE, limited, version));
                }
                Await.until(
                        () -> {
                            TestProcess one = random.nextBoolean() ? a : b;
                            one.advance(random.nextInt(3) * 600L);
                            assertThat(owned(database, "%/" + limited)).isLessThanOrEqualTo(max);
                            if (now.get() == max) goOn.release();
                            long left = runs.stream()
                                    .filter(run -> !a.run(run).status().ended())
                                    .count();
                            if (left < max) goOn.release();
                            return left == 0;
                        },
                        "all runs of the limited definition");
                assertThat(most).hasValue(max);
            }
        }
    }

    @OnBothDatabases
    void aFullQueueHoldsUpNobodyElse(Database database) throws Exception {
        Semaphore goOn = new Semaphore(0);
        try (TestProcess process = TestProcess.start(database)) {
            limit(database, 1, process);
            UUID blocked = process.flows.add(atWork(goOn, new AtomicInteger(), new AtomicInteger()));
            UUID quick = process.flows.add(new Flows.Draft()
                    .effect("a", context -> Outcome.done(Json.nothing()))
                    .flow());
            for (int i = 0; i < 40; i++) submit(process, blocked);
            process.advance(1_000);
            assertThat(owned(database, "%/%")).isEqualTo(1);
            // The same workspace, another definition; and another workspace.
            assertThat(process.end(submit(process, TestProcess.WORKSPACE, UUID.randomUUID(), quick))
                            .status())
                    .isEqualTo(RunStatus.COMPLETED);
            UUID elsewhere = submit(process, "elsewhere", definition, quick);
            Await.until(
                    () -> process.engine
                            .find("elsewhere", elsewhere)
                            .orElseThrow()
                            .status()
                            .ended(),
                    "the run of another workspace");
            goOn.release(40);
        }
    }

    @OnBothDatabases
    void whatWaitsHoldsNoPlaceAndComesBackInTurn(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            limit(database, 1, process);
            AtomicInteger now = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            UUID version = process.flows.add(new Flows.Draft()
                    .compute("wait", new NodeWork() {
                        @Override
                        public Outcome execute(NodeContext context) {
                            return new Outcome.Wait("signal", 0, Json.nothing(), List.of(), List.of());
                        }

                        @Override
                        public Outcome resume(NodeContext context, Arrival arrival) {
                            return Outcome.done(Json.nothing());
                        }
                    })
                    .effect("work", context -> {
                        most.accumulateAndGet(now.incrementAndGet(), Math::max);
                        now.decrementAndGet();
                        return Outcome.done(Json.nothing());
                    })
                    .arrows("wait>work")
                    .flow());
            List<UUID> runs = new ArrayList<>();
            for (int i = 0; i < 8; i++) runs.add(submit(process, version));
            Await.until(
                    () -> {
                        process.advance(1_000);
                        return runs.stream().allMatch(run -> process.run(run).status() == RunStatus.WAITING);
                    },
                    "all of them to wait at once");
            for (UUID run : runs) process.engine.signal(TestProcess.WORKSPACE, run, "go", Json.nothing());
            assertThat(owned(database, "w:public"))
                    .as("mail leads round no limit")
                    .isZero();
            for (UUID run : runs) assertThat(process.end(run).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(most).hasValue(1);
        }
    }

    @OnBothDatabases
    void aLimitThatIsRaisedOrTakenAwayCountsAtOnce(Database database) {
        Semaphore goOn = new Semaphore(0);
        try (TestProcess process = TestProcess.start(database)) {
            limit(database, 1, process);
            UUID version = process.flows.add(atWork(goOn, new AtomicInteger(), new AtomicInteger()));
            List<UUID> runs = new ArrayList<>();
            for (int i = 0; i < 6; i++) runs.add(submit(process, version));
            process.advance(1_000);
            assertThat(owned(database, "%/%")).isEqualTo(1);
            limit(database, 3, process);
            process.advance(1_000);
            assertThat(owned(database, "%/%")).isEqualTo(3);
            limit(database, 0, process);
            process.advance(1_000);
            assertThat(owned(database, "%/%")).isEqualTo(6);
            goOn.release(6);
            for (UUID run : runs) process.end(run);
        }
    }

    @OnBothDatabases
    void aCancelNeedsNoPlace(Database database) {
        Semaphore goOn = new Semaphore(0);
        try (TestProcess process = TestProcess.start(database)) {
            limit(database, 1, process);
            UUID version = process.flows.add(atWork(goOn, new AtomicInteger(), new AtomicInteger()));
            UUID first = submit(process, version);
            process.advance(1_000);
            UUID second = submit(process, version);
            process.advance(1_000);
            Await.until(() -> process.run(first).status() == RunStatus.RUNNING, "the first at work");
            process.engine.cancel(TestProcess.WORKSPACE, second, "test");
            assertThat(process.end(second).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(process.run(first).status()).isEqualTo(RunStatus.RUNNING);
            goOn.release();
            process.end(first);
        }
    }

    @OnBothDatabases
    void whoExecutesByHandWaitsForAPlace(Database database) throws Exception {
        Semaphore goOn = new Semaphore(0);
        CountDownLatch asked = new CountDownLatch(1);
        try (TestProcess process = TestProcess.start(database)) {
            limit(database, 1, process);
            AtomicInteger most = new AtomicInteger();
            UUID version = process.flows.add(atWork(goOn, new AtomicInteger(), most));
            UUID first = submit(process, version);
            process.advance(1_000);
            Await.until(() -> most.get() == 1, "the first at work");
            UUID second = submit(process, version);
            Thread caller = Thread.startVirtualThread(() -> {
                asked.countDown();
                try {
                    new Driving(process.engine).drive(TestProcess.WORKSPACE, second, "me", Driving.UNLIMITED);
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            });
            asked.await();
            // Looking and reporting need no place.
            new Driving(process.engine).settle(TestProcess.WORKSPACE, second, "me");
            assertThat(owned(database, "%/%")).isEqualTo(1);
            goOn.release(2);
            process.end(first);
            process.end(second);
            caller.join();
            assertThat(most).hasValue(1);
        }
    }

    @OnBothDatabases
    void busyWorkspacesTakeTurnsHoweverFewTheSlots(Database database) {
        for (int slots : new int[] {1, 3}) {
            Semaphore goOn = new Semaphore(0);
            ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
            TestProcess.Options options =
                    new TestProcess.Options(UUID.randomUUID(), new Engine.Limits(slots), Secrets.NONE);
            try (TestProcess process = new TestProcess(database, new TestClock(), new Flows(), options)) {
                UUID version = process.flows.add(new Flows.Draft()
                        .effect("a", context -> {
                            order.add(context.run().workspaceId());
                            goOn.acquire();
                            return Outcome.done(Json.nothing());
                        })
                        .flow());
                // The slots are taken first, so that all the others have to queue.
                List<String> workspaces = List.of("one", "two", "three");
                for (int i = 0; i < slots; i++) submit(process, "zero", null, version);
                Await.until(() -> order.size() == slots, "the slots to be taken");
                for (String workspace : workspaces) {
                    for (int i = 0; i < 12; i++) submit(process, workspace, null, version);
                }
                order.clear();
                Await.until(
                        () -> {
                            goOn.release();
                            process.advance(1_000);
                            return process.count("task") == 0;
                        },
                        "all runs to end");
                List<String> began = List.copyOf(order);
                assertThat(began).hasSize(36);
                for (int end = 1; end <= 36; end++) {
                    List<String> until = began.subList(0, end);
                    long most = workspaces.stream()
                            .mapToLong(one -> until.stream().filter(one::equals).count())
                            .max()
                            .orElseThrow();
                    long fewest = workspaces.stream()
                            .mapToLong(one -> until.stream().filter(one::equals).count())
                            .min()
                            .orElseThrow();
                    if (most < 12)
                        assertThat(most - fewest)
                                .as("slots %d: %s", slots, until)
                                .isLessThanOrEqualTo(slots + 1);
                }
            }
        }
    }
}
