package dev.agentplatform.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.gateway.limits.Rate.Decision;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RateTest {
    private static final long SECOND = 1_000_000_000;

    /** Whatever the times of the requests: never more than the burst and what came back meanwhile. */
    @Test
    void noWindowHoldsMoreThanBurstAndRefill() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            Rate rate = new Rate(1 + random.nextInt(1_000), 1 + random.nextInt(50));
            // Also where the clock of nanoseconds overflows.
            long now = random.nextBoolean() ? random.nextLong() : Long.MAX_VALUE - 5 * SECOND;
            long full = now;
            ArrayDeque<Long> allowed = new ArrayDeque<>();
            for (int i = 0; i < 500; i++) {
                now += random.nextInt(4) == 0 ? random.nextLong(SECOND) : random.nextLong(rate.tokenNanos() * 2);
                Decision decision = rate.take(full, now);
                full = decision.fullNanos();
                if (!decision.allowed()) continue;
                allowed.add(now);
                for (long first : allowed) {
                    long window = now - first;
                    long within =
                            allowed.stream().filter(time -> time - first >= 0).count();
                    assertThat(within).isLessThanOrEqualTo(rate.burst() + window / rate.tokenNanos() + 1);
                }
                if (allowed.size() > 60) allowed.removeFirst();
            }
        }
    }

    /** After the wait that a refusal names, and not a nanosecond earlier, there is a token. */
    @Test
    void theWaitIsExact() {
        Random random = new Random(8);
        for (int round = 0; round < 1_000; round++) {
            Rate rate = new Rate(1 + random.nextInt(10_000), 1 + random.nextInt(20));
            long now = random.nextLong();
            long full = now;
            Decision decision = rate.take(full, now);
            int taken = 0;
            while (decision.allowed()) {
                taken++;
                assertThat(decision.remaining()).isEqualTo(rate.burst() - taken);
                full = decision.fullNanos();
                decision = rate.take(full, now);
            }
            assertThat(taken).isEqualTo(rate.burst());
            assertThat(rate.take(full, now + decision.waitNanos() - 1).allowed())
                    .isFalse();
            assertThat(rate.take(full, now + decision.waitNanos()).allowed()).isTrue();
        }
    }

    @Test
    void aBucketNeverHoldsMoreThanTheBurst() {
        Rate rate = new Rate(10, 3);
        assertThat(rate.take(0, 3_600 * SECOND).remaining()).isEqualTo(2);
    }

    @Test
    void fullBucketsAreForgottenAndNewcomersShareWhenTheyAreTooMany() {
        Buckets buckets = new Buckets(new Rate(1, 2), 3, 0);
        for (String caller : new String[] {"a", "b", "c"}) buckets.take(caller, 0);
        // No room: d and e drink from one bucket.
        assertThat(buckets.take("d", 0).allowed()).isTrue();
        assertThat(buckets.take("e", 0).allowed()).isTrue();
        assertThat(buckets.take("d", 0).allowed()).isFalse();
        assertThat(buckets.take("a", 0).allowed()).isTrue();
        assertThat(buckets.size()).isEqualTo(3);
        // A second later b and c are full again.
        assertThat(buckets.take("d", SECOND).remaining()).isEqualTo(1);
        assertThat(buckets.size()).isEqualTo(2);
        assertThat(buckets.take("a", SECOND).remaining()).isEqualTo(0);
    }
}
