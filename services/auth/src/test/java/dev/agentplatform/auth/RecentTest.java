package dev.agentplatform.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.testkit.TestClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RecentTest {
    private final TestClock clock = new TestClock();
    private final AtomicInteger reads = new AtomicInteger();
    private final Recent<String, Integer> recent = new Recent<>(clock);

    private Integer get() {
        return recent.get("a", key -> reads.incrementAndGet());
    }

    @Test
    void aValueIsReadOnceASecond() {
        for (int i = 0; i < 100; i++) assertThat(get()).isEqualTo(1);
        clock.advance(Duration.ofMillis(999));
        assertThat(get()).isEqualTo(1);
        clock.advance(Duration.ofMillis(1));
        assertThat(get()).isEqualTo(2);
        assertThat(get()).isEqualTo(2);
    }

    @Test
    void whileOneReadsTheOthersGoOnForASecondAndNoLonger() {
        get();
        clock.advance(Duration.ofMillis(1_500));
        int seen = recent.get("a", key -> {
            assertThat(get()).isEqualTo(1);
            clock.advance(Duration.ofMillis(500));
            assertThat(get()).isEqualTo(2);
            return 99;
        });
        assertThat(seen).isEqualTo(99);
    }

    @Test
    void whatWasReadBeforeAChangeIsNotKept() {
        int old = recent.get("a", key -> {
            recent.forget("a");
            return 99;
        });
        assertThat(old).isEqualTo(99);
        assertThat(get()).isEqualTo(1);
        recent.forgetAll();
        assertThat(get()).isEqualTo(2);
    }

    @Test
    void whatThereIsNotIsLookedForEachTime() {
        assertThat(recent.get("b", key -> null)).isNull();
        assertThat(recent.get("b", key -> 7)).isEqualTo(7);
    }

    @Test
    void aFailedReadIsTriedAgainAtTheLatestASecondLater() {
        get();
        clock.advance(Duration.ofMillis(1_200));
        try {
            recent.get("a", key -> {
                throw new IllegalStateException("no database");
            });
        } catch (IllegalStateException expected) {
            assertThat(get()).isEqualTo(1);
        }
        clock.advance(Duration.ofMillis(800));
        assertThat(get()).isEqualTo(2);
    }

    @Test
    void itHoldsSoManyValuesAndNoMore() {
        for (int i = 0; i < 50_000; i++) {
            int value = i;
            assertThat(recent.get("k" + i, key -> value)).isEqualTo(i);
        }
        assertThat(recent.size()).isLessThanOrEqualTo(10_000);
    }
}
