package dev.agentplatform.gateway.limits;

import dev.agentplatform.gateway.limits.Rate.Decision;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One bucket for each caller. A full bucket is as good as none, so full ones are forgotten when there are too many; when
 * too many are still not full, newcomers share one bucket.
 */
final class Buckets {
    static final int BUCKETS_MAX = 100_000;

    private static final long SWEEP_INTERVAL_NANOS = 1_000_000_000;

    private final Rate rate;
    private final int max;
    private final ConcurrentMap<String, AtomicLong> fullTimes = new ConcurrentHashMap<>();
    private final AtomicLong sharedByNewcomers;
    private final AtomicLong sweptNanos;

    Buckets(Rate rate, int max, long nowNanos) {
        this.rate = rate;
        this.max = max;
        this.sharedByNewcomers = new AtomicLong(nowNanos);
        this.sweptNanos = new AtomicLong(nowNanos - SWEEP_INTERVAL_NANOS);
    }

    Rate rate() {
        return rate;
    }

    Decision take(String caller, long nowNanos) {
        Decision[] taken = new Decision[1];
        bucket(caller, nowNanos).updateAndGet(full -> {
            taken[0] = rate.take(full, nowNanos);
            return taken[0].fullNanos();
        });
        return taken[0];
    }

    /** For a request that was refused elsewhere. */
    void giveBack(String caller, long nowNanos) {
        bucket(caller, nowNanos).addAndGet(-rate.tokenNanos());
    }

    int size() {
        return fullTimes.size();
    }

    private AtomicLong bucket(String caller, long nowNanos) {
        AtomicLong known = fullTimes.get(caller);
        if (known != null) return known;
        if (fullTimes.size() >= max) sweep(nowNanos);
        if (fullTimes.size() >= max) return sharedByNewcomers;
        return fullTimes.computeIfAbsent(caller, name -> new AtomicLong(nowNanos));
    }

    private void sweep(long nowNanos) {
        long last = sweptNanos.get();
        if (nowNanos - last < SWEEP_INTERVAL_NANOS || !sweptNanos.compareAndSet(last, nowNanos)) return;
        fullTimes.values().removeIf(full -> full.get() - nowNanos <= 0);
    }
}
