package dev.agentplatform.gateway.audit;

/** Steps of a histogram: sixteen in each doubling, so that a step's upper end is at most 6.25 % above any value in it. */
final class Durations {
    private static final int STEP_BITS = 4;
    private static final int STEPS = 1 << STEP_BITS;

    private Durations() {}

    /** The step that holds so many microseconds. */
    static int bucket(long micros) {
        long value = Math.max(0, micros);
        if (value < STEPS) return (int) value;
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - STEP_BITS;
        return (shift + 1) * STEPS + (int) (value >>> shift) - STEPS;
    }

    /** The largest number of microseconds in a step. */
    static long highest(int bucket) {
        if (bucket < STEPS) return bucket;
        int shift = bucket / STEPS - 1;
        long first = (long) (bucket % STEPS + STEPS) << shift;
        return first + (1L << shift) - 1;
    }
}
