package dev.agentplatform.store;

import dev.agentplatform.kernel.Problem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** What waits for a writer. Full or closed, it refuses with status 503, so that load is felt at the edge. */
final class BoundedQueue<T> {
    private static final int RETRY_AFTER_SECONDS = 1;

    private final ArrayDeque<T> items = new ArrayDeque<>();
    private final int limit;
    private boolean closed;

    BoundedQueue(int limit) {
        this.limit = limit;
    }

    synchronized void add(T item) {
        if (closed) throw Problem.unavailable("The database is being closed.", RETRY_AFTER_SECONDS);
        if (items.size() >= limit) {
            throw Problem.unavailable("Too many writes are waiting (" + limit + ").", RETRY_AFTER_SECONDS);
        }
        items.add(item);
    }

    /** Up to {@code most} items in order of arrival; empty when nothing waits. */
    synchronized List<T> take(int most) {
        int size = Math.min(most, items.size());
        if (size == 0) return List.of();
        List<T> taken = new ArrayList<>(size);
        for (int i = 0; i < size; i++) taken.add(items.poll());
        return taken;
    }

    /** From now on everything new is refused; what waits can still be taken. */
    synchronized void close() {
        closed = true;
    }

    synchronized boolean isFinished() {
        return closed && items.isEmpty();
    }
}
