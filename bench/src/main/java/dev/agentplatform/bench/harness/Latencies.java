package dev.agentplatform.bench.harness;

import java.util.Arrays;

/** Durations in nanoseconds, and their quantiles in milliseconds. Safe for many threads. */
public final class Latencies {
    private long[] nanos = new long[1_024];
    private int count;
    private boolean sorted;

    public synchronized void add(long duration) {
        if (count == nanos.length) nanos = Arrays.copyOf(nanos, count * 2);
        nanos[count++] = duration;
        sorted = false;
    }

    public synchronized int count() {
        return count;
    }

    /** The duration that a share {@code quantile} (0 to 1) of all stays below, in milliseconds; 0 when there is none. */
    public synchronized double ms(double quantile) {
        if (count == 0) return 0;
        if (!sorted) Arrays.sort(nanos, 0, count);
        sorted = true;
        return nanos[Math.min(count - 1, (int) (quantile * count))] / 1e6;
    }
}
