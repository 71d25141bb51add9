package dev.agentplatform.event;

import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.events.Delivery;
import dev.agentplatform.events.DeliveryTable;
import dev.agentplatform.events.Sender;
import dev.agentplatform.events.Subscription;
import dev.agentplatform.events.Subscriptions;
import dev.agentplatform.queue.Queues;
import dev.agentplatform.queue.Refused;
import dev.agentplatform.queue.TaskTable.Claimed;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.queue.Unit.Change;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one subscription as long as something is due: reads ahead, sends each aggregate's events in order and the
 * aggregates side by side, deletes what was confirmed. One thread decides; {@link Lane}s send.
 *
 * <p>An aggregate whose event failed is <em>troubled</em>: until one is confirmed again, it has a lane of its own,
 * which begins with its oldest event when that is due; later events of it are put off.
 */
final class Round implements Runnable {
    /** Deliveries that are held in memory. */
    private static final int WINDOW = 1_000;

    private static final int LANE_READ_MAX = 200;
    private static final int CONFIRM_MAX = 500;
    private static final long CONFIRM_WITHIN_MS = 10;
    private static final long LINGER_MS = 1_000;
    private static final long LOOK_GAP_MAX_MS = 100;
    private static final long AGAIN_AFTER_FAULT_MS = 500;
    private static final int DROP_MAX = 1_000;
    private static final int LANES_DEFAULT = 16;
    private static final Logger LOG = LoggerFactory.getLogger(Round.class);

    private final Parts parts;
    private final Claimed task;
    private final UUID id;
    private final UUID worker;

    private final Map<String, Lane> lanes = new HashMap<>();
    private final ArrayDeque<Lane> startable = new ArrayDeque<>();
    private final Set<UUID> known = new HashSet<>();
    private final Map<String, Long> troubled = new HashMap<>();
    private final Set<UUID> confirmed = new LinkedHashSet<>();
    private final BlockingQueue<Happening> happenings = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopped;
    private int flying;
    private long confirmedSince;
    private long lookAt;
    private long lookGap = 1;

    /** What a round is made of; {@code forget} is told when it is over. */
    record Parts(
            Database database,
            EngineProcess process,
            Subscriptions subscriptions,
            Map<String, Sender> senders,
            Clock clock,
            Runnable forget) {}

    /** What the deciding thread learns. */
    sealed interface Happening {
        record Poked() implements Happening {}

        record Sent(List<Delivery> batch) implements Happening {}

        record Failed(Lane lane, List<Delivery> batch, String error) implements Happening {}

        record Landed(Lane lane) implements Happening {}
    }

    Round(Parts parts, Claimed task) {
        this.parts = parts;
        this.task = task;
        this.id = task.ref();
        this.worker = parts.process().membership().worker();
    }

    void poke() {
        happenings.add(new Happening.Poked());
    }

    void stop() {
        stopped = true;
        poke();
    }

    void join(long millis) throws InterruptedException {
        if (!ended.await(millis, TimeUnit.MILLISECONDS)) LOG.warn("subscription {} is cut off while it sends", id);
    }

    @Override
    public void run() {
        try {
            troubled.putAll(parts.database().read(sql -> DeliveryTable.troubled(sql, id)));
            serve();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error failure) {
            LOG.error("subscription {} cannot be served here", id, failure);
        } finally {
            parts.forget().run();
            ended.countDown();
        }
    }

    private void serve() throws InterruptedException {
        long busyTime = now();
        while (true) {
            try {
                takeAll();
                boolean over = stopped || !mine();
                if (over && flying == 0) {
                    flush();
                    return;
                }
                boolean idle = flying == 0 && startable.isEmpty();
                if (idle || confirmed.size() >= CONFIRM_MAX || now() - confirmedSince >= CONFIRM_WITHIN_MS) flush();
                Optional<Subscription> subscription = over ? Optional.empty() : current();
                if (subscription.isPresent()) {
                    if (now() >= lookAt && known.size() < WINDOW / 2) look(subscription.get());
                    launch(subscription.get());
                }
                if (flying > 0 || !startable.isEmpty()) {
                    busyTime = now();
                    take(CONFIRM_WITHIN_MS);
                } else if (subscription.isEmpty() || now() - busyTime > LINGER_MS) {
                    if (leave(subscription.isPresent())) return;
                    busyTime = now();
                } else {
                    take(Math.max(1, Math.min(lookAt - now(), LOOK_GAP_MAX_MS)));
                }
            } catch (RuntimeException fault) {
                LOG.warn("subscription {}: trying again: {}", id, fault.toString());
                take(AGAIN_AFTER_FAULT_MS);
            }
        }
    }

