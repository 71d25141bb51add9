package dev.agentplatform.model.upstream;

import java.time.Duration;

/**
 * How long a call may take.
 *
 * @param connect to be connected, name resolution and TLS included
 * @param firstByte from the request to the head of the answer, and from there to its first byte
 * @param idle between two bytes after that
 * @param deadlineNanos by the system's nano time, for all of it
 */
public record Patience(Duration connect, Duration firstByte, Duration idle, long deadlineNanos) {
    public static Patience of(Duration total) {
        return new Patience(total, total, total, System.nanoTime() + total.toNanos());
    }

    /** The earlier of that wait from now and the deadline. */
    long until(Duration wait) {
        long waited = System.nanoTime() + wait.toNanos();
        return waited - deadlineNanos < 0 ? waited : deadlineNanos;
    }

    public boolean over() {
        return System.nanoTime() - deadlineNanos >= 0;
    }
}
