package dev.agentplatform.bench.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The seeds that every build runs; {@link SimulationMain} runs more of them. */
class SimulationTest {
    @Test
    void noSeedBreaksAnInvariant() throws Exception {
        Simulation.Report report = SimulationMain.run(1, 200);
        // A storm without crashes or work would prove nothing.
        assertThat(report.crashes()).isGreaterThan(100);
        assertThat(report.commits()).isGreaterThan(10_000);
    }
}
