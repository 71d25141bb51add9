package dev.agentplatform.queue;

import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Signals;
import dev.agentplatform.queue.TaskTable.Claimed;
import dev.agentplatform.queue.TaskTable.Lane;
import dev.agentplatform.queue.TaskTable.LimitedClaim;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings due tasks to their owners: flips timers whose time has come, then claims from the queues in turn.
 *
 * <p>Each lane (queue and priority) is claimed from a low-water mark, so that dead index entries before it
 * cost nothing. A rare probe without the mark finds lanes that nobody hinted at and rows that a late
 * commit or a skewed clock left behind the mark.
 */
public final class Dispatcher implements LifeCycle {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    static final int CLAIM_MAX = 16;
    static final int SERVICE_CLAIM_MAX = 64;
    static final int STAGE_MAX = 500;
    static final long LOOK_EVERY_MS = 200;
    static final long PROBE_EVERY_MS = 1_000;
    static final long LOW_MARGIN_MS = 2_000;
    /** A probe may take this share of the time at most, however many dead entries it reads. */
    static final int PROBE_SHARE = 50;

    static final long SUSPECT_ALONE_MS = 10_000;

    private final Database database;
    private final Membership membership;
    private final Clock clock;
    private final Signals signals;
    private final IntSupplier freeSlots;
    private final QueueLimits limits;
    private final Map<String, Consumer<Claimed>> owners;
    /** Who has lanes of his own, by rank. */
    private final Map<Integer, Service> services = new ConcurrentHashMap<>();

    private final Semaphore hints = new Semaphore(0);
    private final AtomicLong nextTimer = new AtomicLong(Long.MAX_VALUE);
    private final Map<LaneKey, LaneState> lanes = new LinkedHashMap<>();
    private long nextProbe;
    private long nextLook;
    private volatile boolean controlHinted;
    private long timerLow;
    private long suspectTaken = Long.MIN_VALUE / 2;
    private volatile boolean suspectProven = true;
    private volatile UUID suspect;
    private volatile boolean running;
    private volatile Thread thread;

    /** When each workspace and each queue was served last, counted in turns. */
    private final Map<String, Long> served = new HashMap<>();

    private long servings;

    private record LaneKey(String queue, int rank) {}

    /**
     * Takes tasks that are no runs. Its tasks have a priority that no run can have, so that they neither wait for the
     * slots of runs nor behind a backlog of them.
     *
     * @param free how many more of its tasks this process may own now
     */
    public record Service(String kind, int priority, IntSupplier free, Consumer<Claimed> owner) {}

    private static final class LaneState {
        long low;
        volatile boolean hinted = true;

        LaneState(long low) {
            this.low = low;
        }
    }

    /**
     * @param owners who takes a claimed task, by its kind
     * @param freeSlots how many more tasks this process may own now
     * @param limits refreshed at each probe
     */
    public Dispatcher(
            Database database,
            Membership membership,
            Clock clock,
            Signals signals,
            Map<String, Consumer<Claimed>> owners,
            IntSupplier freeSlots,
            QueueLimits limits) {
        this.database = database;
        this.membership = membership;
        this.clock = clock;
        this.signals = signals;
        this.owners = new ConcurrentHashMap<>(owners);
        this.freeSlots = freeSlots;
        this.limits = limits;
    }

    /** Names who takes claimed tasks of one more kind; before {@link #start}. */
    void own(String kind, Consumer<Claimed> owner) {
        owners.put(kind, owner);
    }

    /** Before {@link #start}. */
    public void add(Service service) {
        owners.put(service.kind(), service.owner());
        services.put(-service.priority(), service);
    }

    /** A task became ready in {@code queue}, as far as this process knows. */
    public void ready(String queue, int priority) {
        if (queue.equals(Queues.CONTROL)) {
            controlHinted = true;
            hints.release();
        }
        if (!queue.startsWith(Queues.NORMAL_FROM)) return;
        synchronized (lanes) {
            LaneState lane = lanes.computeIfAbsent(
                    new LaneKey(queue, -priority), key -> new LaneState(clock.millis() - LOW_MARGIN_MS));
            lane.hinted = true;
        }
        hints.release();
    }

