package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.Latencies;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When the events of one measurement were committed and when they arrived, and whether the order of each thing was kept. */
final class Arrivals {
    private static final Pattern NUMBER = Pattern.compile("\"n\":(\\d+)");
    private static final Pattern THING = Pattern.compile("\"aggregate_id\":\"(\\d+)\"");

    private final long[] committed;
    private final long[] arrived;
    private final Map<String, Integer> last = new HashMap<>();
    private final CountDownLatch all;
    private int repeats;
    private int outOfOrder;
    private long start;
    private long published;
    private volatile long end;

    Arrivals(int events) {
        committed = new long[events];
        arrived = new long[events];
        all = new CountDownLatch(events);
    }

    void committed(int n) {
        committed[n] = System.nanoTime();
    }

    void published(long start, long end) {
        this.start = start;
        this.published = end;
    }

    /** @param json one event, or several one after the other */
    void arrived(String json) {
        long now = System.nanoTime();
        Matcher number = NUMBER.matcher(json);
        Matcher thing = THING.matcher(json);
        synchronized (this) {
            while (number.find() && thing.find()) arrived(Integer.parseInt(number.group(1)), thing.group(1), now);
        }
    }

    private void arrived(int n, String thing, long now) {
        if (n >= arrived.length || arrived[n] != 0) {
            repeats++;
            return;
        }
        arrived[n] = now;
        if (last.merge(thing, n, Math::max) > n) outOfOrder++;
        end = now;
        all.countDown();
    }

    void awaitAll(long nanosMax) throws InterruptedException {
        if (!all.await(nanosMax, TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException(all.getCount() + " events have not arrived");
        }
    }

    double publishedPerSecond() {
        return arrived.length / ((published - start) / 1e9);
    }

    double deliveredPerSecond() {
        return arrived.length / ((end - start) / 1e9);
    }

    Latencies latencies() {
        Latencies latencies = new Latencies();
        for (int n = 0; n < arrived.length; n++) latencies.add(Math.max(0, arrived[n] - committed[n]));
        return latencies;
    }

    synchronized int repeats() {
        return repeats;
    }

    synchronized int outOfOrder() {
        return outOfOrder;
    }
}
