package dev.agentplatform.app;

import dev.agentplatform.gateway.Check;
import dev.agentplatform.gateway.GatewayRoutes;
import dev.agentplatform.gateway.Metrics;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Settings.WrongSetting;
import dev.agentplatform.store.Migrations;
import dev.agentplatform.web.DocumentRoutes;
import dev.agentplatform.web.HttpServer;
import dev.agentplatform.web.HttpSettings;
import dev.agentplatform.web.Idempotency;
import dev.agentplatform.web.Routes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The door of the house: every route of the rooms at one address, and at their own ports if wished. */
public final class PlatformServer implements LifeCycle {
    /** Where each service answers when it runs alone (chapter 1 of the API contract). */
    static final Map<String, Integer> SERVICE_PORTS = servicePorts();

    private final Idempotency idempotency;
    private final Metrics metrics;
    private final HttpServer server;

    /** @param services names of the services that answer; empty for all */
    public PlatformServer(Platform platform, Settings settings, List<String> services, boolean servicePorts) {
        refuseAuthentication(settings);
        List<Routes> rooms = new ArrayList<>();
        for (Routes room : platform.routes()) {
            if (services.isEmpty() || services.contains(room.service())) rooms.add(room);
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
        List<Check> inProcess = rooms.stream()
                .map(room -> new Check(room.service(), Check.IN_PROCESS))
                .toList();
        GatewayRoutes.Product product = new GatewayRoutes.Product("agent-platform", Build.version());
        rooms.add(new GatewayRoutes(product, checks, inProcess, metrics).routes());
        rooms.add(new DocumentRoutes("Agent Platform", Build.version(), rooms).routes());
        idempotency = new Idempotency(platform.database(), platform.ids(), platform.clock());
        HttpSettings http = HttpSettings.from(settings);
        if (servicePorts) http = http.withExtraPorts(List.copyOf(SERVICE_PORTS.values()));
        server = new HttpServer(http, platform.ids(), rooms, List.of(idempotency), List.of(metrics));
        metrics.watchStreams(server::streamCount);
        EngineMetrics.register(metrics.registry(), platform);
    }

    // Keys and permissions come with the gateway's next version; a server must not pretend to check them.
    private static void refuseAuthentication(Settings settings) {
        if (settings.flag(false, "AGENT_PLATFORM_AUTH_REQUIRED", "AUTH_ENABLED")) {
            throw new WrongSetting("AGENT_PLATFORM_AUTH_REQUIRED", "true", "false in this version");
        }
        if (settings.flag(false, "AGENT_PLATFORM_AUTHZ_REQUIRED")) {
            throw new WrongSetting("AGENT_PLATFORM_AUTHZ_REQUIRED", "true", "false in this version");
        }
    }

    @Override
    public void start() {
        idempotency.start();
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
        idempotency.stop();
        metrics.close();
    }

    private static Map<String, Integer> servicePorts() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        List<String> names = List.of(
                "api-gateway",
                "session",
                "workflow",
                "runtime",
                "tool",
                "model-gateway",
                "code-runner",
                "agent",
                "memory",
                "team",
                "skill",
                "human",
                "knowledge",
                "event",
                "auth",
                "scheduler");
        for (String name : names) ports.put(name, 8_000 + ports.size());
        return ports;
    }
}
