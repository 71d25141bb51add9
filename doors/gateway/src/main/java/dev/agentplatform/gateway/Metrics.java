package dev.agentplatform.gateway;

import dev.agentplatform.web.Answered;
import dev.agentplatform.web.Observer;
import dev.agentplatform.web.Route;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntSupplier;

/** Figures of this process in the text format of Prometheus; other rooms put theirs into {@link #registry}. */
public final class Metrics implements Observer, AutoCloseable {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60)
    };

    private record Key(Route route, String method, int status) {}

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
    /** Looked up once for each request: building the tags of a timer costs more than recording. */
    private final ConcurrentMap<Key, Timer> timers = new ConcurrentHashMap<>();

    private final ConcurrentMap<Key, Counter> streams = new ConcurrentHashMap<>();

    public Metrics() {
        garbageCollection.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    public MeterRegistry registry() {
        return registry;
    }

    /** Shows the event streams that are open; called once, when the server exists. */
    public void watchStreams(IntSupplier open) {
        Gauge.builder("http.server.streams.open", open, IntSupplier::getAsInt)
                .description("Event streams open now")
                // A gauge holds what it watches weakly by default; nobody else holds this lambda.
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void answered(Answered answered) {
        Route route = answered.request().route().orElse(null);
        Key key = new Key(route, method(answered.request().method()), answered.status());
        if (answered.streamed()) {
            streams.computeIfAbsent(key, this::stream).increment();
        } else {
            timers.computeIfAbsent(key, this::timer).record(Duration.ofNanos(answered.durationNanos()));
        }
    }

    String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        garbageCollection.close();
        registry.close();
    }

    private Timer timer(Key key) {
        return Timer.builder("http.server.requests")
                .description("Requests by route and status, event streams left out")
                .serviceLevelObjectives(BUCKETS)
                .tag("method", key.method())
                .tag("route", path(key))
                .tag("status", String.valueOf(key.status()))
                .register(registry);
    }

    private Counter stream(Key key) {
        return Counter.builder("http.server.streams")
                .description("Event streams that have ended, by route and status")
                .tag("method", key.method())
                .tag("route", path(key))
                .tag("status", String.valueOf(key.status()))
                .register(registry);
    }

    /** Callers may invent methods and paths without end; their series may not. */
    private static String method(String sent) {
        return switch (sent) {
            case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" -> sent;
            default -> "OTHER";
        };
    }

    private static String path(Key key) {
        return key.route() == null ? "none" : key.route().path();
    }
}
