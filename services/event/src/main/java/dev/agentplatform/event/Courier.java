package dev.agentplatform.event;

import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.events.DeliveryTable;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.events.Sender;
import dev.agentplatform.events.Subscription;
import dev.agentplatform.events.Subscriptions;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.queue.ActorTable;
import dev.agentplatform.queue.ActorTable.Actor;
import dev.agentplatform.queue.Dispatcher;
import dev.agentplatform.queue.TaskTable;
import dev.agentplatform.queue.TaskTable.Claimed;
import dev.agentplatform.queue.TaskTable.Holder;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events to those who subscribed. A subscription with something due has a task; whoever owns it serves the
 * subscription in a {@link Round}. A look through the deliveries (when hinted, else a few times a second) makes the
 * tasks, so publishers touch no row that is shared.
 */
public final class Courier implements LifeCycle {
    static final String TASK_KIND = "subscription";
    /** Above every priority of runs; see {@link Dispatcher.Service}. */
    static final int PRIORITY = 1_001;

    private static final int ROUNDS_MAX = 256;
    private static final long LOOK_EVERY_MS = 200;
    private static final long STOP_MAX_MS = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);

    private final Database database;
    private final EngineProcess process;
    private final Subscriptions subscriptions;
    private final Clock clock;
    private final Map<String, Sender> senders = new ConcurrentHashMap<>();
    private final Map<UUID, Round> rounds = new ConcurrentHashMap<>();
    private final Semaphore hints = new Semaphore(0);
    private volatile boolean running;
    private volatile Thread thread;

    public Courier(Database database, EngineProcess process, Subscriptions subscriptions, Outbox outbox, Clock clock) {
        this.database = database;
        this.process = process;
        this.subscriptions = subscriptions;
        this.clock = clock;
        process.dispatcher()
                .add(new Dispatcher.Service(
                        TASK_KIND, PRIORITY, () -> running ? ROUNDS_MAX - rounds.size() : 0, this::claimed));
        outbox.onExpected(this::expected);
    }

    /** Before {@link #start}. */
    public void add(Sender sender) {
        senders.put(sender.kind(), sender);
    }

    /** Something may soon be due: it is not committed yet. */
    void expected(Subscription subscription) {
        if (subscription.kind().equals(Subscription.CLAIM)) return;
        Round round = rounds.get(subscription.id());
        if (round != null) round.poke();
        else hints.release();
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().daemon().name("courier").start(this::lookUntilStopped);
    }

    private void lookUntilStopped() {
        long wait = 1;
        while (running) {
            try {
                boolean hinted = hints.tryAcquire(wait, TimeUnit.MILLISECONDS);
                if (!running) return;
                if (hinted) {
                    hints.drainPermits();
                    // What was hinted at is about to be committed.
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                look();
                wait = hinted ? 1 : Math.min(LOOK_EVERY_MS, wait * 2);
            } catch (InterruptedException stopped) {
                return;
            } catch (RuntimeException failure) {
                LOG.warn("deliveries could not be looked through, trying again: {}", failure.toString());
                wait = LOOK_EVERY_MS;
            }
        }
    }

    private void look() {
        long now = clock.millis();
        List<UUID> due = database.read(sql -> DeliveryTable.withDue(sql, now));
        for (UUID id : due) {
            Round round = rounds.get(id);
            if (round != null) round.poke();
            else wake(id, now);
        }
    }

    private void wake(UUID id, long now) {
        Optional<Subscription> known = subscriptions.known(id);
        if (known.isPresent()
                && !(known.get().active() && senders.containsKey(known.get().kind()))) return;
        Optional<Holder> holder = database.read(sql -> TaskTable.holder(sql, id));
        if (holder.isPresent() && !holder.get().status().equals("idle")) return;
        // Of one that is gone the deliveries must go too.
        String workspace = known.map(Subscription::workspaceId).orElse("public");
        Actor actor = new Actor(id, TASK_KIND, workspace, PRIORITY);
        if (database.transact(sql -> ActorTable.wake(sql, actor, null, now))) {
            process.dispatcher().ready(actor.queue(), PRIORITY);
        }
    }

    private void claimed(Claimed task) {
        Round.Parts parts =
                new Round.Parts(database, process, subscriptions, senders, clock, () -> rounds.remove(task.ref()));
        Round round = new Round(parts, task);
        rounds.put(task.ref(), round);
        Thread.ofVirtual().name("subscription").start(round);
    }

    /** Ends the rounds; what is under way has some seconds. Their tasks are free for the next process. */
    @Override
    public void stop() {
        running = false;
        Thread stopping = thread;
        if (stopping == null) return;
        thread = null;
        hints.release();
        try {
            stopping.join();
            List<Round> open = List.copyOf(rounds.values());
            open.forEach(Round::stop);
            long deadline = System.nanoTime() + STOP_MAX_MS * 1_000_000;
            for (Round round : open) round.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
