package dev.agentplatform.budget;

import dev.agentplatform.budget.Limit.Kind;
import java.util.Optional;

/** Whether something fits into a limit. Pure. */
final class Judgement {
    private Judgement() {}

    /**
     * What there is.
     *
     * @param reserved set aside for calls under way
     * @param seconds since the run began; 0 when the limit has none
     */
    record State(Limit limit, Amount used, Amount reserved, long seconds) {
        long taken(Kind kind) {
            return switch (kind) {
                case COST_MICROS -> used.cost() + reserved.cost();
                case TOKENS -> used.tokens() + reserved.tokens();
                case STEPS -> used.steps();
                case SECONDS -> seconds;
            };
        }

        /** What is left, never less than 0; null without a limit. */
        Long remaining(Kind kind) {
            Long max = limit.of(kind);
            return max == null ? null : Long.valueOf(Math.max(0, max - taken(kind)));
        }

        Limit remaining() {
            Limit left = Limit.NONE;
            for (Kind kind : Kind.values()) left = left.with(kind, remaining(kind));
            return left;
        }
    }

    /** What does not fit. @param taken used and set aside @param wanted by what was asked for */
    record Breach(Kind kind, long limit, long taken, long wanted) {
        /** The least limit with which it would fit. */
        long needed() {
            return taken + wanted;
        }
    }

    /**
     * The first limit that {@code wanted} would break; what uses none of a kind cannot break its limit. Time is used by
     * whatever begins: nothing begins at the end of it.
     */
    static Optional<Breach> breach(State state, Amount wanted) {
        for (Kind kind : Kind.values()) {
            Long max = state.limit().of(kind);
            if (max == null) continue;
            long more = wanted(kind, wanted);
            if (more > 0 && state.taken(kind) + more > max)
                return Optional.of(new Breach(kind, max, state.taken(kind), more));
        }
        return Optional.empty();
    }

    private static long wanted(Kind kind, Amount wanted) {
        return switch (kind) {
            case COST_MICROS -> wanted.cost();
            case TOKENS -> wanted.tokens();
            case STEPS -> wanted.steps();
            // A second at least: whoever begins needs some.
            case SECONDS -> 1;
        };
    }

    /**
     * By how much an approval raises a limit that was met: by the limit once more, and by as much as is wanted at least.
     *
     * @param original without earlier raises @param now with them
     */
    static long raise(long original, long now, long needed) {
        return Math.max(original, needed - now);
    }
}