    public QueueLimits limits() {
        return limits;
    }

    /** A task of {@code queue} is owned here no more: if the queue has a limit, others may fit now. */
    public void freed(String queue) {
        if (!Queues.isLimited(queue)) return;
        synchronized (lanes) {
            lanes.forEach((key, lane) -> lane.hinted |= key.queue().equals(queue));
        }
        hints.release();
    }

    /** A task rests until {@code readyTime}. */
    public void resting(long readyTime) {
        if (nextTimer.getAndAccumulate(readyTime, Math::min) > readyTime) hints.release();
    }

    /** The suspect that this process took has committed something: the next one may be tried. */
    public void progressed(UUID ref) {
        if (ref.equals(suspect)) suspectProven = true;
    }

    /** Whether work waits in a lane as far as this process knows; a new task must then queue behind it. */
    public boolean backlog(String queue, int priority) {
        synchronized (lanes) {
            LaneState lane = lanes.get(new LaneKey(queue, -priority));
            return lane != null && lane.hinted;
        }
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().daemon().name("dispatcher").start(this::dispatchUntilStopped);
    }

    @Override
    public void stop() {
        running = false;
        Thread stopping = thread;
        if (stopping == null) return;
        hints.release();
        try {
            stopping.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }

    private void dispatchUntilStopped() {
        while (running) {
            try {
                int claimed = turn();
                if (claimed == 0) await();
            } catch (InterruptedException interrupted) {
                return;
            } catch (RuntimeException failure) {
                LOG.warn("dispatching failed, trying again: {}", failure.toString());
                pause();
            }
        }
    }

    private void await() throws InterruptedException {
        long wait = Math.clamp(nextTimer.get() - clock.millis(), 1, LOOK_EVERY_MS);
        boolean hinted = hints.tryAcquire(wait, TimeUnit.MILLISECONDS);
        if (hinted) hints.drainPermits();
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
        } catch (InterruptedException interrupted) {
            running = false;
        }
    }

    /** One round: timers, control, suspects, then each lane in turn. Returns how many tasks were claimed. */
    public int turn() {
        long now = clock.millis();
        stage(now);
        if (now >= nextProbe) probe(now);
        int claimed = look(now);
        claimed += claimNormal();
        signals.happened("dispatched", claimed);
        return claimed;
    }

    /** Control and suspects: when hinted, else a few times a second. */
    private int look(long now) {
        if (!controlHinted && now < nextLook) return 0;
        controlHinted = false;
        nextLook = now + LOOK_EVERY_MS;
        UUID me = membership.worker();
        List<Claimed> mail = database.transact(sql -> TaskTable.claimAny(sql, me, Queues.CONTROL, CLAIM_MAX));
        if (mail.size() == CLAIM_MAX) controlHinted = true;
        hand(mail);
        return mail.size() + claimSuspect(now);
    }

    private void stage(long now) {
        if (now < nextTimer.get() && now < nextProbe) return;
        nextTimer.set(Long.MAX_VALUE);
        long low = now >= nextProbe ? 0 : timerLow;
        List<Lane> staged = database.transact(sql -> TaskTable.stage(sql, now, low, STAGE_MAX));
        for (Lane lane : staged) ready(lane.queue(), -lane.rank());
        timerLow = now - LOW_MARGIN_MS;
        Optional<Long> next =
                staged.size() == STAGE_MAX ? Optional.of(now) : database.read(sql -> TaskTable.nextDue(sql, timerLow));
        next.ifPresent(time -> nextTimer.accumulateAndGet(time, Math::min));
    }

    private void probe(long now) {
        limits.refresh();
        List<Lane> found = database.read(TaskTable::lanes);
        synchronized (lanes) {
            lanes.values().removeIf(lane -> !lane.hinted);
            served.keySet().removeIf(this::idle);
            for (Lane lane : found) {
                LaneState state =
                        lanes.computeIfAbsent(new LaneKey(lane.queue(), lane.rank()), key -> new LaneState(now));
                state.low = Math.min(state.low, lane.readyTime());
                state.hinted = true;
            }
        }
        long tookMs = Math.max(0, clock.millis() - now);
        nextProbe = now + Math.max(PROBE_EVERY_MS, tookMs * PROBE_SHARE);
    }

