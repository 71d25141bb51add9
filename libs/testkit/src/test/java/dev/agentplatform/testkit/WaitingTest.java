package dev.agentplatform.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WaitingTest {
    @Test
    void theClockStandsStillUntilItIsMoved() {
        TestClock clock = new TestClock();
        assertThat(clock.instant()).isEqualTo(TestClock.START);
        clock.advance(Duration.ofSeconds(5));
        assertThat(clock.millis()).isEqualTo(TestClock.START.toEpochMilli() + 5_000);
        clock.set(TestClock.START);
        assertThat(clock.instant()).isEqualTo(TestClock.START);
    }

    @Test
    void eachSignalAnswersOneWait() {
        RecordingSignals signals = new RecordingSignals(Duration.ofMillis(20));
        signals.happened("claimed", 1);
        signals.happened("other", 2);
        signals.happened("claimed", 3);
        assertThat(signals.count("claimed")).isEqualTo(2);
        assertThat(signals.await("claimed", subject -> subject.equals(3))).isEqualTo(3);
        assertThat(signals.await("claimed")).isEqualTo(1);
        assertThatThrownBy(() -> signals.await("claimed"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no signal 'claimed'")
                .hasMessageContaining("other");
    }

    @Test
    void aSignalOfAnotherThreadEndsTheWait() {
        RecordingSignals signals = new RecordingSignals();
        Thread.startVirtualThread(() -> signals.happened("done", "x"));
        assertThat(signals.await("done")).isEqualTo("x");
    }

    @Test
    void awaitLooksUntilTheConditionHolds() {
        AtomicInteger looks = new AtomicInteger();
        Await.until(() -> looks.incrementAndGet() == 3, "three looks");
        assertThat(looks).hasValue(3);
        assertThatThrownBy(() -> Await.until(
                        () -> {
                            throw new java.io.IOException("no");
                        },
                        "never"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("never");
    }
}
