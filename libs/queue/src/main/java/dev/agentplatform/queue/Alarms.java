package dev.agentplatform.queue;

import dev.agentplatform.queue.TaskTable.Claimed;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks that are nothing but a time: set in the transaction of whoever wants to be called, and rung once, in the
 * transaction that removes them. They need no slot and survive their process like every task.
 */
public final class Alarms {
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);
    private static final long GIVE_UP_EVERY_NANOS = 1_000_000_000L;

    private final Database database;
    private final Membership membership;
    private final Dispatcher dispatcher;
    private final Clock clock;
    private final Executor threads;

    public Alarms(Database database, Membership membership, Dispatcher dispatcher, Clock clock, Executor threads) {
        this.database = database;
        this.membership = membership;
        this.dispatcher = dispatcher;
        this.clock = clock;
        this.threads = threads;
    }

    /** What happens when the time has come: SQL only, in the transaction that removes the alarm. */
    @FunctionalInterface
    public interface Ring {
        void ring(Sql sql, String workspaceId, UUID ref) throws SQLException;
    }

    /** Names who answers alarms of a kind; before the dispatcher starts. */
    public void answer(String kind, Ring ring) {
        dispatcher.own(kind, task -> threads.execute(() -> ring(task, ring)));
    }

    /** @param ref an id of the caller that no other task has @param time UTC milliseconds */
    public void set(Sql sql, String kind, String workspaceId, UUID ref, long time) throws SQLException {
        Unit.Birth rest = new Unit.Birth(
                ref, kind, workspaceId, Queues.CONTROL, 0, false, time, null, 0, TaskTable.STATE_VERSION, null);
        sql.write(TaskTable.born(rest, clock.millis()));
    }

    /** After the commit of {@link #set}. Without it the alarm rings too, up to a second late. */
    public void announce(long time) {
        dispatcher.resting(time);
    }

    /** Nobody wants to be called any more. One that rings at this very moment finds nothing and does nothing. */
    public void clear(Sql sql, String workspaceId, UUID ref) throws SQLException {
        TaskTable.remove(sql, workspaceId, ref);
    }

    private void ring(Claimed task, Ring ring) {
        UUID me = membership.worker();
        try {
            database.transact(sql -> {
                boolean mine = TaskTable.finish(sql, me, task.ref(), task.epoch());
                if (mine) ring.ring(sql, task.workspaceId(), task.ref());
                return mine;
            });
            dispatcher.progressed(task.ref());
        } catch (RuntimeException failure) {
            LOG.warn("{} alarm {} failed, trying again: {}", task.kind(), task.ref(), failure.toString());
            giveUp(me, task);
        }
    }

    /** Counts as a crash of the alarm: one that fails again and again waits among the suspects. */
    private void giveUp(UUID me, Claimed task) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                database.transact(sql -> TaskTable.giveUp(sql, me, task.ref(), task.epoch(), clock.millis()));
                return;
            } catch (RuntimeException failure) {
                LOG.warn("alarm {} could not be handed back, trying again: {}", task.ref(), failure.toString());
                LockSupport.parkNanos(GIVE_UP_EVERY_NANOS);
            }
        }
    }
}
