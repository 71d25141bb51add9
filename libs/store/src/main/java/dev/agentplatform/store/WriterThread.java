package dev.agentplatform.store;

import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A platform thread that takes turns while there is something to do, and else sleeps until woken.
 *
 * <p>A platform thread, because the SQLite driver would pin a carrier, and because a writer that competes
 * with thousands of virtual threads for a carrier would stall them all.
 */
final class WriterThread {
    private static final Logger LOG = LoggerFactory.getLogger(WriterThread.class);

    private final Semaphore wakes = new Semaphore(0);
    private final BooleanSupplier turn;
    private final Thread thread;
    private volatile boolean stopping;

    /** @param turn does what waits; false when nothing did */
    WriterThread(String name, BooleanSupplier turn) {
        this.turn = turn;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::work);
    }

    void start() {
        thread.start();
    }

    /** Call it after queueing something. */
    void wake() {
        if (wakes.availablePermits() == 0) wakes.release();
    }

    boolean isCurrent() {
        return Thread.currentThread().equals(thread);
    }

    /** Returns when everything that waited is done and the thread has ended. */
    void stop() {
        stopping = true;
        wakes.release();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    boolean isStopping() {
        return stopping;
    }

    private void work() {
        while (true) {
            if (turnSafely()) continue;
            if (stopping) return;
            wakes.acquireUninterruptibly();
            wakes.drainPermits();
        }
    }

    // Whatever a turn throws would otherwise end the only writer there is.
    private boolean turnSafely() {
        try {
            return turn.getAsBoolean();
        } catch (RuntimeException | Error fault) {
            LOG.error("the writer met a fault and goes on", fault);
            return true;
        }
    }
}
