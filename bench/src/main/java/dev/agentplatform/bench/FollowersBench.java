package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.ChildServer;
import dev.agentplatform.bench.harness.HttpConnection;
import dev.agentplatform.bench.harness.Latencies;
import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Result;
import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Thousands of idle event streams on one server: what one costs, and how fast an event reaches all of them. */
final class FollowersBench {
    private static final String SIGNAL = "go";

    private final int port;
    private final String path;
    private final CountDownLatch idle;
    private final CountDownLatch told;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicInteger broken = new AtomicInteger();
    private final Latencies delays = new Latencies();

    private FollowersBench(int port, String runId, int followers) {
        this.port = port;
        this.path = "/runtime/runs/" + runId + "/events";
        this.idle = new CountDownLatch(followers);
        this.told = new CountDownLatch(followers);
    }

    static void measure(Options options) throws Exception {
        int followers = options.number("n", 10_000);
        int settleSeconds = options.number("settle", 5);
        options.complete();
        try (ChildServer server = ChildServer.start(Map.of());
                HttpConnection control = new HttpConnection(server.port())) {
            String workflow = Workflows.publish(
                    control,
                    "bench_wait",
                    Workflows.node("wait", "wait", Json.object().put("signal", SIGNAL)));
            String run = Workflows.start(control, workflow);
            new FollowersBench(server.port(), run, followers).measure(server, control, run, followers, settleSeconds);
        }
    }

    private void measure(ChildServer server, HttpConnection control, String run, int followers, int settleSeconds)
            throws Exception {
        long heapBefore = server.heapBytes();
        double rssBefore = server.rssMb();
        List<HttpConnection> streams = new ArrayList<>();
        try {
            long start = System.nanoTime();
            for (int i = 0; i < followers; i++) {
                HttpConnection stream = new HttpConnection(port);
                streams.add(stream);
                Thread.ofVirtual().start(() -> follow(stream));
            }
            idle.await();
            double connectedSeconds = (System.nanoTime() - start) / 1e9;
            TimeUnit.SECONDS.sleep(settleSeconds);
            double cpu = server.cpuMs();
            TimeUnit.SECONDS.sleep(settleSeconds);
            double idleCpu = (server.cpuMs() - cpu) / (settleSeconds * 1_000.0);
            long heap = server.heapBytes() - heapBefore;
            double rss = server.rssMb() - rssBefore;
            sent.set(System.nanoTime());
            control.post("/runtime/runs/" + run + "/signal", "{\"name\":\"" + SIGNAL + "\"}")
                    .expect(200, 202);
            if (!told.await(2, TimeUnit.MINUTES)) throw new IOException(told.getCount() + " followers heard nothing");
            new Result("followers")
                    .put("n", followers)
                    .put("broken", broken.get())
                    .put("connected_s", connectedSeconds)
                    .put("heap_kb_per_follower", heap / 1_000.0 / followers)
                    .put("rss_kb_per_follower", rss * 1_000 / followers)
                    .put("idle_cpu_share", idleCpu)
                    .put("event", delays)
                    .put("event_last_ms", delays.ms(1))
                    .print();
        } finally {
            for (HttpConnection stream : streams) stream.close();
        }
    }

    /** Reads up to the present, says so, and waits for what comes after. */
    private void follow(HttpConnection stream) {
        try {
            stream.follow(path);
            String event = stream.nextData();
            while (event != null && !event.contains("\"run.waiting\"")) event = stream.nextData();
            idle.countDown();
            if (event == null || stream.nextData() == null) broken.incrementAndGet();
            else delays.add(System.nanoTime() - sent.get());
        } catch (IOException lost) {
            broken.incrementAndGet();
            idle.countDown();
        } finally {
            told.countDown();
        }
    }
}
