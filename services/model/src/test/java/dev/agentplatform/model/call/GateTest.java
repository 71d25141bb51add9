package dev.agentplatform.model.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.agentplatform.model.provider.Limits;
import org.junit.jupiter.api.Test;

class GateTest {
    private static Limits limits(Integer perMinute, Integer concurrency, int failures, int pauseMs) {
        return new Limits(null, null, null, null, null, perMinute, concurrency, 0, failures, pauseMs)
                .over(Limits.DEFAULT);
    }

    private static String refused(Gate gate) {
        return catchThrowableOfType(ModelError.class, gate::enter).error().code();
    }

    @Test
    void noMoreThanAllowedAreInsideAtATime() throws Exception {
        Gate gate = new Gate("m", limits(null, 2, 0, 1_000));
        gate.enter();
        gate.enter();
        assertThat(refused(gate)).isEqualTo("concurrency_limit_exceeded");
        gate.leave();
        gate.enter();
    }

    @Test
    void noMoreThanAllowedComeInAMinute() throws Exception {
        Gate gate = new Gate("m", limits(3, null, 0, 1_000));
        for (int i = 0; i < 3; i++) gate.enter();
        ModelError refused = catchThrowableOfType(ModelError.class, gate::enter);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.retryAfterSeconds()).isBetween(1, 21);
    }

    @Test
    void afterFailuresInARowOneMayTryWhetherItWorksAgain() throws Exception {
        Gate gate = new Gate("m", limits(null, null, 3, 60_000));
        gate.failed();
        gate.failed();
        gate.succeeded();
        gate.failed();
        gate.failed();
        gate.enter();
        gate.failed();
        assertThat(refused(gate)).isEqualTo("circuit_open");

        Gate quick = new Gate("m", limits(null, null, 1, 1));
        quick.failed();
        while (true) {
            try {
                quick.enter();
                break;
            } catch (ModelError notYet) {
                Thread.onSpinWait();
            }
        }
        quick.succeeded();
        quick.enter();
    }
}
