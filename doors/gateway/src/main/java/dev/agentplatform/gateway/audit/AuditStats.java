package dev.agentplatform.gateway.audit;

import dev.agentplatform.kernel.Json;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Figures over counted requests. A request is an error from status 400 on. */
final class AuditStats {
    private static final int ERROR_FROM = 400;

    /** So many requests of one service, status and step of the histogram; {@code bucket} is null for event streams. */
    record Count(String service, int status, Integer bucket, long requests) {}

    private AuditStats() {}

    static ObjectNode json(List<Count> counts) {
        ObjectNode all = figures(Json.object(), counts);
        ArrayNode services = all.putArray("by_service");
        grouped(counts, Count::service)
                .forEach((name, own) -> figures(services.addObject().put("service", name), own));
        ArrayNode classes = all.putArray("by_status_class");
        grouped(counts, count -> count.status() / 100 + "xx")
                .forEach((name, own) -> figures(classes.addObject().put("status_class", name), own));
        return all;
    }

    private static Map<String, List<Count>> grouped(List<Count> counts, Function<Count, String> by) {
        return counts.stream().collect(Collectors.groupingBy(by, TreeMap::new, Collectors.toList()));
    }

    private static ObjectNode figures(ObjectNode into, List<Count> counts) {
        long requests = sum(counts);
        long errors = sum(
                counts.stream().filter(count -> count.status() >= ERROR_FROM).toList());
        List<Count> timed = counts.stream()
                .filter(count -> count.bucket() != null)
                .sorted(Comparator.comparing(Count::bucket))
                .toList();
        return into.put("count", requests)
                .put("error_count", errors)
                .put("error_rate", requests == 0 ? 0 : (double) errors / requests)
                .put("p50_ms", percentile(timed, 0.50))
                .put("p95_ms", percentile(timed, 0.95))
                .put("p99_ms", percentile(timed, 0.99));
    }

    /** Null when nothing was timed. */
    private static Double percentile(List<Count> sorted, double share) {
        long rank = (long) Math.ceil(sum(sorted) * share);
        long seen = 0;
        for (Count count : sorted) {
            seen += count.requests();
            if (seen >= rank) return Durations.highest(count.bucket()) / 1_000.0;
        }
        return null;
    }

    private static long sum(Collection<Count> counts) {
        return counts.stream().mapToLong(Count::requests).sum();
    }
}
