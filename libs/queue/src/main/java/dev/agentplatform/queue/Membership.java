package dev.agentplatform.queue;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process among the others: its one lease, and the taking over of those who lost theirs.
 *
 * <p>Ten thousand owned tasks cost one update per heartbeat. A process that wakes from a long pause finds
 * itself declared dead: it drops all that it owned and goes on as a new incarnation.
 */
public final class Membership implements LifeCycle {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    /** @param instance stable id of the data folder or host slot, so that a restart takes over at once */
    public record Identity(UUID instance, String codeVersion) {}

    /** @param lease how long a silent process is left alone; several heartbeats long */
    public record Timing(Duration heartbeat, Duration lease) {
        public static final Timing USUAL = new Timing(Duration.ofSeconds(5), Duration.ofSeconds(30));
    }

    private final Database database;
    private final Identity identity;
    private final Timing timing;
    private final Clock clock;
    private final Ids ids;
    private volatile Runnable declaredDead = () -> {};
    private volatile UUID worker;
    private volatile boolean running;
    private volatile Thread thread;

    public Membership(Database database, Identity identity, Timing timing, Clock clock, Ids ids) {
        this.database = database;
        this.identity = identity;
        this.timing = timing;
        this.clock = clock;
        this.ids = ids;
        this.worker = ids.next();
    }

    /** The incarnation in whose name this process writes now. */
    public UUID worker() {
        return worker;
    }

    /** What to do when this process finds itself declared dead: drop every owned task, write nothing. */
    public void onDeclaredDead(Runnable action) {
        declaredDead = action;
    }

    @Override
    public void start() {
        join();
        running = true;
        thread = Thread.ofPlatform().daemon().name("heartbeat").start(this::beatUntilStopped);
    }

    /** Registers this incarnation and takes over what a predecessor of the same instance left behind. */
    public void join() {
        long now = clock.millis();
        database.transact(sql -> {
            for (UUID predecessor : TaskTable.ofInstance(sql, identity.instance())) {
                int tasks = TaskTable.takeOver(sql, predecessor, Long.MAX_VALUE, now);
                if (tasks > 0) LOG.info("took over {} tasks of the previous process of this instance", tasks);
            }
            TaskTable.register(sql, worker, identity.instance(), leaseEnd(now), identity.codeVersion(), now);
            return null;
        });
    }

    /** One heartbeat: renews the own lease and takes over processes whose lease has run out. */
    public void beat() {
        long now = clock.millis();
        UUID me = worker;
        boolean alive = database.transact(sql -> TaskTable.renew(sql, me, leaseEnd(now)));
        if (!alive) rise();
        List<UUID> expired = database.read(sql -> TaskTable.expired(sql, now));
        for (UUID dead : expired) {
            int tasks = database.transact(sql -> TaskTable.takeOver(sql, dead, now, now));
            LOG.warn("took over {} tasks of process {}, whose lease had run out", tasks, dead);
        }
    }

    private void rise() {
        LOG.warn("this process was declared dead after a pause; it drops what it owned and starts anew");
        long now = clock.millis();
        declaredDead.run();
        UUID next = ids.next();
        database.transact(sql -> {
            TaskTable.register(sql, next, identity.instance(), leaseEnd(now), identity.codeVersion(), now);
            return null;
        });
        worker = next;
    }

    @Override
    public void stop() {
        Thread stopping = thread;
        if (stopping == null) return;
        running = false;
        thread = null;
        LockSupport.unpark(stopping);
        try {
            stopping.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        leave();
    }

    /** Ends this incarnation; whatever was not handed back in time is free for the next process at once. */
    public void leave() {
        UUID me = worker;
        long now = clock.millis();
        database.transact(sql -> {
            TaskTable.retire(sql, me, now);
            return null;
        });
    }

    private long leaseEnd(long now) {
        return now + timing.lease().toMillis();
    }

    private void beatUntilStopped() {
        while (running) {
            LockSupport.parkNanos(timing.heartbeat().toNanos());
            if (!running) return;
            try {
                beat();
            } catch (RuntimeException failure) {
                LOG.warn("heartbeat failed, trying again: {}", failure.getMessage());
            }
        }
    }
}
