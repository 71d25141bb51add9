package dev.agentplatform.event;

import dev.agentplatform.events.Delivery;
import dev.agentplatform.events.DeliveryTable;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What becomes of deliveries that failed: the first of each aggregate has used up an attempt, the others wait behind it. */
record Setback(String error, int attemptsMax, long firstDelayMs, long now) {
    /** Returns the aggregates that must wait, and until when. */
    Map<String, Long> write(Sql sql, List<Delivery> failed) throws SQLException {
        Map<String, Long> until = new HashMap<>();
        Set<String> met = new HashSet<>();
        for (Delivery one : failed) {
            String aggregate = one.event().aggregate();
            int attempts = one.attempts() + 1;
            if (!met.add(aggregate)) {
                // Behind a dead one it is its turn now.
                Long waits = until.get(aggregate);
                if (waits != null) DeliveryTable.postponed(sql, List.of(one.id()), waits);
            } else if (attempts >= attemptsMax) {
                DeliveryTable.dead(sql, one.id(), attempts, error);
            } else {
                long next = now + Backoff.delay(firstDelayMs, attempts);
                until.put(aggregate, next);
                DeliveryTable.failed(sql, one.id(), attempts, next, error);
            }
        }
        return until;
    }
}