    /** The subscription while it is to be served; empty when it is gone or paused. */
    private Optional<Subscription> current() {
        Optional<Subscription> found = parts.subscriptions().known(id);
        if (found.isEmpty()) {
            parts.subscriptions().refresh();
            found = parts.subscriptions().known(id);
        }
        return found.filter(Subscription::active).filter(it -> parts.senders().containsKey(it.kind()));
    }

    private boolean mine() {
        return parts.process().membership().worker().equals(worker);
    }

    // ---- what happened

    private void take(long millis) throws InterruptedException {
        Happening happening = happenings.poll(millis, TimeUnit.MILLISECONDS);
        if (happening != null) apply(happening);
    }

    private void takeAll() {
        for (Happening it = happenings.poll(); it != null; it = happenings.poll()) apply(it);
    }

    private void apply(Happening happening) {
        switch (happening) {
            case Happening.Poked poked -> {
                lookGap = 1;
                lookAt = Math.min(lookAt, now() + 1);
            }
            case Happening.Sent(List<Delivery> batch) -> {
                if (confirmed.isEmpty()) confirmedSince = now();
                for (Delivery one : batch) confirmed.add(one.id());
            }
            case Happening.Landed(Lane lane) -> landed(lane);
            case Happening.Failed failed -> failed(failed);
        }
    }

    private void landed(Lane lane) {
        flying--;
        if (!lane.isEmpty()) {
            startable.add(lane);
            return;
        }
        lanes.remove(lane.key());
        if (!lane.troubled()) return;
        // There may be more behind what was read.
        if (lane.readWhole()) troubled.remove(lane.key());
        else troubled.put(lane.key(), 0L);
        lookAt = now();
    }

    private void failed(Happening.Failed failed) {
        flying--;
        lanes.remove(failed.lane().key());
        long now = now();
        // First: should the database fail now, all of it is read again.
        for (Delivery one : failed.batch()) known.remove(one.id());
        // Only here: more may have come into the lane since it failed.
        for (Delivery one : failed.lane().poll(Integer.MAX_VALUE)) known.remove(one.id());
        lookAt = now;
        int attemptsMax =
                parts.subscriptions().known(id).map(Subscription::maxAttempts).orElse(1);
        long firstDelay =
                parts.subscriptions().known(id).map(Subscription::retryDelayMs).orElse(1_000L);
        parts.database().transact(sql -> {
            Map<String, Long> until = new HashMap<>();
            for (Delivery one : failed.batch()) {
                String aggregate = one.event().aggregate();
                Long waits = until.get(aggregate);
                int attempts = one.attempts() + 1;
                if (waits != null) {
                    DeliveryTable.postponed(sql, List.of(one.id()), waits);
                } else if (attempts >= attemptsMax) {
                    DeliveryTable.dead(sql, one.id(), attempts, failed.error());
                } else {
                    long next = now + Backoff.delay(firstDelay, attempts);
                    until.put(aggregate, next);
                    DeliveryTable.failed(sql, one.id(), attempts, next, failed.error());
                }
            }
            for (Delivery one : failed.batch()) troubled.remove(one.event().aggregate());
            troubled.putAll(until);
            return null;
        });
    }

    private void flush() {
        confirmedSince = now();
        if (confirmed.isEmpty()) return;
        List<UUID> all = List.copyOf(confirmed);
        for (int from = 0; from < all.size(); from += CONFIRM_MAX) {
            List<UUID> some = all.subList(from, Math.min(all.size(), from + CONFIRM_MAX));
            parts.database().transact(sql -> {
                DeliveryTable.confirmed(sql, id, some);
                return null;
            });
            some.forEach(known::remove);
            some.forEach(confirmed::remove);
        }
    }

    // ---- what to do next

