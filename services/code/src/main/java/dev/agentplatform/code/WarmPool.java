package dev.agentplatform.code;

import dev.agentplatform.kernel.LifeCycle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Interpreters that are started and wait for a job. Each is used once. There are none until the first job asks, and none
 * again when nobody has asked for a while.
 */
final class WarmPool implements LifeCycle {
    private static final Logger LOG = LoggerFactory.getLogger(WarmPool.class);
    private static final Duration KEPT = Duration.ofMinutes(10);

    /** More starts at a time than processors make each of them slow and none of them sooner. */
    private static final int STARTS_MAX = Math.max(2, Runtime.getRuntime().availableProcessors());

    private final int size;
    private final Supplier<Sandbox> launch;
    private final Deque<Sandbox> idle = new ArrayDeque<>();
    private final Deque<Sandbox.StartFailed> failures = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private int waiting;
    private int starting;
    private long lastTake = System.nanoTime();
    private boolean stopped;

    /** @param launch gives a sandbox that is not ready yet */
    WarmPool(int size, Supplier<Sandbox> launch) {
        this.size = size;
        this.launch = launch;
    }

    @Override
    public void start() {
        Thread.ofVirtual().name("sandbox-warm").start(this::dropUnused);
    }

    /**
     * A ready one.
     *
     * @throws Sandbox.StartFailed when the host refused to start one
     */
    Sandbox take() throws InterruptedException {
        lock.lockInterruptibly();
        waiting++;
        try {
            lastTake = System.nanoTime();
            fill(size);
            while (true) {
                if (stopped) throw new Sandbox.StartFailed("The server is stopping.");
                Sandbox sandbox = idle.poll();
                if (sandbox != null && sandbox.alive()) return sandbox;
                if (sandbox == null && !failures.isEmpty()) throw failures.poll();
                if (sandbox == null) changed.await();
                else fill(size);
            }
        } finally {
            waiting--;
            if (waiting == 0) failures.clear();
            lock.unlock();
        }
    }

    /** Starts what the waiting need, and so many besides. */
    private void fill(int besides) {
        while (!stopped && starting < STARTS_MAX && starting + idle.size() < waiting + besides) {
            starting++;
            Thread.ofVirtual().name("sandbox-start").start(this::add);
        }
    }

    private void add() {
        Sandbox sandbox = null;
        Sandbox.StartFailed failure = null;
        try {
            sandbox = launch.get();
            sandbox.awaitReady();
        } catch (Sandbox.StartFailed failed) {
            LOG.warn("a sandbox did not start: {}", failed.getMessage());
            failure = failed;
        } catch (InterruptedException never) {
            failure = new Sandbox.StartFailed("interrupted");
        }
        lock.lock();
        try {
            starting--;
            if (failure != null) {
                if (sandbox != null) sandbox.close();
                if (waiting > 0) failures.add(failure);
                // Only for those who wait: a host that refuses is not asked in a loop.
                fill(0);
            } else if (stopped) {
                sandbox.close();
            } else {
                idle.add(sandbox);
                fill(size);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int idle() {
        lock.lock();
        try {
            return idle.size();
        } finally {
            lock.unlock();
        }
    }

    private void dropUnused() {
        lock.lock();
        try {
            while (!stopped) {
                long left = lastTake + KEPT.toNanos() - System.nanoTime();
                if (left <= 0) dropIdle();
                changed.awaitNanos(left > 0 ? left : KEPT.toNanos());
            }
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void dropIdle() {
        idle.forEach(Sandbox::close);
        idle.clear();
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            stopped = true;
            dropIdle();
            changed.signalAll();
            while (starting > 0) changed.awaitUninterruptibly();
        } finally {
            lock.unlock();
        }
    }
}
