package dev.agentplatform.model.upstream;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Tells a call from outside that nobody waits for it any more. */
public final class Cancel {
    private final ReentrantLock lock = new ReentrantLock();
    private Condition changed;
    private Runnable cut;
    private volatile boolean cancelled;

    /** Cuts what is under way, now and from now on. */
    public void cancel() {
        Runnable running;
        lock.lock();
        try {
            cancelled = true;
            running = cut;
            cut = null;
            if (changed != null) changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (running != null) running.run();
    }

    public boolean cancelled() {
        return cancelled;
    }

    /** What has to be cut from here on, at once when it is too late; null for nothing. */
    public void cutting(Runnable action) {
        lock.lock();
        try {
            if (!cancelled) {
                cut = action;
                return;
            }
        } finally {
            lock.unlock();
        }
        if (action != null) action.run();
    }

    /** Waits; false when it was cancelled meanwhile. */
    public boolean pause(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (changed == null) changed = lock.newCondition();
            long left = nanos;
            while (!cancelled && left > 0) left = changed.awaitNanos(left);
            return !cancelled;
        } finally {
            lock.unlock();
        }
    }

    /** {@link #pause(long)} in milliseconds. */
    public boolean pauseMillis(long millis) throws InterruptedException {
        return pause(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
