package dev.agentplatform.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoadTest {
    @Test
    void doesEachPieceOnce() throws Exception {
        AtomicInteger done = new AtomicInteger();
        Load.Measured measured = Load.closed(1_000, 8, _ -> done.incrementAndGet());

        assertThat(done).hasValue(1_000);
        assertThat(measured.count()).isEqualTo(1_000);
        assertThat(measured.latencies().count()).isEqualTo(1_000);
        assertThat(measured.perSecond()).isPositive();
    }

    @Test
    void stopsAtTheFirstFailureAndTellsIt() {
        AtomicInteger tried = new AtomicInteger();
        assertThatThrownBy(() -> Load.closed(1_000_000, 1, _ -> {
                    if (tried.incrementAndGet() == 3) throw new IllegalStateException("the third");
                }))
                .hasMessage("the third");
        assertThat(tried).hasValue(3);
    }
}
