package dev.agentplatform.knowledge;

import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.queue.Dispatcher;
import dev.agentplatform.queue.Queues;
import dev.agentplatform.queue.Refused;
import dev.agentplatform.queue.TaskTable;
import dev.agentplatform.queue.TaskTable.Claimed;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads for tasks of one kind, as many as there may be at a time. Long computing stays off the virtual threads. */
final class TaskPool implements LifeCycle {
    private static final long STOP_GENTLY_MS = 2_000;
    private static final long STOP_MAX_MS = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(TaskPool.class);

    private final Database database;
    private final EngineProcess process;
    private final Clock clock;
    private final int priority;
    private final Work work;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean running;

    interface Work {
        /**
         * Does a task and gives it back, or ends it.
         *
         * @param running false: this process is about to stop; what is not done is for the next one
         */
        void work(Claimed task, BooleanSupplier running) throws InterruptedException;
    }

    TaskPool(Database database, EngineProcess process, Clock clock, String kind, int priority, int most, Work work) {
        this.database = database;
        this.process = process;
        this.clock = clock;
        this.priority = priority;
        this.work = work;
        process.dispatcher()
                .add(new Dispatcher.Service(kind, priority, () -> running ? most - threads.size() : 0, this::claimed));
    }

    @Override
    public void start() {
        running = true;
    }

    private void claimed(Claimed task) {
        Thread thread = Thread.ofPlatform().daemon().name(task.kind()).unstarted(() -> run(task));
        threads.add(thread);
        thread.start();
    }

    private void run(Claimed task) {
        try {
            work.work(task, () -> running);
        } catch (Refused lost) {
            LOG.debug("{} {} was changed or taken over meanwhile", task.kind(), task.ref());
        } catch (InterruptedException stopped) {
            LOG.debug("{} {} is left for the next process", task.kind(), task.ref());
        } catch (RuntimeException failure) {
            LOG.warn("{} {} failed, trying again: {}", task.kind(), task.ref(), failure.toString());
            giveUp(task);
        } catch (Error fault) {
            LOG.error("{} {} failed", task.kind(), task.ref(), fault);
            giveUp(task);
        } finally {
            threads.remove(Thread.currentThread());
            process.dispatcher().ready(Queues.normal(task.workspaceId()), priority);
        }
    }

    /** Counts as a crash of the task: one that fails again and again waits among the suspects. */
    private void giveUp(Claimed task) {
        try {
            database.transact(sql ->
                    TaskTable.giveUp(sql, process.membership().worker(), task.ref(), task.epoch(), clock.millis()));
        } catch (RuntimeException failure) {
            LOG.warn("{} {} could not be handed back: {}", task.kind(), task.ref(), failure.toString());
        }
    }

    /** Before the engine stops, which frees the tasks that are not done. */
    @Override
    public void stop() {
        running = false;
        long start = System.nanoTime();
        for (Thread thread : threads) {
            long gently = STOP_GENTLY_MS - (System.nanoTime() - start) / 1_000_000;
            if (!ended(thread, gently)) thread.interrupt();
        }
        for (Thread thread : threads) ended(thread, STOP_MAX_MS - (System.nanoTime() - start) / 1_000_000);
    }

    private static boolean ended(Thread thread, long withinMs) {
        try {
            return thread.join(Duration.ofMillis(Math.max(1, withinMs)));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
