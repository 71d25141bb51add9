package dev.agentplatform.gateway.audit;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.store.Database;
import dev.agentplatform.web.Answered;
import dev.agentplatform.web.Observer;
import dev.agentplatform.web.Route;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what was asked of this process. A request only puts a row into a queue; one thread writes what gathered, five
 * times a second. A clean stop writes the rest.
 *
 * <p>When the database is slower than the requests and the queue is full, a request waits for room, at most 100 ms;
 * then its row is lost and counted, and nobody waits any more until the database writes again. Operational routes leave
 * no rows: they say nothing about a workspace, and the probes of each balancer would be most of the table.
 */
public final class Audit implements Observer, LifeCycle {
    static final int QUEUE_MAX = 16_384;

    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    private static final int ROWS_PER_COMMIT_MAX = 512;
    private static final Duration WRITE_INTERVAL = Duration.ofMillis(200);
    private static final Duration ROOM_WAIT = Duration.ofMillis(100);
    private static final Duration LAST_WRITE_LIMIT = Duration.ofSeconds(5);
    private static final Duration LAST_WRITE_PAUSE = Duration.ofMillis(50);
    private static final Duration PURGE_INTERVAL = Duration.ofMinutes(10);
    private static final int PURGE_BATCH = 1_000;

    private final Database database;
    private final Ids ids;
    private final Clock clock;
    private final Duration kept;
    private final BlockingQueue<AuditRow> queue;
    private final Counter written;
    private final Counter lost;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    /** The database takes nothing: rows are lost without anybody waiting for it. */
    private volatile boolean stuck;

    public Audit(Database database, Ids ids, Clock clock, Settings settings, MeterRegistry metrics) {
        this(database, ids, clock, kept(settings), metrics, QUEUE_MAX);
    }

    Audit(Database database, Ids ids, Clock clock, Duration kept, MeterRegistry metrics, int queueMax) {
        this.database = database;
        this.ids = ids;
        this.clock = clock;
        this.kept = kept;
        this.queue = new ArrayBlockingQueue<>(queueMax);
        this.written = Counter.builder("gateway.audit.rows")
                .description("Audited requests that were written")
                .register(metrics);
        this.lost = Counter.builder("gateway.audit.lost")
                .description("Requests whose audit row found no room or could not be written")
                .register(metrics);
        Gauge.builder("gateway.audit.waiting", queue, BlockingQueue::size)
                .description("Audit rows that are not written yet")
                .register(metrics);
    }

    /** Whether requests are to be audited at all. */
    public static boolean wanted(Settings settings) {
        return settings.flag(true, "AGENT_PLATFORM_AUDIT");
    }

    private static Duration kept(Settings settings) {
        return Duration.ofDays(settings.number("AGENT_PLATFORM_AUDIT_DAYS", 30, 1, 3_650));
    }

    @Override
    public void answered(Answered answered) {
        if (answered.request().route().map(Route::operational).orElse(false)) return;
        put(AuditRow.of(answered, ids.next()));
    }

    private void put(AuditRow row) {
        if (queue.offer(row)) return;
        try {
            if (!stuck && queue.offer(row, ROOM_WAIT.toMillis(), TimeUnit.MILLISECONDS)) return;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        if (!stuck) LOG.error("audit rows are being lost: {} wait for the database", queue.size());
        stuck = true;
        lost.increment();
    }

    @Override
    public synchronized void start() {
        if (!threads.isEmpty()) return;
        threads.add(Thread.ofVirtual().name("audit-write").start(this::writeUntilStopped));
        threads.add(Thread.ofVirtual().name("audit-purge").start(this::purgeUntilStopped));
    }

    /** Writes what waits; call it when no request is answered any more and the database is still open. */
    @Override
    public synchronized void stop() {
        stopped.countDown();
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private void writeUntilStopped() {
        while (!stopSoon(WRITE_INTERVAL)) writeWaiting();
        // What arrived since the last look, and what the database refused until now.
        writeWaiting();
    }

    private void writeWaiting() {
        List<AuditRow> batch = new ArrayList<>(ROWS_PER_COMMIT_MAX);
        while (queue.drainTo(batch, ROWS_PER_COMMIT_MAX) > 0) {
            writeStubbornly(batch);
            batch.clear();
        }
    }

    /** Again and again while the database is away; after a stop for 5 more seconds. */
    private void writeStubbornly(List<AuditRow> batch) {
        long stopSeen = 0;
        while (true) {
            try {
                write(batch);
                return;
            } catch (RuntimeException away) {
                LOG.warn("{} audit rows could not be written yet", batch.size(), away);
            }
            if (stopSoon(WRITE_INTERVAL)) {
                long now = System.nanoTime();
                if (stopSeen == 0) stopSeen = now;
                if (now - stopSeen > LAST_WRITE_LIMIT.toNanos()) {
                    lost.increment(batch.size());
                    LOG.error("{} audit rows are lost: the database is away", batch.size());
                    return;
                }
                LockSupport.parkNanos(LAST_WRITE_PAUSE.toNanos());
            }
        }
    }

    private void write(List<AuditRow> batch) {
        try {
            insert(batch);
        } catch (Problem away) {
            throw away;
        } catch (RuntimeException refused) {
            // One row of the batch is at fault; the others are not to pay for it.
            LOG.warn("a batch of audit rows was refused", refused);
            for (AuditRow row : batch) writeAlone(row);
        }
        stuck = false;
    }

    private void writeAlone(AuditRow row) {
        try {
            insert(List.of(row));
        } catch (Problem away) {
            throw away;
        } catch (RuntimeException refused) {
            lost.increment();
            LOG.error("the audit row of request {} is lost", row.requestId(), refused);
        }
    }

    private void insert(List<AuditRow> rows) {
        database.transact(sql -> {
            AuditTable.insert(sql, rows);
            return null;
        });
        written.increment(rows.size());
    }

    private boolean stopSoon(Duration wait) {
        try {
            return stopped.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException nobodyDoesThat) {
            throw new IllegalStateException(nobodyDoesThat);
        }
    }

    private void purgeUntilStopped() {
        do purge();
        while (!stopSoon(PURGE_INTERVAL));
    }

    /** Deletes what is older than is kept, in batches; gives the number of rows. */
    int purge() {
        int all = 0;
        try {
            for (int batch = PURGE_BATCH; batch == PURGE_BATCH && stopped.getCount() > 0; all += batch) {
                long before = clock.millis() - kept.toMillis();
                batch = database.transact(sql -> AuditTable.purge(sql, before, PURGE_BATCH));
            }
        } catch (RuntimeException failed) {
            LOG.warn("audit rows could not be purged; tried again in {}", PURGE_INTERVAL, failed);
        }
        return all;
    }
}
