package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.Options;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** {@code Main <name> [option=value ...]}: runs one measurement. */
public final class Main {
    private interface Measurement {
        void measure(Options options) throws Exception;
    }

    private static final Map<String, Measurement> MEASUREMENTS = new TreeMap<>(Map.ofEntries(
            Map.entry("audit", AuditBench::measure),
            Map.entry("backlog", BacklogBench::measure),
            Map.entry("churn", ChurnBench::measure),
            Map.entry("code", CodeBench::measure),
            Map.entry("events", EventsBench::measure),
            Map.entry("followers", FollowersBench::measure),
            Map.entry("http", HttpBench::measure),
            Map.entry("jobs", JobsBench::measure),
            Map.entry("knowledge", KnowledgeBench::measure),
            Map.entry("memory", MemoryBench::measure),
            Map.entry("runs", RunsBench::measure),
            Map.entry("start", StartBench::measure),
            Map.entry("steps", StepsBench::measure)));

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        String names = String.join("|", MEASUREMENTS.keySet());
        Measurement measurement = arguments.length == 0 ? null : MEASUREMENTS.get(arguments[0]);
        if (measurement == null) {
            System.err.println("usage: bench/run.sh " + names + " [option=value ...]");
            System.exit(2);
        }
        measurement.measure(Options.parse(Arrays.asList(arguments).subList(1, arguments.length)));
        // Pools of libraries may have left threads behind.
        System.exit(0);
    }
}
