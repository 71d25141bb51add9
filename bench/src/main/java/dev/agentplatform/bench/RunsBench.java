package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.Latencies;
import dev.agentplatform.bench.harness.Load;
import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Processes;
import dev.agentplatform.bench.harness.Result;
import dev.agentplatform.store.Metrics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Durable runs of three no-op steps, in process, next to what the same writes cost by hand. Rounds alternate, so that
 * a noisy machine disturbs both sides alike.
 */
final class RunsBench {
    private static final long WAIT_MS = 60_000;

    /** @param alone runs made one at a time, for their latency */
    private record Plan(int runs, int rounds, int warm, int alone, int callers, boolean floor) {}

    private interface Side {
        void run() throws Exception;
    }

    private record Round(double perSecond, double cpuMsPerRun) {}

    private RunsBench() {}

    static void measure(Options options) throws Exception {
        Plan plan = new Plan(
                options.number("n", 10_000),
                options.number("rounds", 5),
                options.number("warm", 5_000),
                options.number("alone", 300),
                options.number("callers", 64),
                options.text("floor", "yes").equals("yes"));
        try (Stores stores = Stores.from(options, "sqlite,postgresql")) {
            options.complete();
            for (String kind : stores.kinds()) measure(kind, stores, plan);
        }
    }

    private static void measure(String kind, Stores stores, Plan plan) throws Exception {
        Flows flows = new Flows();
        UUID version = flows.addThreeSteps();
        try (EngineRuns engine = new EngineRuns(stores.migrated(kind, "engine"), flows);
                GroupCommitFloor floor = new GroupCommitFloor(stores.fresh(kind, "floor"))) {
            Side product = () -> engine.run(version, WAIT_MS);
            Side byHand = floor::run;
            List<Round> products = new ArrayList<>();
            List<Round> floors = new ArrayList<>();
            warmUp(kind, "engine", product, plan);
            if (plan.floor()) warmUp(kind, "floor", byHand, plan);
            for (int round = 1; round <= plan.rounds(); round++) {
                products.add(round(kind, "engine", product, stores, plan, engine.metrics()));
                if (plan.floor()) floors.add(round(kind, "floor", byHand, stores, plan, null));
            }
            summary(kind, products, floors);
        }
    }

    private static void warmUp(String kind, String name, Side side, Plan plan) throws Exception {
        Load.closed(plan.warm(), Math.min(16, plan.callers()), _ -> side.run());
        Latencies alone = Load.closed(plan.alone(), 1, _ -> side.run()).latencies();
        new Result("runs_alone")
                .put("store", kind)
                .put("side", name)
                .put("alone", alone)
                .print();
    }

    /** @param metrics of the engine's database; null for the floor, which has none */
    private static Round round(String kind, String name, Side side, Stores stores, Plan plan, Metrics metrics)
            throws Exception {
        long batches = metrics == null ? 0 : metrics.batches();
        long rows = metrics == null ? 0 : metrics.rows();
        double cpu = Processes.ownCpuMs();
        double storeCpu = stores.cpuMs(kind);
        Load.Measured load = Load.closed(plan.runs(), plan.callers(), _ -> side.run());
        double cpuPerRun = (Processes.ownCpuMs() - cpu) / plan.runs();
        double storeCpuPerRun = (stores.cpuMs(kind) - storeCpu) / plan.runs();
        Result result = new Result("runs")
                .put("store", kind)
                .put("side", name)
                .put("n", plan.runs())
                .put("runs_s", load.perSecond())
                .put("loaded", load.latencies())
                .put("process_cpu_ms_per_run", cpuPerRun)
                .put("store_cpu_ms_per_run", storeCpuPerRun);
        if (metrics != null) {
            result.put("batches_s", (metrics.batches() - batches) / load.seconds())
                    .put("rows_per_run", (metrics.rows() - rows) / (double) plan.runs());
        }
        result.print();
        return new Round(load.perSecond(), cpuPerRun + storeCpuPerRun);
    }

    private static void summary(String kind, List<Round> engine, List<Round> floor) {
        double perSecond = median(engine.stream().map(Round::perSecond).collect(Collectors.toList()));
        Result result = new Result("runs_summary")
                .put("store", kind)
                .put("runs_s", perSecond)
                .put(
                        "cpu_ms_per_run",
                        median(engine.stream().map(Round::cpuMsPerRun).collect(Collectors.toList())));
        if (!floor.isEmpty()) {
            double floorPerSecond = median(floor.stream().map(Round::perSecond).collect(Collectors.toList()));
            result.put("floor_runs_s", floorPerSecond)
                    .put(
                            "floor_cpu_ms_per_run",
                            median(floor.stream().map(Round::cpuMsPerRun).collect(Collectors.toList())))
                    .put("ratio_to_floor", perSecond / floorPerSecond);
        }
        result.print();
    }

    private static double median(List<Double> values) {
        Collections.sort(values);
        return values.get(values.size() / 2);
    }
}
