package dev.agentplatform.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.demo.Ledger.Balance;
import dev.agentplatform.app.demo.Ledger.Outage;
import dev.agentplatform.kernel.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class LedgerTest {
    private static final Outage OUTAGE = new Outage(time(10), time(12));

    @Test
    void aStepRecordedBeforeTheKillMustNotBeDoneAgain() {
        Map<String, List<JsonNode>> runs = Map.of("run", List.of(call("k1", "send", 1, 8, 9)));
        assertThat(Ledger.balance(runs, Map.of("k1", 1), OUTAGE)).isEqualTo(new Balance(1, List.of(), List.of()));
        assertThat(Ledger.balance(runs, Map.of("k1", 2), OUTAGE).violations())
                .containsExactly("run send: 1 recorded, 2 calls");
    }

    @Test
    void aStepInFlightMayBeDoneAgain() {
        Map<String, List<JsonNode>> runs = Map.of("run", List.of(call("k1", "send", 1, 9, 14)));
        assertThat(Ledger.balance(runs, Map.of("k1", 2), OUTAGE))
                .isEqualTo(new Balance(0, List.of("run send"), List.of()));
    }

    @Test
    void attemptsShareTheirKey() {
        Map<String, List<JsonNode>> runs =
                Map.of("run", List.of(call("k1", "book", 1, 1, 2), call("k2", "book", 2, 3, 4)));
        assertThat(Ledger.balance(runs, Map.of("k1", 2), OUTAGE).violations()).isEmpty();
        assertThat(Ledger.balance(runs, Map.of("k1", 3), OUTAGE).violations()).hasSize(1);
    }

    @Test
    void aRecordedStepThatWasNeverDoneIsAViolation() {
        Map<String, List<JsonNode>> runs = Map.of("run", List.of(call("k1", "send", 1, 13, 14)));
        assertThat(Ledger.balance(runs, Map.of(), OUTAGE).violations())
                .containsExactly("run send: 1 recorded, 0 calls");
    }

    private static JsonNode call(String id, String node, int attempt, int started, int finished) {
        return Json.object()
                .put("id", id)
                .put("node_id", node)
                .put("node_type", "http-request")
                .put("status", "completed")
                .put("iteration", 0)
                .put("attempt", attempt)
                .put("started_time", time(started))
                .put("finished_time", time(finished));
    }

    private static String time(int second) {
        return "2026-01-01T00:00:%02d.000Z".formatted(second);
    }
}
