package dev.agentplatform.events;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Tells the followers in this process what was committed, run by run. */
public final class LiveLog {
    /** Commits that wait for one slow follower; past that it reads from the table again. */
    static final int BACKLOG_MAX = 256;

    private final ConcurrentHashMap<UUID, Set<Subscription>> subscriptions = new ConcurrentHashMap<>();

    public Subscription subscribe(UUID runId) {
        Subscription subscription = new Subscription(runId);
        subscriptions.compute(runId, (id, followers) -> {
            Set<Subscription> set = followers == null ? ConcurrentHashMap.newKeySet(4) : followers;
            set.add(subscription);
            return set;
        });
        return subscription;
    }

    /** After the commit, in the order of the log. */
    public void publish(UUID runId, List<LogEvent> events) {
        Set<Subscription> followers = subscriptions.get(runId);
        if (followers != null) for (Subscription follower : followers) follower.offer(events);
    }

    /** Something was committed elsewhere: followers read the table. */
    public void nudge(UUID runId) {
        Set<Subscription> followers = subscriptions.get(runId);
        if (followers != null) for (Subscription follower : followers) follower.overflow();
    }

    public Set<UUID> followed() {
        return Set.copyOf(subscriptions.keySet());
    }

    public int followers() {
        return subscriptions.values().stream().mapToInt(Set::size).sum();
    }

    /** One follower's view; not shared between threads but for {@link LiveLog}'s own side. */
    public final class Subscription implements AutoCloseable {
        private final UUID runId;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition arrived = lock.newCondition();
        private ArrayDeque<List<LogEvent>> waiting;
        private boolean missed;

        private Subscription(UUID runId) {
            this.runId = runId;
        }

        /** The next commit's events; an empty list when some were missed; nothing after {@code millis}. */
        public Optional<List<LogEvent>> poll(long millis) throws InterruptedException {
            lock.lock();
            try {
                long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
                while (waiting == null && !missed && nanos > 0) nanos = arrived.awaitNanos(nanos);
                if (missed) {
                    missed = false;
                    waiting = null;
                    return Optional.of(List.of());
                }
                if (waiting == null) return Optional.empty();
                List<LogEvent> events = waiting.poll();
                // An idle follower keeps no queue: there may be ten thousand of them.
                if (waiting.isEmpty()) waiting = null;
                return Optional.of(events);
            } finally {
                lock.unlock();
            }
        }

        private void offer(List<LogEvent> events) {
            lock.lock();
            try {
                if (missed) return;
                if (waiting == null) waiting = new ArrayDeque<>(4);
                if (waiting.size() == BACKLOG_MAX) missed = true;
                else waiting.add(events);
                arrived.signal();
            } finally {
                lock.unlock();
            }
        }

        /** Makes {@link #poll} return. */
        void wake() {
            overflow();
        }

        private void overflow() {
            lock.lock();
            try {
                missed = true;
                arrived.signal();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            subscriptions.computeIfPresent(runId, (id, followers) -> {
                followers.remove(this);
                return followers.isEmpty() ? null : followers;
            });
        }
    }
}
