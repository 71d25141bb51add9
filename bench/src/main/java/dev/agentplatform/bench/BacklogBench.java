package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.Latencies;
import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Result;
import dev.agentplatform.queue.Dispatcher;
import dev.agentplatform.store.Database;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Does a claim cost more when a million runs wait than when a thousand do? */
final class BacklogBench {
    /** @param atOnce how many tasks one claim takes */
    private record Plan(int claims, List<Integer> atOnce) {}

    private BacklogBench() {}

    static void measure(Options options) throws Exception {
        int claims = options.number("n", 2_000);
        List<Integer> sizes = options.list("sizes", "1000,1000000").stream()
                .map(Integer::valueOf)
                .toList();
        List<Integer> atOnce =
                options.list("at_once", "1,16").stream().map(Integer::valueOf).toList();
        try (Stores stores = Stores.from(options, "sqlite,postgresql")) {
            options.complete();
            for (String kind : stores.kinds()) {
                Map<Integer, Double> smallest = new LinkedHashMap<>();
                for (int size : sizes) measure(kind, stores, size, new Plan(claims, atOnce), smallest);
            }
        }
    }

    private static void measure(String kind, Stores stores, int size, Plan plan, Map<Integer, Double> smallest)
            throws Exception {
        try (Database database = stores.migrated(kind, "backlog_" + size)) {
            long start = System.nanoTime();
            Backlog.add(database, size);
            double filledSeconds = (System.nanoTime() - start) / 1e9;
            for (int atOnce : plan.atOnce()) {
                Latencies latencies = claim(database, atOnce, plan.claims());
                double median = latencies.ms(0.5);
                smallest.putIfAbsent(atOnce, median);
                new Result("backlog")
                        .put("store", kind)
                        .put("queued", size)
                        .put("filled_s", filledSeconds)
                        .put("claimed_at_once", atOnce)
                        .put("claims", latencies.count())
                        .put("claim", latencies)
                        .put("of_first_size", median / smallest.get(atOnce))
                        .print();
            }
        }
    }

    /** Times the dispatcher's turns that claimed something; what they took goes back, outside the time. */
    private static Latencies claim(Database database, int atOnce, int claims) {
        List<UUID> taken = new ArrayList<>();
        Dispatcher claimer = Backlog.claimer(database, atOnce, task -> taken.add(task.ref()));
        Latencies latencies = new Latencies();
        int warm = claims / 10;
        for (int claim = 0; claim < claims + warm; claim++) {
            long start = System.nanoTime();
            int claimed = claimer.turn();
            long nanos = System.nanoTime() - start;
            if (claimed != atOnce) throw new IllegalStateException("claimed " + claimed + " instead of " + atOnce);
            if (claim >= warm) latencies.add(nanos);
            Backlog.release(database, taken);
            taken.clear();
        }
        return latencies;
    }
}
