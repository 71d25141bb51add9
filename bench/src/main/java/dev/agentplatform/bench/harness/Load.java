package dev.agentplatform.bench.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Closed loops: each caller waits for its answer before it asks again. */
public final class Load {
    private Load() {}

    /** One piece of work; {@code caller} counts from 0 and is always the same thread. */
    @FunctionalInterface
    public interface Work {
        void run(int caller) throws Exception;
    }

    public record Measured(int count, double seconds, Latencies latencies) {
        public double perSecond() {
            return count / seconds;
        }
    }

    /** {@code count} pieces of work by {@code callers} threads. The first failure stops the load and is thrown. */
    public static Measured closed(int count, int callers, Work work) throws Exception {
        AtomicInteger next = new AtomicInteger();
        AtomicReference<Exception> failure = new AtomicReference<>();
        Latencies latencies = new Latencies();
        long start = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
            int number = caller;
            threads.add(Thread.ofPlatform().name("caller-" + number).start(() -> {
                while (next.getAndIncrement() < count && failure.get() == null) {
                    try {
                        long begun = System.nanoTime();
                        work.run(number);
                        latencies.add(System.nanoTime() - begun);
                    } catch (Exception thrown) {
                        failure.compareAndSet(null, thrown);
                    }
                }
            }));
        }
        for (Thread thread : threads) thread.join();
        if (failure.get() != null) throw failure.get();
        return new Measured(count, (System.nanoTime() - start) / 1e9, latencies);
    }
}
