package dev.agentplatform.model.upstream;

import dev.agentplatform.kernel.LifeCycle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at all that waits, every few milliseconds. A timer for each read would cost more than the read; this way a
 * wait costs its waiter one write of a field.
 */
public final class Watch implements LifeCycle {
    private static final long TICK_NANOS = 20_000_000;

    /** Something that waits. */
    @FunctionalInterface
    public interface Watched {
        /** Called every 20 ms or so, by one thread; must not block. */
        void tick(long nowNanos);
    }

    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;
    private volatile boolean asleep;
    private Thread thread;

    @Override
    public synchronized void start() {
        if (thread != null || stopped) return;
        // A platform thread: carriers that are busy must not keep it from cutting what is late.
        thread = Thread.ofPlatform().daemon().name("model-watch").start(this::run);
    }

    /** Without {@link #start} nothing is ever cut. */
    public void add(Watched one) {
        watched.add(one);
        if (asleep) LockSupport.unpark(thread);
    }

    public void remove(Watched one) {
        watched.remove(one);
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        if (thread == null) return;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopped) {
            if (watched.isEmpty()) sleep();
            else LockSupport.parkNanos(this, TICK_NANOS);
            long now = System.nanoTime();
            for (Watched one : watched) one.tick(now);
        }
    }

    private void sleep() {
        asleep = true;
        // Asked again: what came before the flag was seen wakes nobody.
        if (watched.isEmpty() && !stopped) LockSupport.park(this);
        asleep = false;
    }
}
