package dev.agentplatform.model.usage;

import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.store.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows in batches, aside from the calls. A stop writes what waits; while the database cannot be written the rows
 * wait, at most {@link #QUEUE_ROWS_MAX}, and what does not fit any more is counted and told in the log.
 */
public final class UsageLog implements LifeCycle {
    static final int QUEUE_ROWS_MAX = 65_536;
    private static final int BATCH_ROWS_MAX = 512;

    /** Rows that come within this are one transaction. */
    private static final long LINGER_MILLIS = 20;

    /** How long a call waits when the queue is full: the database then is slower than the calls. */
    private static final long FULL_WAIT_MILLIS = 1_000;

    private static final long RETRY_MILLIS = 500;
    private static final long POLL_MILLIS = 100;
    private static final int RETRIES_AT_STOP = 5;

    private static final Logger LOG = LoggerFactory.getLogger(UsageLog.class);

    private final Database database;
    private final BlockingQueue<UsageRow> queue = new ArrayBlockingQueue<>(QUEUE_ROWS_MAX);
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final Object progress = new Object();
    private long written;
    private volatile boolean stopping;
    private Thread thread;

    public UsageLog(Database database) {
        this.database = database;
    }

    public void add(UsageRow row) {
        accepted.incrementAndGet();
        if (queue.offer(row)) return;
        try {
            if (queue.offer(row, FULL_WAIT_MILLIS, TimeUnit.MILLISECONDS)) return;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        done(1);
        long so = lost.incrementAndGet();
        if (Long.bitCount(so) == 1) LOG.warn("{} rows of usage were lost: the database cannot be written", so);
    }

    /** Waits until all that was added before is stored: a list then shows it. Gives up after a second. */
    public void flush() {
        long wanted = accepted.get();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FULL_WAIT_MILLIS);
        synchronized (progress) {
            while (written < wanted) {
                long left = deadline - System.nanoTime();
                if (left <= 0) return;
                try {
                    TimeUnit.NANOSECONDS.timedWait(progress, left);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    @Override
    public synchronized void start() {
        if (thread != null || stopping) return;
        thread = Thread.ofVirtual().name("model-usage").start(this::run);
    }

    /** Writes what waits. */
    @Override
    public synchronized void stop() {
        stopping = true;
        if (thread == null) return;
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

    private void run() {
        List<UsageRow> batch = new ArrayList<>(BATCH_ROWS_MAX);
        int failures = 0;
        while (true) {
            try {
                if (batch.isEmpty() && !take(batch)) {
                    if (stopping && queue.isEmpty()) return;
                    continue;
                }
                database.transact(sql -> {
                    UsageTable.insert(sql, batch);
                    return null;
                });
                done(batch.size());
                batch.clear();
                failures = 0;
            } catch (RuntimeException failed) {
                if (++failures == 1) LOG.warn("usage cannot be stored; it will be tried again", failed);
                if (stopping && failures > RETRIES_AT_STOP) {
                    LOG.error("{} rows of usage were lost at the stop", batch.size() + queue.size());
                    return;
                }
                pause();
            }
        }
    }

    /** False when there was nothing for a while. */
    private boolean take(List<UsageRow> batch) {
        try {
            UsageRow first = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
            if (first == null) return false;
            batch.add(first);
            if (!stopping && queue.size() < BATCH_ROWS_MAX) TimeUnit.MILLISECONDS.sleep(LINGER_MILLIS);
        } catch (InterruptedException nobodyDoes) {
            // The thread is ours; the flag tells the stop.
        }
        queue.drainTo(batch, BATCH_ROWS_MAX - batch.size());
        return !batch.isEmpty();
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        } catch (InterruptedException nobodyDoes) {
            // The thread is ours.
        }
    }

    private void done(int rows) {
        synchronized (progress) {
            written += rows;
            progress.notifyAll();
        }
    }
}
