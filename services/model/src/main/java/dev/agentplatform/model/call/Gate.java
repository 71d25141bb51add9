package dev.agentplatform.model.call;

import dev.agentplatform.model.provider.Limits;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What stands before one model of one provider: how many at a time, how many in a minute, and none while it is broken. */
final class Gate {
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String name;
    private final Limits limits;
    private final Semaphore places;
    private final AtomicInteger failures = new AtomicInteger();

    /** Nano time until which calls are refused, 0 while they are not. */
    private final AtomicLong closedUntil = new AtomicLong();

    private final Object bucket = new Object();
    private double tokens;
    private long filledNanos = System.nanoTime();

    Gate(String name, Limits limits) {
        this.name = name;
        this.limits = limits;
        this.places = limits.concurrency() == null ? null : new Semaphore(limits.concurrency(), true);
        this.tokens = limits.requestsPerMinute() == null ? 0 : limits.requestsPerMinute();
    }

    Limits limits() {
        return limits;
    }

    /** Enters, perhaps after a wait; {@link #leave} must follow. @throws ModelError 429 or 503 */
    void enter() throws InterruptedException {
        refuseWhileBroken();
        takeToken();
        if (places == null) return;
        if (!places.tryAcquire(limits.queueMs(), TimeUnit.MILLISECONDS))
            throw ModelError.busy(
                    "concurrency_limit_exceeded",
                    name + " is at its limit of " + limits.concurrency() + " calls at a time.",
                    429,
                    1);
    }

    void leave() {
        if (places != null) places.release();
    }

    private void refuseWhileBroken() {
        long until = closedUntil.get();
        if (until == 0) return;
        long now = System.nanoTime();
        // One may try whether it works again; the others wait for what it finds.
        boolean tries = now - until >= 0 && closedUntil.compareAndSet(until, now + pauseNanos());
        if (tries) return;
        int seconds = (int) Math.max(1, TimeUnit.NANOSECONDS.toSeconds(Math.max(0, until - now)) + 1);
        throw ModelError.busy(
                "circuit_open", name + " failed several times in a row; it is left alone for a while.", 503, seconds);
    }

    private long pauseNanos() {
        return TimeUnit.MILLISECONDS.toNanos(limits.breakerMs());
    }

    private void takeToken() throws InterruptedException {
        if (limits.requestsPerMinute() == null) return;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limits.queueMs());
        while (true) {
            long wait = missingNanos();
            if (wait == 0) return;
            if (System.nanoTime() + wait - deadline > 0)
                throw ModelError.busy(
                        "rate_limit_exceeded",
                        name + " is at its limit of " + limits.requestsPerMinute() + " calls in a minute.",
                        429,
                        (int) Math.max(1, TimeUnit.NANOSECONDS.toSeconds(wait) + 1));
            TimeUnit.NANOSECONDS.sleep(wait);
        }
    }

    /** Takes a token, or tells when there will be one. */
    private long missingNanos() {
        synchronized (bucket) {
            int perMinute = limits.requestsPerMinute();
            long now = System.nanoTime();
            tokens = Math.min(perMinute, tokens + (double) (now - filledNanos) * perMinute / MINUTE_NANOS);
            filledNanos = now;
            if (tokens >= 1) {
                tokens--;
                return 0;
            }
            return (long) ((1 - tokens) * MINUTE_NANOS / perMinute) + 1;
        }
    }

    void succeeded() {
        if (failures.get() != 0) failures.set(0);
        if (closedUntil.get() != 0) closedUntil.set(0);
    }

    void failed() {
        int max = limits.breakerFailures();
        if (max > 0 && failures.incrementAndGet() >= max) closedUntil.set(System.nanoTime() + pauseNanos());
    }
}
