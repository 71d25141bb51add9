package dev.agentplatform.engine;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Signals;
import dev.agentplatform.queue.Membership;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseSettings;
import dev.agentplatform.store.DatabaseUrl;
import dev.agentplatform.store.Migrations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

public final class HotPathBench {
    public static void main(String[] args) throws Exception {
        Path dir = Files.createTempDirectory("hot");
        String url = args.length > 0 ? args[0] : null;
        Database db = Database.open(DatabaseSettings.of(DatabaseUrl.parse(url, dir)));
        Migrations.migrate(db);
        Ids ids = new Ids(Clock.systemUTC());
        Flows flows = new Flows();
        JsonNode out = Json.parse("{\"step\":3,\"text\":\"" + "x".repeat(180) + "\"}");
        UUID version = flows.add(new Flows.Draft()
                .effect("a", c -> Outcome.done(out)).effect("b", c -> Outcome.done(out)).effect("c", c -> Outcome.done(out))
                .arrows("a>b", "b>c").flow());
        EngineProcess process = new EngineProcess(new EngineProcess.Settings(db, new Membership.Identity(UUID.randomUUID(), "bench"), Membership.Timing.USUAL,
                Clock.systemUTC(), ids, Signals.NONE, Secrets.NONE, Engine.Limits.USUAL, true), List.of(flows));
        process.start();
        JsonNode input = Json.parse("{\"task\":\"bench\",\"payload\":\"" + "y".repeat(270) + "\"}");
        for (int round = 0; round < 6; round++) {
            int n = round == 0 ? 2000 : 10000;
            AtomicInteger next = new AtomicInteger();
            long t0 = System.nanoTime();
            Thread[] threads = new Thread[64];
            for (int t = 0; t < threads.length; t++) threads[t] = Thread.ofPlatform().start(() -> {
                try {
                    while (next.getAndIncrement() < n) {
                        UUID id = ids.nextRun();
                        process.engine().submit(Submission.of(id, "public", "test", version, input));
                        RunRecord end = process.engine().awaitEnd("public", id, 30_000).orElseThrow();
                        if (!end.status().ended() || !end.result().toString().contains("\"step\":3")) throw new IllegalStateException("bad " + end);
                    }
                } catch (Exception e) { e.printStackTrace(); System.exit(1); }
            });
            for (Thread t : threads) t.join();
            double s = (System.nanoTime() - t0) / 1e9;
            System.out.printf("%d runs in %.2f s: %.0f runs/s%n", n, s, n / s);
        }
        long[] lat = new long[300];
        for (int i = 0; i < lat.length; i++) {
            long t = System.nanoTime(); UUID id = ids.nextRun();
            process.engine().submit(Submission.of(id, "public", "test", version, input));
            process.engine().awaitEnd("public", id, 30_000).orElseThrow();
            lat[i] = System.nanoTime() - t;
        }
        java.util.Arrays.sort(lat);
        System.out.printf("alone p50 %.2f ms p99 %.2f ms%n", lat[150] / 1e6, lat[297] / 1e6);
        process.stop();
        db.close();
        System.exit(0);
    }
}
