package dev.agentplatform.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Timers that fire when a test says so. */
final class ManualTimers implements Timers {
    private record Entry(long at, Runnable action) {}

    private final List<Entry> waiting = new ArrayList<>();

    @Override
    public synchronized Runnable at(long timeMs, Runnable action) {
        Entry entry = new Entry(timeMs, action);
        waiting.add(entry);
        return () -> remove(entry);
    }

    private synchronized void remove(Entry entry) {
        waiting.remove(entry);
    }

    /** Fires everything that is due at {@code now}, earliest first. */
    void fire(long now) {
        for (Optional<Entry> due = takeDue(now); due.isPresent(); due = takeDue(now))
            due.get().action().run();
    }

    private synchronized Optional<Entry> takeDue(long now) {
        Optional<Entry> due =
                waiting.stream().filter(entry -> entry.at() <= now).min(Comparator.comparingLong(Entry::at));
        due.ifPresent(waiting::remove);
        return due;
    }

    synchronized int count() {
        return waiting.size();
    }
}
