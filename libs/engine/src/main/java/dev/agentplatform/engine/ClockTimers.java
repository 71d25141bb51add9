package dev.agentplatform.engine;

import java.time.Clock;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Timers on one thread; what they call must not block. */
final class ClockTimers implements Timers {
    private final Clock clock;
    private final ScheduledThreadPoolExecutor thread;

    ClockTimers(Clock clock) {
        this.clock = clock;
        thread = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("timers").factory());
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Runnable at(long timeMs, Runnable action) {
        long delay = Math.max(1, timeMs - clock.millis());
        ScheduledFuture<?> pending = thread.schedule(action, delay, TimeUnit.MILLISECONDS);
        return () -> pending.cancel(false);
    }

    void stop() {
        thread.shutdownNow();
    }
}
