package dev.agentplatform.event;

/** A target that cannot be reached at all: nothing is sent to it until a pause is over, which doubles each time. */
final class Absence {
    /** So long at most: it is one question each time, whatever waits. */
    static final long PAUSE_MAX_MS = 30_000;

    private int failures;
    private long until;

    /** The target did not answer. Several who learn it at the same time are one failure. */
    void noticed(long now, long firstDelayMs) {
        if (lasts(now)) return;
        failures++;
        until = now + Math.min(PAUSE_MAX_MS, Backoff.delay(firstDelayMs, failures));
    }

    void ended() {
        failures = 0;
        until = 0;
    }

    boolean lasts(long now) {
        return now < until;
    }

    long until() {
        return until;
    }
}
