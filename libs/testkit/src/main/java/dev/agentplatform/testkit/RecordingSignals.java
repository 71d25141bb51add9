package dev.agentplatform.testkit;

import dev.agentplatform.kernel.Signals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Remembers signals until a test waits for them. Each one answers one wait. */
public final class RecordingSignals implements Signals {
    private record Signal(String name, Object subject) {}

    private final List<Signal> waiting = new ArrayList<>();
    private final Duration limit;

    public RecordingSignals() {
        this(Await.LIMIT);
    }

    public RecordingSignals(Duration limit) {
        this.limit = limit;
    }

    @Override
    public synchronized void happened(String name, Object subject) {
        waiting.add(new Signal(name, subject));
        notifyAll();
    }

    /** Returns the subject of the oldest signal of that name that no one waited for yet. */
    public Object await(String name) {
        return await(name, subject -> true);
    }

    /** Like {@link #await(String)}, passing over signals with other subjects. Fails after the limit, 10 s. */
    public synchronized Object await(String name, Predicate<Object> wanted) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Iterator<Signal> signals = waiting.iterator();
            while (signals.hasNext()) {
                Signal signal = signals.next();
                if (!signal.name().equals(name) || !wanted.test(signal.subject())) continue;
                signals.remove();
                return signal.subject();
            }
            long leftNanos = deadline - System.nanoTime();
            if (leftNanos <= 0) throw new AssertionError("no signal '" + name + "'; there were " + waiting);
            try {
                TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for '" + name + "'", interrupted);
            }
        }
    }

    /** How many of that name wait to be awaited. */
    public synchronized int count(String name) {
        return (int)
                waiting.stream().filter(signal -> signal.name().equals(name)).count();
    }

    /** Forgets everything so far. */
    public synchronized void clear() {
        waiting.clear();
    }
}
