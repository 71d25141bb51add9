package dev.agentplatform.events;

import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.LanguageError;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All subscriptions, in memory, so that publishing asks no database who listens.
 *
 * <p>A change made here is seen at once. Other processes look at a version number every 500 ms: for at most a
 * second they may still write deliveries by the older list.
 */
public final class Subscriptions implements LifeCycle {
    /** How long another process may go by an older list. */
    public static final long STALE_MAX_MS = 1_000;

    public static final int PER_WORKSPACE_MAX = 1_000;
    private static final long LOOK_EVERY_MS = 500;
    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

    private final Database database;
    private final Object reading = new Object();
    private volatile Known known = new Known(-1, Map.of(), Map.of());
    private volatile boolean running;
    private volatile Thread thread;

    private record Listener(Subscription subscription, Interest interest) {}

    private record Known(long version, Map<String, List<Listener>> byWorkspace, Map<UUID, Subscription> byId) {}

    public Subscriptions(Database database) {
        this.database = database;
    }

    /** Whether an event of this type may have a listener. Asks memory only. */
    public boolean mayMatch(String workspaceId, String type) {
        for (Listener listener : known.byWorkspace().getOrDefault(workspaceId, List.of())) {
            if (listener.interest().mayWant(type)) return true;
        }
        return false;
    }

    /** Who gets this event. Asks memory only. */
    List<Subscription> matching(Event event) {
        List<Listener> listeners = known.byWorkspace().getOrDefault(event.workspaceId(), List.of());
        if (listeners.isEmpty()) return List.of();
        List<Subscription> matching = new ArrayList<>(2);
        for (Listener listener : listeners) {
            if (listener.interest().wants(event)) matching.add(listener.subscription());
        }
        return matching;
    }

    /** As this process knows it. */
    public Optional<Subscription> known(UUID id) {
        return Optional.ofNullable(known.byId().get(id));
    }

    public Optional<Subscription> find(String workspaceId, UUID id) {
        return database.read(sql -> SubscriptionTable.find(sql, workspaceId, id));
    }

    /** Nobody changes it until the caller's transaction ends. */
    public static Optional<Subscription> lock(Sql sql, String workspaceId, UUID id) throws SQLException {
        return SubscriptionTable.lock(sql, workspaceId, id);
    }

    public Page<Subscription> page(String workspaceId, PageRequest page, String kind, String status) {
        return database.read(sql -> SubscriptionTable.page(sql, workspaceId, page, kind, status));
    }

    /** @throws Problem 409 when the workspace has as many as it may */
    public void create(Subscription subscription) {
        database.transact(sql -> {
            create(sql, subscription);
            return null;
        });
        refresh();
    }

    /** Inside a transaction of the caller, who calls {@link #refresh} after it. */
    public static void create(Sql sql, Subscription subscription) throws SQLException {
        if (SubscriptionTable.count(sql, subscription.workspaceId()) >= PER_WORKSPACE_MAX) {
            throw Problem.conflict(
                    "too_many_subscriptions", "A workspace may have at most " + PER_WORKSPACE_MAX + " subscriptions.");
        }
        SubscriptionTable.insert(sql, subscription);
    }

    public boolean update(Subscription subscription) {
        boolean found = database.transact(sql -> update(sql, subscription));
        refresh();
        return found;
    }

    /** See {@link #create(Sql, Subscription)}. */
    public static boolean update(Sql sql, Subscription subscription) throws SQLException {
        return SubscriptionTable.update(sql, subscription);
    }

    public boolean delete(String workspaceId, UUID id) {
        boolean found = database.transact(sql -> delete(sql, workspaceId, id));
        refresh();
        return found;
    }

    /** See {@link #create(Sql, Subscription)}. Deliveries that are left are swept away by the courier. */
    public static boolean delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        return SubscriptionTable.delete(sql, workspaceId, id);
    }

    /** Reads all anew when something changed. */
    public void refresh() {
        synchronized (reading) {
            long before = known.version();
            known = database.read(sql -> {
                // The version first: a change in between is read twice, never missed.
                long version = SubscriptionTable.version(sql);
                return version == before ? known : index(version, SubscriptionTable.all(sql));
            });
        }
    }

    private static Known index(long version, List<Subscription> all) {
        Map<String, List<Listener>> byWorkspace = new HashMap<>();
        Map<UUID, Subscription> byId = new HashMap<>();
        for (Subscription one : all) {
            byId.put(one.id(), one);
            try {
                Interest interest = new Interest(one.types(), one.filter());
                byWorkspace
                        .computeIfAbsent(one.workspaceId(), workspace -> new ArrayList<>())
                        .add(new Listener(one, interest));
            } catch (LanguageError older) {
                LOG.warn("subscription {} is left out: its filter cannot be read any more", one.id());
            }
        }
        return new Known(version, byWorkspace, byId);
    }

    @Override
    public void start() {
        refresh();
        // On SQLite every change is made by this process.
        if (database.dialect() == Dialect.SQLITE) return;
        running = true;
        thread = Thread.ofPlatform().daemon().name("subscriptions").start(this::lookUntilStopped);
    }

    private void lookUntilStopped() {
        while (running) {
            LockSupport.parkNanos(LOOK_EVERY_MS * 1_000_000);
            if (!running) return;
            try {
                refresh();
            } catch (RuntimeException failure) {
                LOG.warn("subscriptions could not be read, trying again: {}", failure.toString());
            }
        }
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
    }
}
