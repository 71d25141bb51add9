package dev.agentplatform.event;

/** How long to wait after a failure: doubled each time, up to an hour. */
final class Backoff {
    static final long MAX_MS = 3_600_000;
    private static final int DOUBLINGS_MAX = 30;

    private Backoff() {}

    /** @param attempts that failed, from 1 */
    static long delay(long firstMs, int attempts) {
        long factor = 1L << Math.min(attempts - 1, DOUBLINGS_MAX);
        return Math.min(MAX_MS, firstMs * factor);
    }
}
