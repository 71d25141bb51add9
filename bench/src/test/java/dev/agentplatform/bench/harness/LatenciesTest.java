package dev.agentplatform.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void tellsQuantilesInMilliseconds() {
        Latencies latencies = new Latencies();
        for (int ms = 2_000; ms >= 1; ms--) latencies.add(ms * 1_000_000L);

        assertThat(latencies.count()).isEqualTo(2_000);
        assertThat(latencies.ms(0)).isEqualTo(1);
        assertThat(latencies.ms(0.5)).isEqualTo(1_001);
        assertThat(latencies.ms(0.99)).isEqualTo(1_981);
        assertThat(latencies.ms(1)).isEqualTo(2_000);
    }

    @Test
    void takesMoreAfterItWasAsked() {
        Latencies latencies = new Latencies();
        assertThat(latencies.ms(0.5)).isZero();
        latencies.add(5_000_000);
        assertThat(latencies.ms(0.5)).isEqualTo(5);
        latencies.add(1_000_000);
        assertThat(latencies.ms(0)).isEqualTo(1);
    }
}
