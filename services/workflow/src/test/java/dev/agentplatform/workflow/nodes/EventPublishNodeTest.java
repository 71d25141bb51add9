package dev.agentplatform.workflow.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.engine.Outcome;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventPublishNodeTest {
    private static Outcome.Done run(String config, String input) throws Exception {
        Clock clock = Clock.fixed(Instant.ofEpochMilli(NodeContexts.NOW), ZoneOffset.UTC);
        return (Outcome.Done) new EventPublishNode(Outbox.unheard(clock))
                .prepare(Json.parse(config))
                .execute(NodeContexts.input(input));
    }

    @Test
    void theEventIsOneRowBesideTheOutcome() throws Exception {
        String config = "{\"event_type\":\"order.{{input.what}}\",\"aggregate_type\":\"order\","
                + "\"aggregate_id\":\"{{input.id}}\",\"payload\":{\"total\":\"{{input.total}}\"}}";
        Outcome.Done done = run(config, "{\"what\":\"paid\",\"id\":12,\"total\":9.5}");

        assertThat(done.rows()).hasSize(1);
        UUID id = (UUID) done.rows().getFirst().values()[0];
        assertThat(done.rows().getFirst().shape().table()).isEqualTo("event");
        assertThat(done.rows().getFirst().values())
                .containsExactly(
                        id,
                        "w1",
                        "order.paid",
                        "workflow",
                        "order",
                        "12",
                        NodeContexts.NOW * 1_000,
                        NodeContexts.NOW,
                        "{\"total\":9.5}");
        assertThat(Ids.timeMs(id)).isEqualTo(NodeContexts.NOW);
        assertThat(done.output().path("event_id").asString()).isEqualTo(id.toString());
    }

    @Test
    void aRepeatedTurnPublishesTheSameEvent() throws Exception {
        Object first = run("{\"event_type\":\"a\"}", "{}").rows().getFirst().values()[0];
        Object second = run("{\"event_type\":\"a\"}", "{}").rows().getFirst().values()[0];
        assertThat(second).isEqualTo(first);
    }

    @Test
    void withoutAnAggregateItBelongsToTheRun() throws Exception {
        Outcome.Done done = run("{\"event_type\":\"a\"}", "{}");
        assertThat(done.output().path("aggregate_type").asString()).isEqualTo("run");
        assertThat(done.output().path("aggregate_id").asString()).isEqualTo(NodeContexts.RUN.toString());
    }

    @Test
    void refusesAnEventWithoutATypeAndSecrets() {
        assertThatThrownBy(() -> run("{\"event_type\":\"{{input.none}}\"}", "{}"))
                .isInstanceOf(Problem.class);
        assertThatThrownBy(() -> run("{\"event_type\":\"a\",\"payload\":\"{{secrets.KEY}}\"}", "{}"))
                .isInstanceOf(Problem.class);
    }
}
