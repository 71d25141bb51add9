package dev.agentplatform.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.budget.Judgement.Breach;
import dev.agentplatform.budget.Judgement.State;
import dev.agentplatform.budget.Limit.Kind;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Seeded random limits and uses. */
class JudgementTest {
    private static final int RUNS = 5_000;

    private static Amount amount(Random random) {
        return new Amount(random.nextInt(40), random.nextInt(40), random.nextInt(3));
    }

    private static Limit limit(Random random) {
        Limit limit = Limit.NONE;
        for (Kind kind : Kind.values()) if (random.nextInt(3) > 0) limit = limit.with(kind, (long) random.nextInt(100));
        return limit;
    }

    private static State state(Random random) {
        Amount reserved = new Amount(random.nextInt(40), random.nextInt(40), 0);
        return new State(limit(random), amount(random), reserved, random.nextInt(100));
    }

    private static long of(Amount amount, Kind kind) {
        return switch (kind) {
            case COST_MICROS -> amount.cost();
            case TOKENS -> amount.tokens();
            case STEPS -> amount.steps();
            case SECONDS -> 0;
        };
    }

    @Test
    void somethingIsRefusedExactlyWhenItWouldBreakALimit() {
        Random random = new Random(1);
        int refused = 0;
        for (int run = 0; run < RUNS; run++) {
            State state = state(random);
            Amount wanted = amount(random);
            boolean breaks = false;
            for (Kind kind : Kind.values()) {
                Long max = state.limit().of(kind);
                if (max == null) continue;
                long left = max - state.taken(kind);
                breaks |= kind == Kind.SECONDS ? left <= 0 : of(wanted, kind) > 0 && of(wanted, kind) > left;
            }
            Optional<Breach> breach = Judgement.breach(state, wanted);
            assertThat(breach.isPresent()).as("%s %s", state, wanted).isEqualTo(breaks);
            if (breach.isEmpty()) continue;
            refused++;
            assertThat(breach.get().needed()).isGreaterThan(breach.get().limit());
            // With the least limit that it names, this kind is not what refuses it.
            State raised = new State(
                    state.limit().with(breach.get().kind(), breach.get().needed()),
                    state.used(),
                    state.reserved(),
                    state.seconds());
            assertThat(Judgement.breach(raised, wanted).map(Breach::kind))
                    .isNotEqualTo(Optional.of(breach.get().kind()));
        }
        assertThat(refused).isBetween(RUNS / 4, RUNS - RUNS / 10);
    }

    @Test
    void whateverIsBookedWhenItFitsNeverExceedsALimit() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            State state = new State(limit(random), Amount.NONE, Amount.NONE, 0);
            for (int i = 0; i < 50; i++) {
                Amount wanted = amount(random);
                if (Judgement.breach(state, wanted).isPresent()) continue;
                Limit before = state.remaining();
                state = new State(state.limit(), state.used().plus(wanted), Amount.NONE, 0);
                for (Kind kind : Kind.values()) {
                    if (state.limit().of(kind) == null) continue;
                    assertThat(state.taken(kind))
                            .isLessThanOrEqualTo(state.limit().of(kind));
                    assertThat(state.remaining(kind)).isEqualTo(before.of(kind) - of(wanted, kind));
                }
            }
        }
    }

    @Test
    void anApprovalMakesRoomForWhatWaits() {
        Random random = new Random(3);
        for (int run = 0; run < RUNS; run++) {
            long original = random.nextInt(100);
            long now = original + random.nextInt(100);
            long needed = now + 1 + random.nextInt(500);
            long more = Judgement.raise(original, now, needed);
            assertThat(now + more).isGreaterThanOrEqualTo(needed).isGreaterThanOrEqualTo(now + original);
        }
    }
}
