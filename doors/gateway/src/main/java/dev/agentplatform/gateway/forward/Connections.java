package dev.agentplatform.gateway.forward;

import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The open connections to upstreams: those at work, and some that rest for the next request. */
final class Connections implements LifeCycle {
    private static final int AT_WORK_MAX = 2_000;
    private static final int RESTING_MAX = 256;
    /** Shorter than the time after which common servers close: a closed one is found out only by its use. */
    private static final Duration RESTING_LIMIT = Duration.ofSeconds(4);

    private static final Duration GUARD_INTERVAL = Duration.ofMillis(250);

    private final Duration connectLimit;
    private final Map<Upstream, Kept> kept = new ConcurrentHashMap<>();
    private final Set<Connection> atWork = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Thread guard;

    private static final class Kept {
        final ConcurrentLinkedDeque<Connection> resting = new ConcurrentLinkedDeque<>();
        final Semaphore permits = new Semaphore(AT_WORK_MAX);
    }

    /** @param reused it had served another request before, and may be closed by now */
    record Lease(Upstream upstream, Connection connection, boolean reused) {}

    Connections(Duration connectLimit) {
        this.connectLimit = connectLimit;
    }

    /** A connection for one exchange, to be given back in any case. */
    Lease lease(Upstream upstream, boolean fresh) throws IOException {
        Kept own = kept(upstream);
        if (!own.permits.tryAcquire()) {
            throw Problem.unavailable(
                    AT_WORK_MAX + " requests to " + upstream.service().name() + " are under way already.", 1);
        }
        Connection connection = null;
        try {
            if (!fresh) connection = rested(own);
            boolean reused = connection != null;
            if (!reused) connection = Connection.open(upstream, connectLimit);
            atWork.add(connection);
            return new Lease(upstream, connection, reused);
        } finally {
            if (connection == null) own.permits.release();
        }
    }

    private static Connection rested(Kept own) {
        long now = System.nanoTime();
        for (Connection next = own.resting.pollFirst(); next != null; next = own.resting.pollFirst()) {
            if (next.canBeUsedAgain(now, RESTING_LIMIT)) return next;
            next.close();
        }
        return null;
    }

    /** Ends a lease, once. */
    void giveBack(Lease lease, boolean reusable) {
        Connection connection = lease.connection();
        atWork.remove(connection);
        Kept own = kept(lease.upstream());
        own.permits.release();
        if (!reusable || own.resting.size() >= RESTING_MAX || stopped.getCount() == 0) {
            connection.close();
            return;
        }
        connection.rest(System.nanoTime());
        own.resting.addFirst(connection);
    }

    private Kept kept(Upstream upstream) {
        return kept.computeIfAbsent(upstream, first -> new Kept());
    }

    @Override
    public synchronized void start() {
        if (guard == null) guard = Thread.ofVirtual().name("forward-guard").start(this::guardUntilStopped);
    }

    private void guardUntilStopped() {
        try {
            while (!stopped.await(GUARD_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                long now = System.nanoTime();
                atWork.forEach(connection -> connection.closeIfLate(now));
                kept.values().forEach(own -> closeOld(own, now));
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeOld(Kept own, long now) {
        for (Connection oldest = own.resting.peekLast(); oldest != null; oldest = own.resting.peekLast()) {
            if (!oldest.isOlderThan(now, RESTING_LIMIT)) return;
            if (own.resting.removeLastOccurrence(oldest)) oldest.close();
        }
    }

    /** Cuts whatever is open. */
    @Override
    public synchronized void stop() {
        stopped.countDown();
        atWork.forEach(Connection::close);
        for (Kept own : kept.values()) own.resting.forEach(Connection::close);
    }
}
