package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.ChildServer;
import dev.agentplatform.bench.harness.Latencies;
import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long the program takes until it answers, with and without its start-up cache, and what it takes when idle. */
final class StartBench {
    private StartBench() {}

    static void measure(Options options) throws Exception {
        int starts = options.number("n", 5);
        int idleSeconds = options.number("idle", 10);
        options.complete();
        Path cache = Path.of("app/target/agent-platform.aot");
        if (!Files.exists(cache) || Files.size(cache) == 0) {
            throw new IllegalStateException("there is no start-up cache: run ./agent-platform --train");
        }
        // Alternating, so that a noisy machine disturbs both alike.
        Latencies cached = new Latencies();
        Latencies plain = new Latencies();
        for (int start = 0; start < starts; start++) {
            cached.add(readyNanos(Map.of()));
            plain.add(readyNanos(Map.of("AGENT_PLATFORM_JAVA_OPTS", "-XX:AOTMode=off")));
        }
        double rss;
        double cpuShare;
        try (ChildServer server = ChildServer.start(Map.of())) {
            TimeUnit.SECONDS.sleep(idleSeconds);
            double cpu = server.cpuMs();
            rss = server.rssMb();
            TimeUnit.SECONDS.sleep(idleSeconds);
            cpuShare = (server.cpuMs() - cpu) / (idleSeconds * 1_000.0);
        }
        new Result("start")
                .put("n", starts)
                .put("cache_mb", Files.size(cache) / 1e6)
                .put("with_cache_p50_ms", cached.ms(0.5))
                .put("with_cache_best_ms", cached.ms(0))
                .put("without_cache_p50_ms", plain.ms(0.5))
                .put("without_cache_best_ms", plain.ms(0))
                .put("idle_rss_mb", rss)
                .put("idle_cpu_share", cpuShare)
                .print();
    }

    private static long readyNanos(Map<String, String> environment) throws Exception {
        try (ChildServer server = ChildServer.start(environment)) {
            return (long) (server.readyMs() * 1e6);
        }
    }
}
