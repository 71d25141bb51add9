package dev.agentplatform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.events.Follower;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** Text of steps that run: durable before it is shown, each piece once, gone some time after the run. */
class TokensTest {
    private static List<JsonNode> texts(TestProcess process, UUID run) {
        return process.events(run).stream()
                .filter(LogEvent::isTransient)
                .map(event -> Json.parse(event.json()))
                .toList();
    }

    /** The text as a follower puts it together: pieces in their place, begun anew at a restart. */
    private static String put(List<LogEvent> events) {
        StringBuilder text = new StringBuilder();
        for (LogEvent event : events) {
            if (event.type().equals("step.restarted")) text.setLength(0);
            if (!event.isTransient()) continue;
            JsonNode json = Json.parse(event.json());
            assertThat(json.get("offset").asInt()).isEqualTo(text.length());
            assertThat(json.get("transient").asBoolean()).isTrue();
            text.append(json.get("text").asString());
        }
        return text.toString();
    }

    @OnBothDatabases
    void theFirstPieceGoesAtOnceAndTheOthersGather(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            Semaphore goOn = new Semaphore(0);
            UUID id = process.submit(new Flows.Draft()
                    .streaming("a", context -> {
                        for (String word : List.of("one ", "two ", "three ", "four")) {
                            goOn.acquire();
                            context.tokens().text(word);
                        }
                        goOn.acquire();
                        return Outcome.done(Json.nothing(), "one two three four");
                    })
                    .flow());
            goOn.release();
            Await.until(() -> texts(process, id).size() == 1, "the first piece, with no clock that moves");
            goOn.release(2);
            // The clock stands: what comes now has to wait.
            Await.until(() -> process.timers.count() == 1, "a timer for what gathers");
            assertThat(texts(process, id)).hasSize(1);
            process.clock.advance(Duration.ofMillis(TokenStream.APART_MS_MIN));
            process.timers.fire(process.clock.millis());
            Await.until(() -> texts(process, id).size() == 2, "the second event");
            goOn.release(2);
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(put(process.events(id))).isEqualTo("one two three four");
            assertThat(process.eventTypes(id))
                    .containsSubsequence("step.started", "step.text", "step.text", "step.completed", "run.completed");
            assertThat(texts(process, id).getFirst().get("node_id").asString()).isEqualTo("a");
            assertThat(texts(process, id).getFirst().get("attempt").asInt()).isEqualTo(1);
        }
    }

    @OnBothDatabases
    void whatIsShownIsDurableAndComesOnceWhateverTheSpeed(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            StringBuilder whole = new StringBuilder();
            Random random = new Random(5);
            List<String> pieces = new ArrayList<>();
            for (int i = 0; i < 3_000; i++)
                pieces.add("w" + random.nextInt(1_000_000) + (i % 7 == 0 ? "\uD83D\uDE00" : " "));
            pieces.forEach(whole::append);
            UUID version = process.flows.add(new Flows.Draft()
                    .streaming("a", context -> {
                        pieces.forEach(context.tokens()::text);
                        return Outcome.done(Json.nothing(), "done");
                    })
                    .flow());
            UUID id = process.ids.nextRun();
            Follower follower = new Follower(database, process.live);
            List<LogEvent> seen = new ArrayList<>();
            AtomicInteger notDurable = new AtomicInteger();
            Thread reader = Thread.startVirtualThread(() -> {
                try {
                    while (!follower.follow("public", id, seen.size(), sink(process, id, seen, notDurable))) {}
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            });
            process.engine.submit(process.submission(id, version, RunOptions.USUAL));
            Await.until(
                    () -> {
                        process.advance(30);
                        return process.run(id).status().ended();
                    },
                    "the end");
            reader.join();
            assertThat(put(seen)).isEqualTo(whole.toString());
            assertThat(seen).isEqualTo(process.events(id));
            assertThat(notDurable).hasValue(0);
            assertThat(texts(process, id).size()).as("gathered").isLessThan(200);
        }
    }

    private static Follower.Sink sink(TestProcess process, UUID run, List<LogEvent> seen, AtomicInteger notDurable) {
        return new Follower.Sink() {
            @Override
            public void event(LogEvent event) {
                seen.add(event);
                boolean stored = process.database
                        .read(sql -> sql.one(
                                "SELECT seq FROM run_event WHERE run_id = ? AND workspace_id = ? AND seq <= ?"
                                        + " AND seq + n > ?",
                                row -> row.number("seq"),
                                run,
                                "public",
                                event.seq(),
                                event.seq()))
                        .isPresent();
                if (!stored) notDurable.incrementAndGet();
            }

            @Override
            public void idle() {}

            @Override
            public long waitMillis() {
                return 20;
            }

            @Override
            public boolean open() {
                return true;
            }
        };
    }

    @OnBothDatabases
    void nobodyAskedNothingIsWritten(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.submit(new Flows.Draft()
                    .effect("a", context -> {
                        context.tokens().text("unseen");
                        return Outcome.done(Json.nothing());
                    })
                    .flow());
            process.end(id);
            assertThat(texts(process, id)).isEmpty();
        }
    }

    @OnBothDatabases
    void afterACrashTheStepIsRestartedAndItsTextBeginsAnew(Database database) throws Exception {
        UUID instance = UUID.randomUUID();
        CountDownLatch half = new CountDownLatch(1);
        AtomicInteger lives = new AtomicInteger();
        TestProcess.Options options = new TestProcess.Options(instance, Engine.Limits.USUAL, Secrets.NONE);
        try (TestProcess old = new TestProcess(database, new TestClock(), new Flows(), options)) {
            UUID id = old.submit(new Flows.Draft()
                    .streaming("a", context -> {
                        int life = lives.incrementAndGet();
                        context.tokens().text("life " + life);
                        if (life == 1) {
                            half.countDown();
                            new CountDownLatch(1).await();
                        }
                        context.tokens().text(", whole");
                        return Outcome.done(Json.nothing(), "life " + life + ", whole");
                    })
                    .flow());
            half.await();
            Await.until(() -> texts(old, id).size() == 1, "the text of the first life");
            old.kill();
            try (TestProcess next = old.another(database, instance)) {
                RunRecord end = next.end(id);
                assertThat(put(next.events(id)))
                        .isEqualTo("life 2, whole")
                        .isEqualTo(end.output().text());
                assertThat(next.eventTypes(id))
                        .containsSubsequence("step.text", "step.restarted", "step.text", "step.completed");
            }
        }
    }

    @OnBothDatabases
    void aSecretIsMaskedHoweverItIsCutUp(Database database) {
        Secrets secrets = new Secrets(Map.of("KEY", "sesame-open"));
        TestProcess.Options options = new TestProcess.Options(UUID.randomUUID(), Engine.Limits.USUAL, secrets);
        try (TestProcess process = new TestProcess(database, new TestClock(), new Flows(), options)) {
            String text = "say sesame-open and ses, then sesame-ope";
            UUID id = process.submit(new Flows.Draft()
                    .streaming("a", context -> {
                        for (int i = 0; i < text.length(); i++) {
                            context.tokens().text(text.substring(i, i + 1));
                        }
                        return Outcome.done(Json.nothing());
                    })
                    .flow());
            Await.until(
                    () -> {
                        process.advance(50);
                        return process.run(id).status().ended();
                    },
                    "the end");
            assertThat(put(process.events(id))).isEqualTo("say **** and ses, then sesame-ope");
        }
    }

    @OnBothDatabases
    void theTextGoesTenMinutesAfterTheEndAndReadersPassOverTheHoles(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.submit(new Flows.Draft()
                    .streaming("a", context -> {
                        context.tokens().text("first");
                        return Outcome.done(Json.nothing());
                    })
                    .streaming("b", context -> {
                        context.tokens().text("second");
                        return Outcome.done(Json.nothing());
                    })
                    .arrows("a>b")
                    .flow());
            process.end(id);
            CountDownLatch goOn = new CountDownLatch(1);
            UUID live = process.submit(new Flows.Draft()
                    .streaming("a", context -> {
                        context.tokens().text("live");
                        goOn.await();
                        return Outcome.done(Json.nothing());
                    })
                    .flow());
            Await.until(() -> texts(process, live).size() == 1, "the text of the live run");
            List<LogEvent> all = process.events(id);
            TransientSweep sweep = new TransientSweep(database, process.clock);
            process.clock.advance(Duration.ofMinutes(9));
            assertThat(sweep.sweep()).isZero();
            process.clock.advance(Duration.ofMinutes(2));
            assertThat(sweep.sweep()).isEqualTo(2);
            assertThat(texts(process, live)).as("a live log has no holes").hasSize(1);
            List<LogEvent> left =
                    all.stream().filter(event -> !event.isTransient()).toList();
            for (long last = 0; last < all.size(); last++) {
                List<LogEvent> seen = new ArrayList<>();
                boolean ended = new Follower(database, process.live)
                        .follow("public", id, last, sink(process, id, seen, new AtomicInteger()));
                assertThat(ended).isTrue();
                long after = last;
                assertThat(seen)
                        .isEqualTo(left.stream()
                                .filter(event -> event.seq() > after)
                                .toList());
            }
            goOn.countDown();
            process.end(live);
        }
    }

    @OnBothDatabases
    void aProgramShowsTheTextOfItsSteps(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.submit((Executable.Program) (context, input) -> {
                context.tokens("model:1").text("too early");
                return context.step("model:1", "model", Json.nothing(), () -> {
                    context.tokens("model:1").text("hello ");
                    context.tokens("model:1").text("world");
                    return Json.text("hello world");
                });
            });
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(put(process.events(id))).isEqualTo("hello world");
            assertThat(texts(process, id).getFirst().get("key").asString()).isEqualTo("model:1");
        }
    }
}
