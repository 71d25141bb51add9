package dev.agentplatform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.events.Follower;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** A reader that goes and comes back at random sees each event once and in order. */
class FollowerTest {
    private static final int FOLLOWERS = 8;

    @OnBothDatabases
    void everyFollowerSeesTheExactLogOnce(Database database) throws Exception {
        try (TestProcess process = TestProcess.start(database)) {
            Flows.Draft draft = new Flows.Draft();
            for (int i = 0; i < 60; i++)
                draft.effect("n" + i, context -> Outcome.done(Json.object().put("n", 1)));
            for (int i = 1; i < 60; i++) draft.arrows("n" + (i - 1) + ">n" + i);
            UUID version = process.flows.add(draft.flow());
            UUID id = process.ids.nextRun();
            Follower follower = new Follower(database, process.live);
            List<CompletableFuture<List<LogEvent>>> all = new ArrayList<>();
            for (int seed = 0; seed < FOLLOWERS; seed++) {
                CompletableFuture<List<LogEvent>> seen = new CompletableFuture<>();
                all.add(seen);
                Random random = new Random(seed);
                Thread.startVirtualThread(() -> {
                    try {
                        seen.complete(follow(follower, id, random));
                    } catch (Exception failure) {
                        seen.completeExceptionally(failure);
                    }
                });
            }
            process.engine.submit(process.submission(id, version, RunOptions.USUAL));
            process.end(id);
            List<LogEvent> log = process.events(id);
            assertThat(log)
                    .extracting(LogEvent::seq)
                    .isEqualTo(LongStream.rangeClosed(1, log.size()).boxed().toList());
            for (CompletableFuture<List<LogEvent>> seen : all) {
                assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo(log);
            }
            assertThat(process.live.followers()).isZero();
        }
    }

    private static List<LogEvent> follow(Follower follower, UUID id, Random random) throws Exception {
        List<LogEvent> seen = new ArrayList<>();
        while (true) {
            int patience = 1 + random.nextInt(30);
            Follower.Sink sink = new Follower.Sink() {
                private int left = patience;

                @Override
                public void event(LogEvent event) {
                    seen.add(event);
                    left--;
                }

                @Override
                public void idle() {
                    left--;
                }

                @Override
                public long waitMillis() {
                    return 20;
                }

                @Override
                public boolean open() {
                    return left > 0;
                }
            };
            long last = seen.isEmpty() ? 0 : seen.getLast().seq();
            if (follower.follow("public", id, last, sink)) return seen;
        }
    }
}
