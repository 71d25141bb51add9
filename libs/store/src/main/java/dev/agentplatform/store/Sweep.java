package dev.agentplatform.store;

import dev.agentplatform.kernel.LifeCycle;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is over, now and then, a batch at a time, on a thread of its own. Every process may do it; they find less
 * to do then.
 */
public final class Sweep implements LifeCycle {
    private static final long PAUSE_MS = 20;
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    private final String name;
    private final Duration every;
    private final IntSupplier batch;
    private volatile boolean running;
    private volatile Thread thread;

    /**
     * @param name of what is deleted, as logs say it
     * @param batch deletes some and says how many; 0 when nothing is left for now
     */
    public Sweep(String name, Duration every, IntSupplier batch) {
        this.name = name;
        this.every = every;
        this.batch = batch;
    }

    /** Everything that is over now; returns how much. Stops early when the sweep is stopped. */
    public int sweep() {
        int all = 0;
        int some;
        do {
            some = batch.getAsInt();
            all += some;
            // A breath for others.
            if (some > 0 && running) LockSupport.parkNanos(PAUSE_MS * 1_000_000);
        } while (some > 0 && (running || thread == null));
        return all;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform()
                .daemon()
                .name("sweep-" + name.replace(' ', '-'))
                .start(() -> {
                    while (running) {
                        try {
                            int deleted = sweep();
                            if (deleted > 0) LOG.info("deleted {} {}", deleted, name);
                        } catch (RuntimeException failure) {
                            LOG.warn("{} could not be deleted, trying again later: {}", name, failure.toString());
                        }
                        if (running) LockSupport.parkNanos(every.toNanos());
                    }
                });
    }

    @Override
    public void stop() {
        Thread stopping = thread;
        running = false;
        if (stopping == null) return;
        thread = null;
        LockSupport.unpark(stopping);
        try {
            stopping.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
