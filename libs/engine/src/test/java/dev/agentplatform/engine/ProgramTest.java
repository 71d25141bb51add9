package dev.agentplatform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.engine.Executable.Program;
import dev.agentplatform.engine.ProgramContext.LeafStep;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Programs: what they record, and that a replay from any point ends the same. */
class ProgramTest {
    private final Map<String, Integer> effects = new ConcurrentHashMap<>();

    private LeafStep leaf(String key) {
        return new LeafStep(key, "work", Json.nothing(), () -> {
            effects.merge(key, 1, Integer::sum);
            return Json.text("did " + key);
        });
    }

    private JsonNode step(ProgramContext context, String key) {
        LeafStep leaf = leaf(key);
        return context.step(leaf.key(), leaf.type(), leaf.input(), leaf.work());
    }

    /** Uses everything that a program may do. */
    private Program everything(TestProcess process, UUID child) {
        return (context, input) -> {
            ObjectNode result = Json.object();
            result.set("first", step(context, "first"));
            result.set("chosen", context.note("chosen", Json.text("x")));
            List<LeafStep> side =
                    IntStream.range(0, 3).mapToObj(i -> leaf("side:" + i)).toList();
            result.set("side", Json.tree(context.all(side)));
            UUID childId = runId(context.idempotencyKey("child"));
            result.set("child", context.child("child", process.submission(childId, child, RunOptions.USUAL)));
            List<ProgramContext.ChildCall> calls = IntStream.range(0, 3)
                    .mapToObj(i -> new ProgramContext.ChildCall(
                            "part:" + i,
                            () -> process.submission(
                                    runId(context.idempotencyKey("part:" + i)), child, RunOptions.USUAL)))
                    .toList();
            ArrayNode parts = result.putArray("parts");
            context.children(calls).forEach(end -> parts.add(end.output()));
            result.set("answer", context.awaitHuman("person", 0, (step, no, now) -> List.of(asked(process, step))));
            result.set("signal", context.awaitSignal("signal", "go", 0));
            context.awaitTime("time", context.createdTime() + 60_000);
            try {
                context.step("fails", "work", Json.nothing(), () -> {
                    effects.merge("fails", 1, Integer::sum);
                    throw new IllegalStateException("always");
                });
            } catch (ProgramContext.StepFailed failed) {
                result.put("failed", failed.code());
            }
            result.set("last", step(context, "last"));
            return result;
        };
    }

    /** What puts a question to people: here a row of the outbox. */
    private static RowWrite asked(TestProcess process, UUID step) {
        Outbox.Message message =
                new Outbox.Message(process.ids.next(), "public", "asked", "test", "step", step.toString(), 0, "{}");
        return Outbox.unheard(process.clock).rows(message).getFirst();
    }

    /** Somebody answers whatever waits for a person. */
    private static void answer(TestProcess process, UUID id) {
        List<StepRecord> open = new RunViews(process.engine).open(process.run(id));
        for (StepRecord step : open) {
            if (!step.type().equals("human")) continue;
            process.database
                    .transact(sql -> process.engine.answer(
                            sql, "public", id, step.no(), Json.object().put("ok", true)))
                    .ifPresent(process.engine::announce);
        }
    }

