package dev.agentplatform.bench;

import dev.agentplatform.app.Platform;
import dev.agentplatform.bench.EventReceivers.Receiver;
import dev.agentplatform.bench.harness.HttpConnection;
import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Processes;
import dev.agentplatform.bench.harness.Result;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Workspace;
import dev.agentplatform.queue.Unit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** From the commit of an event to its arrival: webhook, Redis stream, RabbitMQ queue. The platform runs in this process. */
final class EventsBench {
    private static final int PUBLISHERS = 64;
    private static final long END_NANOS_MAX = 120_000_000_000L;

    /** @param rate events a second that are published; 0 for as many as can be */
    private record Plan(int events, int rounds, int warm, int rate, int aggregates, int batch, int inFlight) {}

    private EventsBench() {}

    static void measure(Options options) throws Exception {
        Plan plan = new Plan(
                options.number("n", 50_000),
                options.number("rounds", 3),
                options.number("warm", 20_000),
                options.number("rate", 5_000),
                options.number("aggregates", 640),
                options.number("batch", 0),
                options.number("in_flight", 0));
        List<String> targets = options.list("targets", "webhook");
        String redis = options.text("redis", "");
        String rabbitMq = options.text("rabbitmq", "");
        try (Stores stores = Stores.from(options, "sqlite,postgresql")) {
            options.complete();
            for (String kind : stores.kinds()) {
                Map<String, String> settings = new HashMap<>();
                if (!redis.isEmpty()) settings.put("AGENT_PLATFORM_REDIS_URL", redis);
                if (!rabbitMq.isEmpty()) settings.put("AGENT_PLATFORM_RABBITMQ_URL", rabbitMq);
                for (String target : targets) {
                    try (Receiver receiver = EventReceivers.of(target, redis, rabbitMq);
                            InProcess house = new InProcess(kind, stores, settings)) {
                        measure(kind, target, receiver, house, plan);
                    }
                }
            }
        }
    }

    private static void measure(String kind, String target, Receiver receiver, InProcess house, Plan plan)
            throws Exception {
        try (HttpConnection connection = new HttpConnection(house.port())) {
            subscribe(connection, receiver, plan);
            run(house.platform(), receiver, plan.warm(), plan);
            for (int round = 1; round <= plan.rounds(); round++) {
                double cpu = Processes.ownCpuMs();
                Arrivals arrivals = run(house.platform(), receiver, plan.events(), plan);
                new Result("events")
                        .put("store", kind)
                        .put("target", target)
                        .put("n", plan.events())
                        .put("rate", plan.rate())
                        .put("batch", plan.batch())
                        .put("in_flight", plan.inFlight())
                        .put("published_s", arrivals.publishedPerSecond())
                        .put("delivered_s", arrivals.deliveredPerSecond())
                        .put("commit_to_arrival", arrivals.latencies())
                        .put("repeats", arrivals.repeats())
                        .put("out_of_order", arrivals.outOfOrder())
                        .put("process_cpu_ms_per_event", (Processes.ownCpuMs() - cpu) / plan.events())
                        .print();
            }
        }
    }

    private static void subscribe(HttpConnection connection, Receiver receiver, Plan plan) throws Exception {
        var target = receiver.target();
        if (plan.batch() > 0) target.put("batch_max", plan.batch());
        if (plan.inFlight() > 0) target.put("max_in_flight", plan.inFlight());
        var body = Json.object().put("name", "bench");
        body.putArray("event_types").add("bench.*");
        body.set("target", target);
        connection.post("/events/subscriptions", Json.write(body)).expect(201);
    }

    /** Publishes at the wanted rate and returns when all have arrived. */
    private static Arrivals run(Platform platform, Receiver receiver, int events, Plan plan) throws Exception {
        Arrivals arrivals = new Arrivals(events);
        receiver.into(arrivals);
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> publishers = new ArrayList<>();
            for (int publisher = 0; publisher < PUBLISHERS; publisher++) {
                int first = publisher;
                publishers.add(threads.submit(() -> {
                    // What is about one thing is published by one thread, so that it has an order.
                    for (int n = first; n < events; n += PUBLISHERS) {
                        if (plan.rate() > 0) await(start + n * 1_000_000_000L / plan.rate());
                        publish(platform, n, n % plan.aggregates());
                        arrivals.committed(n);
                    }
                }));
            }
            for (Future<?> one : publishers) one.get();
        }
        arrivals.published(start, System.nanoTime());
        arrivals.awaitAll(END_NANOS_MAX);
        return arrivals;
    }

    private static void await(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime())
            LockSupport.parkNanos(left);
    }

    private static void publish(Platform platform, int n, int aggregate) {
        Outbox.Prepared prepared = platform.outbox()
                .prepare(new Outbox.Message(
                        platform.ids().next(),
                        Workspace.PUBLIC.id(),
                        "bench.happened",
                        "bench",
                        "thing",
                        String.valueOf(aggregate),
                        platform.clock().millis(),
                        "{\"n\":" + n + ",\"input\":" + Payloads.INPUT + "}"));
        platform.process().commits().commit(new Unit(null, null, List.of(), List.of(), prepared.rows()));
    }
}
