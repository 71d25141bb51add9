package dev.agentplatform.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread brings about, where no signal tells of it. */
public final class Await {
    public static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long LOOK_EVERY_NANOS = 3_000_000;

    private Await() {}

    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /** Fails after 10 s, naming {@code what} did not happen. An exception of the condition fails at once. */
    public static void until(Condition condition, String what) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!holds(condition, what)) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited " + LIMIT.toSeconds() + " s for: " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    private static boolean holds(Condition condition, String what) {
        try {
            return condition.holds();
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new AssertionError("while waiting for: " + what, failure);
        }
    }
}