    private static UUID runId(String of) {
        UUID id = UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8));
        return Ids.runOf(id);
    }

    private RunRecord finish(TestProcess process, UUID id) {
        Await.until(
                () -> {
                    process.dispatcher.turn();
                    if (process.run(id).status().ended()) return true;
                    if (process.run(id).status() == RunStatus.WAITING) {
                        answer(process, id);
                        try {
                            process.engine.signal("public", id, "go", Json.text("now"));
                        } catch (RuntimeException ended) {
                            return true;
                        }
                    }
                    process.advance(60_000);
                    return process.run(id).status().ended();
                },
                "the end of the program");
        return process.run(id);
    }

    @OnBothDatabases
    void aProgramEndsTheSameFromEveryPrefixOfItsHistory(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID child = process.flows.add(new Flows.Draft()
                    .effect("a", context -> Outcome.done(Json.text("child")))
                    .flow());
            Program program = everything(process, child);
            UUID original = process.submit(program);
            RunRecord end = finish(process, original);
            assertThat(end.status()).isEqualTo(RunStatus.COMPLETED);
            List<StepRecord> history = process.steps(original);
            assertThat(history).hasSize(14);
            assertThat(effects)
                    .allSatisfy((key, times) -> assertThat(times).as(key).isEqualTo(1));

            for (int known = 0; known <= history.size(); known++) {
                effects.clear();
                UUID copy = copy(process, program, end, history.subList(0, known));
                RunRecord again = finish(process, copy);
                assertThat(again.output().json())
                        .as("from " + known)
                        .isEqualTo(end.output().json());
                for (StepRecord step : history.subList(0, known)) {
                    assertThat(effects).as("from " + known).doesNotContainKey(step.key());
                }
                assertThat(process.steps(copy)).hasSize(history.size());
            }
        }
    }

    /** A run that was interrupted when only these steps were recorded. */
    private static UUID copy(TestProcess process, Program program, RunRecord of, List<StepRecord> known) {
        UUID version = process.flows.add(program);
        RunOptions byHand = new RunOptions(0, false, Json.nothing(), 0, 0, null);
        UUID id = process.ids.nextRun();
        process.engine.submit(process.submission(id, version, byHand));
        int next = known.stream().mapToInt(StepRecord::no).max().orElse(0) + 1;
        String state = new ProgramState(next, Map.of(), null).write();
        process.database.transact(sql -> {
            for (StepRecord step : known) {
                sql.update(
                        "INSERT INTO step (run_id, no, workspace_id, key, type, iteration, attempt, status,"
                            + " finished_time, error_code, error, output) VALUES (?, ?, ?, ?, ?, 1, 1, ?, ?, ?, ?, ?)",
                        id,
                        step.no(),
                        "public",
                        step.key(),
                        step.type(),
                        step.status(),
                        step.finishedTime(),
                        step.errorCode(),
                        step.errorMessage(),
                        step.output().write());
            }
            sql.update("UPDATE run SET options = NULL, created_time = ? WHERE id = ?", of.createdTime(), id);
            return sql.update("UPDATE task SET state = ?, queue = 'w:public' WHERE ref = ?", state, id);
        });
        process.advance(1_000);
        return id;
    }

    @OnBothDatabases
    void aCrashRepeatsOnlyTheOpenSteps(Database database) throws Exception {
        UUID instance = UUID.randomUUID();
        CountDownLatch began = new CountDownLatch(1);
        TestProcess.Options options = new TestProcess.Options(instance, Engine.Limits.USUAL, Secrets.NONE);
        try (TestProcess old = new TestProcess(database, new TestClock(), new Flows(), options)) {
            Program program = (context, input) -> {
                step(context, "first");
                context.step("open", "work", Json.nothing(), () -> {
                    if (effects.merge("open", 1, Integer::sum) > 1) return Json.nothing();
                    began.countDown();
                    new CountDownLatch(1).await();
                    return Json.nothing();
                });
                return step(context, "last");
            };
            UUID id = old.submit(program);
            began.await();
            old.kill();
            try (TestProcess next = old.another(database, instance)) {
                assertThat(next.end(id).status()).isEqualTo(RunStatus.COMPLETED);
                assertThat(effects).containsExactlyInAnyOrderEntriesOf(Map.of("first", 1, "open", 2, "last", 1));
                assertThat(next.steps(id)).extracting(StepRecord::key).containsExactly("first", "open", "last");
            }
        }
    }

    @OnBothDatabases
    void aProcessThatLosesAndRegainsARunHearsNothingFromItsFormerLife(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            CountDownLatch began = new CountDownLatch(2);
            CountDownLatch goOn = new CountDownLatch(1);
            Program program = (context, input) -> context.step("open", "work", Json.nothing(), () -> {
                began.countDown();
                goOn.await();
                return Json.text("done");
            });
            UUID run = process.submit(program);
            UUID graph = process.submit(new Flows.Draft()
                    .effect("a", context -> {
                        began.countDown();
                        goOn.await();
                        return Outcome.done(Json.text("done"));
                    })
                    .flow());
            began.await();
            // As if another process had found the lease run out.
            database.transact(sql -> sql.update("UPDATE worker SET lease_until = 1"));
            process.clock.advance(Duration.ofSeconds(31));
            database.transact(sql -> {
                sql.update("UPDATE worker SET lease_until = 0");
                return sql.update("UPDATE task SET status = 'ready', ready_time = 1, owner = NULL, epoch = epoch + 1");
            });
            process.membership.beat();
            process.advance(1_000);
            Await.until(() -> process.engine.owned() == 2, "both to be claimed again");
            process.advance(1_000);
            goOn.countDown();
            assertThat(process.end(run).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.end(graph).status()).isEqualTo(RunStatus.COMPLETED);
        }
    }

    @OnBothDatabases
    void aProgramThatIsCancelledBeforeItWasClaimedNeverStarts(Database database) {
        TestProcess.Options options = new TestProcess.Options(UUID.randomUUID(), new Engine.Limits(1), Secrets.NONE);
        try (TestProcess process = new TestProcess(database, new TestClock(), new Flows(), options)) {
            CountDownLatch goOn = new CountDownLatch(1);
            UUID first = process.submit((Program) (context, input) -> {
                goOn.await();
                return Json.nothing();
            });
            UUID second = process.submit((Program) (context, input) -> {
                effects.merge("second", 1, Integer::sum);
                return Json.nothing();
            });
            process.engine.cancel("public", second, "test");
            assertThat(process.end(second).status()).isEqualTo(RunStatus.CANCELLED);
            goOn.countDown();
            process.end(first);
            assertThat(effects).isEmpty();
        }
    }

    @OnBothDatabases
    void aProgramThatIsCancelledEndsCancelled(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            CountDownLatch began = new CountDownLatch(1);
            UUID id = process.submit((Program) (context, input) -> context.step("a", "work", Json.nothing(), () -> {
                began.countDown();
                new CountDownLatch(1).await();
                return Json.nothing();
            }));
            began.await();
            process.engine.cancel("public", id, "test");
            assertThat(process.end(id).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(process.journal(id)).containsExactly("a:cancelled");
        }
    }

    @OnBothDatabases
    void anErrorThrownByAProgramFailsItsRun(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID inStep = process.submit((Program) (context, input) -> context.step("a", "work", Json.nothing(), () -> {
                throw new StackOverflowError();
            }));
            assertThat(process.end(inStep).errorCode()).isEqualTo("step_failed");
            UUID outside = process.submit((Program) (context, input) -> {
                throw new StackOverflowError();
            });
            assertThat(process.end(outside).errorCode()).isEqualTo("internal");
        }
    }

    @OnBothDatabases
    void childrenRunSideBySideAndOneFailureFailsNobodyElse(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            CountDownLatch together = new CountDownLatch(3);
            UUID meets = process.flows.add(new Flows.Draft()
                    .effect("a", context -> {
                        together.countDown();
                        together.await();
                        return Outcome.done(Json.text("met"));
                    })
                    .flow());
            UUID fails = process.flows.add(new Flows.Draft()
                    .effect("a", context -> {
                        together.countDown();
                        return Outcome.fail("broken", "no");
                    })
                    .flow());
            AtomicInteger lives = new AtomicInteger();
            UUID id = process.submit((Program) (context, input) -> {
                lives.incrementAndGet();
                List<ProgramContext.ChildCall> calls = new ArrayList<>();
                for (UUID version : List.of(meets, fails, meets)) {
                    String key = "child:" + calls.size();
                    UUID child = runId(context.idempotencyKey(key));
                    calls.add(new ProgramContext.ChildCall(
                            key, () -> process.submission(child, version, RunOptions.USUAL)));
                }
                ArrayNode ends = Json.array();
                for (ProgramContext.ChildEnd end : context.children(calls)) {
                    ends.add(end.completed() ? end.output().asString() : end.errorCode());
                }
                return ends;
            });
            RunRecord end = process.end(id);
            assertThat(end.output().json()).isEqualTo(Json.parse("[\"met\",\"broken\",\"met\"]"));
            assertThat(lives).as("it goes on when the last one has ended").hasValue(2);
            assertThat(process.count("run")).isEqualTo(4);
        }
    }

    @OnBothDatabases
    void aCancelReachesAllChildrenBeforeTheParentEnds(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            CountDownLatch began = new CountDownLatch(3);
            UUID stuck = process.flows.add(new Flows.Draft()
                    .effect("a", context -> {
                        began.countDown();
                        new CountDownLatch(1).await();
                        return Outcome.done(Json.nothing());
                    })
                    .flow());
            List<UUID> children = List.of(process.ids.nextRun(), process.ids.nextRun(), process.ids.nextRun());
            UUID id = process.submit((Program) (context, input) -> {
                List<ProgramContext.ChildCall> calls = new ArrayList<>();
                for (UUID child : children) {
                    calls.add(new ProgramContext.ChildCall(
                            "child:" + calls.size(), () -> process.submission(child, stuck, RunOptions.USUAL)));
                }
                return Json.tree(context.children(calls));
            });
            Await.until(() -> process.count("run") == 4, "the children");
            process.advance(1_000);
            began.await();
            process.engine.cancel("public", id, "test");
            RunRecord end = process.end(id);
            assertThat(end.status()).isEqualTo(RunStatus.CANCELLED);
            for (UUID child : children) {
                assertThat(process.run(child).status()).isEqualTo(RunStatus.CANCELLED);
                assertThat(process.run(child).endedTime()).isLessThanOrEqualTo(end.endedTime());
            }
        }
    }

    @OnBothDatabases
    void aQuestionThatNobodyAnswersInTimeIsUndoneOnce(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            Program program = new Program() {
                @Override
                public JsonNode run(ProgramContext context, JsonNode input) {
                    long until = context.createdTime() + 60_000;
                    JsonNode answer =
                            context.awaitHuman("person", until, (step, no, now) -> List.of(asked(process, step)));
                    return Json.text(answer == null ? "nobody" : "somebody");
                }

                @Override
                public List<RowWrite> abandoned(RunRecord run, String key, UUID step, long now) {
                    return List.of(asked(process, step));
                }
            };
            UUID late = process.submit(program);
            Await.until(() -> process.run(late).status() == RunStatus.WAITING, "the question");
            assertThat(process.count("event")).isEqualTo(1);
            Await.until(
                    () -> {
                        process.advance(61_000);
                        return process.run(late).status().ended();
                    },
                    "the end");
            assertThat(process.result(late).asString()).isEqualTo("nobody");
            assertThat(process.count("event")).isEqualTo(2);

            UUID cancelled = process.submit(program);
            Await.until(() -> process.run(cancelled).status() == RunStatus.WAITING, "the question");
            process.engine.cancel("public", cancelled, "test");
            assertThat(process.end(cancelled).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(process.count("event")).isEqualTo(4);

            UUID answered = process.submit(program);
            Await.until(() -> process.run(answered).status() == RunStatus.WAITING, "the question");
            answer(process, answered);
            process.end(answered);
            assertThat(process.result(answered).asString()).isEqualTo("somebody");
            assertThat(process.count("event")).as("asked, not undone").isEqualTo(5);
        }
    }

    @OnBothDatabases
    void aFailureAmongAttemptsIsAnAnswerAndStaysOne(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            Program program = (context, input) -> {
                LeafStep broken = new LeafStep("broken", "work", Json.object().put("n", 1), () -> {
                    effects.merge("broken", 1, Integer::sum);
                    throw new Problem(422, "refused", "no");
                });
                ArrayNode ends = Json.array();
                for (ProgramContext.Attempt attempt : context.attempts(List.of(leaf("fine"), broken))) {
                    ends.add(attempt.code() == null ? attempt.output().asString() : attempt.code());
                }
                // A wait in between: what follows is a replay.
                context.awaitTime("pause", context.createdTime() + 1_000);
                return ends;
            };
            UUID id = process.submit(program);
            RunRecord end = finish(process, id);
            assertThat(end.status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(end.output().json()).isEqualTo(Json.parse("[\"did fine\",\"refused\"]"));
            assertThat(effects).containsExactlyInAnyOrderEntriesOf(Map.of("fine", 1, "broken", 1));
            StepRecord broken = process.steps(id).stream()
                    .filter(step -> step.key().equals("broken"))
                    .findFirst()
                    .orElseThrow();
            assertThat(broken.status()).isEqualTo("failed");
            assertThat(broken.input()).isEqualTo(Json.parse("{\"n\":1}"));
        }
    }
}
