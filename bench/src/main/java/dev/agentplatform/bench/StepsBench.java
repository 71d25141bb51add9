package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Result;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import java.util.List;
import java.util.UUID;

/** One run of very many steps: does the last step cost what the first did, in time and in memory? */
final class StepsBench {
    private static final long WAIT_MS = 3_600_000;
    private static final int STEPS_PER_TURN = 2;

    private StepsBench() {}

    static void measure(Options options) throws Exception {
        int steps = options.number("n", 100_000);
        int window = options.number("window", 10_000);
        try (Stores stores = Stores.from(options, "sqlite,postgresql")) {
            options.complete();
            for (String kind : stores.kinds()) {
                Flows flows = new Flows();
                Turns turns = new Turns(kind, steps, window);
                UUID version = flows.addLoop(steps, turns);
                try (EngineRuns engine = new EngineRuns(stores.migrated(kind, "steps"), flows)) {
                    engine.run(version, WAIT_MS);
                    if (turns.done < steps) throw new IllegalStateException("ended after " + turns.done + " steps");
                }
            }
        }
    }

    /** The deciding node. Nothing else of the run is under way while it works, so it may stop and look around. */
    private static final class Turns implements NodeWork {
        private final String store;
        private final int steps;
        private final int window;
        private int done;
        private double firstMs;
        private long heapAtFirst;
        private long windowStart = System.nanoTime();

        Turns(String store, int steps, int window) {
            this.store = store;
            this.steps = steps;
            this.window = window;
        }

        @Override
        public synchronized Outcome execute(NodeContext context) {
            done += STEPS_PER_TURN;
            if (done % window == 0) report();
            String route = done < steps ? "back" : "out";
            return new Outcome.Done(Payloads.output(3), null, route, null, Json.nothing(), List.of());
        }

        private void report() {
            double ms = (System.nanoTime() - windowStart) / 1e6 / window;
            long heap = heapAfterCollection();
            boolean first = done == window;
            if (first) firstMs = ms;
            if (first) heapAtFirst = heap;
            new Result("steps")
                    .put("store", store)
                    .put("steps", done)
                    .put("ms_per_step", ms)
                    .put("of_first_window", ms / firstMs)
                    .put("heap_mb", heap / 1e6)
                    .put("heap_bytes_per_step", first ? 0.0 : (heap - heapAtFirst) / (double) (done - window))
                    .print();
            windowStart = System.nanoTime();
        }

        private static long heapAfterCollection() {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            return runtime.totalMemory() - runtime.freeMemory();
        }
    }
}
