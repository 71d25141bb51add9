package dev.agentplatform.gateway.keys;

import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.store.Database;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When keys were used last: kept in memory, and written once a minute and at the stop. */
final class LastUses implements LifeCycle {
    private static final Logger LOG = LoggerFactory.getLogger(LastUses.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final class Use {
        final String workspaceId;
        volatile long time;

        Use(String workspaceId, long time) {
            this.workspaceId = workspaceId;
            this.time = time;
        }
    }

    private final Database database;
    private final Map<UUID, Use> uses = new ConcurrentHashMap<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Thread writing;

    LastUses(Database database) {
        this.database = database;
    }

    void used(ApiKey key, long now) {
        Use use = uses.get(key.id());
        if (use != null) use.time = now;
        else uses.put(key.id(), new Use(key.workspaceId(), now));
    }

    /** Writes what is new. */
    void write() {
        for (Iterator<Map.Entry<UUID, Use>> all = uses.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<UUID, Use> entry = all.next();
            all.remove();
            Use use = entry.getValue();
            try {
                database.transact(sql -> {
                    ApiKeyTable.used(sql, use.workspaceId, entry.getKey(), use.time);
                    return null;
                });
            } catch (RuntimeException failed) {
                LOG.warn("when a key was used last could not be written: {}", failed.toString());
                return;
            }
        }
    }

    @Override
    public synchronized void start() {
        if (writing == null) writing = Thread.ofVirtual().name("api-key-uses").start(this::writeUntilStopped);
    }

    @Override
    public void stop() {
        stopped.countDown();
        Thread thread;
        synchronized (this) {
            thread = writing;
        }
        if (thread == null) return;
        try {
            thread.join();
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeUntilStopped() {
        try {
            while (!stopped.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) write();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        write();
    }
}
