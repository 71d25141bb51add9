package dev.agentplatform.app;

import dev.agentplatform.store.Metrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The figures of the engine and its store, for {@code /metrics}. What to watch is in docs/operations.md. */
final class EngineMetrics {
    private EngineMetrics() {}

    static void register(MeterRegistry registry, Platform platform) {
        Metrics store = platform.database().metrics();
        counter(registry, "agent_platform_commits", "Group commits", store, Metrics::batches);
        counter(registry, "agent_platform_units", "State changes made durable", store, Metrics::units);
        counter(registry, "agent_platform_units_refused", "State changes refused by a fence", store, Metrics::refused);
        counter(registry, "agent_platform_rows", "Rows written by group commits", store, Metrics::rows);
        counter(registry, "agent_platform_closures", "Transactions beside the group commits", store, Metrics::closures);
        counter(registry, "agent_platform_reads", "Reads", store, Metrics::reads);
        counter(registry, "agent_platform_commit_failures", "Group commits that failed", store, Metrics::failedBatches);
        counter(registry, "agent_platform_database_reconnects", "Connections made anew", store, Metrics::reconnects);
        counter(
                registry,
                "agent_platform_commit_seconds",
                "Time spent in group commits",
                store,
                metrics -> metrics.batchNanos() / (double) TimeUnit.SECONDS.toNanos(1));
        gauge(
                registry,
                "agent_platform_units_waiting",
                "State changes that wait for a commit",
                store,
                Metrics::waiting);
        gauge(registry, "agent_platform_wal_bytes", "Size of SQLite's write-ahead log", store, Metrics::walBytes);
        gauge(
                registry,
                "agent_platform_runs_owned",
                "Runs that this process owns",
                platform,
                all -> all.engine().owned());
        gauge(
                registry,
                "agent_platform_followers",
                "Open event streams of runs",
                platform,
                all -> all.process().live().followers());
    }

    private static <T> void counter(
            MeterRegistry registry, String name, String help, T source, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, source, value).description(help).register(registry);
    }

    private static <T> void gauge(
            MeterRegistry registry, String name, String help, T source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value).description(help).register(registry);
    }
}
