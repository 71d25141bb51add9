package dev.agentplatform.app;

import dev.agentplatform.gateway.Check;
import dev.agentplatform.gateway.GatewayRoutes;
import dev.agentplatform.gateway.Metrics;
import dev.agentplatform.gateway.access.Access;
import dev.agentplatform.gateway.access.AccessSettings;
import dev.agentplatform.gateway.audit.Audit;
import dev.agentplatform.gateway.audit.AuditRoutes;
import dev.agentplatform.gateway.forward.Forwarding;
import dev.agentplatform.gateway.forward.Service;
import dev.agentplatform.gateway.keys.ApiKeyRoutes;
import dev.agentplatform.gateway.keys.ApiKeys;
import dev.agentplatform.gateway.limits.RateLimits;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Settings.WrongSetting;
import dev.agentplatform.store.Migrations;
import dev.agentplatform.web.DocumentRoutes;
import dev.agentplatform.web.Filter;
import dev.agentplatform.web.HttpServer;
import dev.agentplatform.web.HttpSettings;
import dev.agentplatform.web.Idempotency;
import dev.agentplatform.web.Observer;
import dev.agentplatform.web.Route;
import dev.agentplatform.web.Routes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The door of the house: every route of the rooms at one address, and at their own ports if wished. */
public final class PlatformServer implements LifeCycle {
    /** Where each service answers when it runs alone (chapter 1 of the API contract). */
    static final Map<String, Integer> SERVICE_PORTS = servicePorts();

    private final Optional<Audit> audit;
    private final Forwarding forwarding;
    private final Idempotency idempotency;
    private final ApiKeys keys;
    private final Metrics metrics;
    private final HttpServer server;
    private final List<Route> routes;

    /** @param services names of the services that answer; empty for all */
    public PlatformServer(Platform platform, Settings settings, List<String> services, boolean servicePorts) {
        forwarding = new Forwarding(settings);
        List<Routes> rooms = new ArrayList<>();
        for (Routes room : platform.routes()) {
            Routes here = room.without(forwarding::takes);
            boolean wanted = services.isEmpty() || services.contains(room.service());
            if (wanted && !here.routes().isEmpty()) rooms.add(here);
        }
        List<String> known = platform.routes().stream().map(Routes::service).toList();
        for (String service : services) {
            if (!known.contains(service)) throw new WrongSetting("--services", service, String.join(", ", known));
        }
        metrics = new Metrics();
        List<Check> checks = List.of(
                new Check("database", () -> platform.database().read(sql -> sql.one("SELECT 1 AS one", row -> 1))),
                new Check("schema", () -> {
                    if (!Migrations.pending(platform.database()).isEmpty()) {
                        throw new IllegalStateException("migrations are pending");
                    }
                }),
                Check.told("code-runner", platform.code()::check));
        List<Check> reachable = new ArrayList<>();
        for (Routes room : rooms) reachable.add(new Check(room.service(), Check.IN_PROCESS));
        reachable.addAll(forwarding.checks());
        rooms.addAll(forwarding.routes());
        GatewayRoutes.Product product = new GatewayRoutes.Product("agent-platform", Build.version());
        AccessSettings wanted = AccessSettings.from(settings);
        keys = new ApiKeys(platform.database(), platform.outbox(), platform.clock(), platform.ids());
        Access access =
                new Access(wanted, keys, platform.tokens(), platform.auth().permissions());
        Routes gateway = new GatewayRoutes(product, checks, reachable, metrics).routes();
        new ApiKeyRoutes(keys, platform.clock(), wanted.authRequired()).addTo(gateway);
        rooms.add(gateway);
        rooms.add(AuditRoutes.of(platform.database(), platform.clock()));
        rooms.add(new DocumentRoutes("Agent Platform", Build.version(), rooms).routes());
        routes = rooms.stream().flatMap(room -> room.routes().stream()).toList();
        idempotency = new Idempotency(platform.database(), platform.ids(), platform.clock());
        HttpSettings http = HttpSettings.from(settings);
        if (servicePorts) http = http.withExtraPorts(List.copyOf(SERVICE_PORTS.values()));
        audit = Audit.wanted(settings)
                ? Optional.of(
                        new Audit(platform.database(), platform.ids(), platform.clock(), settings, metrics.registry()))
                : Optional.empty();
        List<Observer> observers = new ArrayList<>(List.of(metrics));
        audit.ifPresent(observers::add);
        List<Filter> filters = List.of(access, new RateLimits(settings, System::nanoTime), idempotency);
        server = new HttpServer(http, platform.ids(), rooms, filters, observers);
        metrics.watchStreams(server::streamCount);
        EngineMetrics.register(metrics.registry(), platform);
    }

    /** Every route that this process answers, for tests that ask all of them. */
    public List<Route> routes() {
        return routes;
    }

    @Override
    public void start() {
        audit.ifPresent(Audit::start);
        forwarding.start();
        idempotency.start();
        keys.start();
        server.start();
    }

    public int port() {
        return server.port();
    }

    /** Refuses new work while what is open comes to its end. */
    public void drain() {
        server.drain();
    }

    @Override
    public void stop() {
        server.stop();
        keys.stop();
        forwarding.stop();
        audit.ifPresent(Audit::stop);
        idempotency.stop();
        metrics.close();
    }

    private static Map<String, Integer> servicePorts() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (Service service : Service.ALL) ports.put(service.name(), service.port());
        return ports;
    }
}