    /**
     * A turn for each workspace, who waited longest first; each takes its share of the free slots from its lanes:
     * queues in turn, priorities from high to low.
     */
    private int claimNormal() {
        int ofServices = claimServices();
        Map<String, List<Hinted>> byWorkspace = hinted();
        List<String> inTurn = new ArrayList<>(byWorkspace.keySet());
        inTurn.sort(Comparator.comparingLong(this::served));
        int claimed = 0;
        int left = inTurn.size();
        for (String workspace : inTurn) {
            int share = Math.ceilDiv(freeSlots.getAsInt(), left--);
            int taken = claimLanes(byWorkspace.get(workspace), Math.min(CLAIM_MAX, share));
            if (taken > 0) served.put(workspace, ++servings);
            claimed += taken;
        }
        return ofServices + claimed;
    }

    /** What needs no slot of a run. */
    private int claimServices() {
        List<Hinted> found = new ArrayList<>();
        synchronized (lanes) {
            lanes.forEach((key, state) -> {
                if (state.hinted && services.containsKey(key.rank())) found.add(new Hinted(key, state));
            });
        }
        int claimed = 0;
        for (Hinted lane : found) {
            int free = services.get(lane.key().rank()).free().getAsInt();
            if (free > 0) claimed += claimLane(lane, Math.min(SERVICE_CLAIM_MAX, free));
        }
        return claimed;
    }

    private int claimLanes(List<Hinted> lanes, int share) {
        lanes.sort(Comparator.<Hinted>comparingLong(lane -> served(lane.key().queue()))
                .thenComparingInt(lane -> lane.key().rank()));
        int claimed = 0;
        for (Hinted lane : lanes) {
            if (claimed >= share) break;
            int taken = claimLane(lane, share - claimed);
            if (taken > 0) served.put(lane.key().queue(), ++servings);
            claimed += taken;
        }
        return claimed;
    }

    private long served(String who) {
        return served.getOrDefault(who, 0L);
    }

    /** Nothing waits under this name of a workspace or a queue. */
    private boolean idle(String who) {
        return lanes.keySet().stream()
                .noneMatch(key ->
                        key.queue().equals(who) || Queues.workspace(key.queue()).equals(who));
    }

    private record Hinted(LaneKey key, LaneState state) {}

    private Map<String, List<Hinted>> hinted() {
        synchronized (lanes) {
            Map<String, List<Hinted>> hinted = new LinkedHashMap<>();
            lanes.forEach((key, state) -> {
                if (!state.hinted || services.containsKey(key.rank())) return;
                hinted.computeIfAbsent(Queues.workspace(key.queue()), workspace -> new ArrayList<>())
                        .add(new Hinted(key, state));
            });
            return hinted;
        }
    }

    private int claimLane(Hinted hinted, int limit) {
        LaneKey key = hinted.key();
        LaneState lane = hinted.state();
        lane.hinted = false;
        UUID me = membership.worker();
        long low = lane.low;
        LimitedClaim claim =
                database.transact(sql -> TaskTable.claimLimited(sql, me, key.queue(), key.rank(), low, limit));
        List<Claimed> claimed = claim.claimed();
        for (Claimed task : claimed) lane.low = Math.max(lane.low, task.readyTime() - LOW_MARGIN_MS);
        // A full queue is looked at again when something of it ends here, or at the next probe.
        if (claimed.size() == limit && !claim.full()) lane.hinted = true;
        hand(claimed);
        return claimed.size();
    }

    private int claimSuspect(long now) {
        if (!suspectProven && now - suspectTaken < SUSPECT_ALONE_MS) return 0;
        if (freeSlots.getAsInt() <= 0) return 0;
        UUID me = membership.worker();
        List<Claimed> claimed = database.transact(sql -> TaskTable.claimAny(sql, me, Queues.SUSPECT, 1));
        if (claimed.isEmpty()) return 0;
        suspect = claimed.getFirst().ref();
        suspectProven = false;
        suspectTaken = now;
        hand(claimed);
        return 1;
    }

    private void hand(List<Claimed> claimed) {
        for (Claimed task : claimed) owners.get(task.kind()).accept(task);
    }
}