    private void look(Subscription subscription) {
        long now = now();
        boolean found = false;
        for (String aggregate : dueTroubles(now)) found |= readTroubled(aggregate);
        int limit = WINDOW + known.size();
        List<Delivery> due = parts.database().read(sql -> DeliveryTable.due(sql, id, now, limit));
        Map<Long, List<UUID>> postponed = new HashMap<>();
        int lanesWanted = lanesOf(subscription);
        boolean batches = parts.senders().get(subscription.kind()).batchMax(subscription) > 1;
        for (Delivery one : due) {
            if (known.contains(one.id())) continue;
            String aggregate = one.event().aggregate();
            Long until = troubled.get(aggregate);
            if (until != null) {
                if (until > now)
                    postponed.computeIfAbsent(until, time -> new ArrayList<>()).add(one.id());
                continue;
            }
            String key = batches ? "#" + Math.floorMod(aggregate.hashCode(), lanesWanted) : aggregate;
            Lane lane = lanes.computeIfAbsent(key, fresh -> new Lane(fresh, false, true));
            add(lane, one);
            found = true;
        }
        postponed.forEach(this::postpone);
        lookGap = found ? 1 : Math.min(LOOK_GAP_MAX_MS, lookGap * 2);
        lookAt = found ? now : now + lookGap;
        for (long time : troubled.values()) if (time > now) lookAt = Math.min(lookAt, time);
    }

    private List<String> dueTroubles(long now) {
        List<String> due = new ArrayList<>();
        troubled.forEach((aggregate, time) -> {
            if (time <= now && !lanes.containsKey(aggregate)) due.add(aggregate);
        });
        return due;
    }

    private boolean readTroubled(String aggregate) {
        List<Delivery> waiting = parts.database().read(sql -> DeliveryTable.lane(sql, id, aggregate, LANE_READ_MAX));
        List<Delivery> unsent =
                waiting.stream().filter(one -> !known.contains(one.id())).toList();
        if (unsent.isEmpty()) {
            troubled.remove(aggregate);
            return false;
        }
        Lane lane = new Lane(aggregate, true, waiting.size() < LANE_READ_MAX);
        lanes.put(aggregate, lane);
        for (Delivery one : unsent) add(lane, one);
        return true;
    }

    private void add(Lane lane, Delivery one) {
        known.add(one.id());
        if (lane.isIdle()) {
            lane.planned();
            startable.add(lane);
        }
        lane.add(one);
    }

    private void postpone(long until, List<UUID> ids) {
        for (int from = 0; from < ids.size(); from += CONFIRM_MAX) {
            List<UUID> some = ids.subList(from, Math.min(ids.size(), from + CONFIRM_MAX));
            parts.database().transact(sql -> {
                DeliveryTable.postponed(sql, some, until);
                return null;
            });
        }
    }

    private void launch(Subscription subscription) {
        Sender sender = parts.senders().get(subscription.kind());
        int most = lanesOf(subscription);
        while (flying < most && !startable.isEmpty()) {
            flying++;
            startable.poll().launch(sender, subscription, happenings);
        }
    }

    private static int lanesOf(Subscription subscription) {
        return subscription.target().path("max_in_flight").asInt(LANES_DEFAULT);
    }

    /** Gives the task back, or ends it; false when something came up. */
    private boolean leave(boolean served) {
        flush();
        Change change = new Change.End(task.wakes());
        Long rests = null;
        if (served) {
            Optional<Long> next = parts.database().read(sql -> DeliveryTable.nextTime(sql, id));
            if (next.isPresent() && next.get() <= now()) {
                lookAt = now();
                return false;
            }
            String queue = Queues.normal(task.workspaceId());
            if (next.isPresent()) {
                rests = next.get();
                change = new Change.Release(task.seq() + 1, null, false, queue, rests, task.wakes());
            }
        } else if (parts.subscriptions().known(id).isEmpty()) {
            drop();
        }
        try {
            Unit.Fence fence = new Unit.Fence(id, task.epoch(), task.seq());
            parts.process().commits().commit(new Unit(fence, change, List.of(), List.of(), List.of()));
        } catch (Refused lost) {
            // Somebody else has it; what we confirmed is confirmed.
            return true;
        }
        if (rests != null) parts.process().dispatcher().resting(rests);
        return true;
    }

    private void drop() {
        int dropped;
        do {
            dropped = parts.database().transact(sql -> DeliveryTable.drop(sql, id, DROP_MAX));
        } while (dropped == DROP_MAX);
    }

    private long now() {
        return parts.clock().millis();
    }
}
