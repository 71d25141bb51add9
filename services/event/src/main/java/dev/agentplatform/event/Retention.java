package dev.agentplatform.event;

import dev.agentplatform.events.EventTable;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes old events, a batch at a time. Every process may do it; they find less to do then. */
final class Retention implements LifeCycle {
    private static final int BATCH = 500;
    private static final Duration EVERY = Duration.ofMinutes(10);
    private static final long PAUSE_MS = 20;
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final Database database;
    private final Clock clock;
    private final Duration keep;
    private volatile boolean running;
    private volatile Thread thread;

    Retention(Database database, Clock clock, Duration keep) {
        this.database = database;
        this.clock = clock;
        this.keep = keep;
    }

    /** Everything that is old now; returns how many rows. */
    int purge() {
        long before = clock.millis() - keep.toMillis();
        int purged = 0;
        int batch;
        do {
            batch = database.transact(sql -> EventTable.purge(sql, before, BATCH));
            purged += batch;
            if (batch > 0 && running) LockSupport.parkNanos(PAUSE_MS * 1_000_000);
        } while (batch >= BATCH && (running || thread == null));
        return purged;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().daemon().name("event-retention").start(() -> {
            while (running) {
                try {
                    int purged = purge();
                    if (purged > 0) LOG.info("deleted {} rows of old events", purged);
                } catch (RuntimeException failure) {
                    LOG.warn("old events could not be deleted, trying again later: {}", failure.toString());
                }
                if (running) LockSupport.parkNanos(EVERY.toNanos());
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
