package dev.agentplatform.app.command;

import dev.agentplatform.app.Build;
import dev.agentplatform.app.Platform;
import dev.agentplatform.app.PlatformServer;
import dev.agentplatform.app.Roles;
import dev.agentplatform.app.SettingsOptions;
import dev.agentplatform.kernel.Settings;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the platform until it is told to stop. */
@Command(
        name = "serve",
        description = "Run the platform: every role and service in one process, unless limited.",
        footer = {
            "",
            "Examples:",
            "  agent-platform serve",
            "  agent-platform serve --host 0.0.0.0 --port 9000 --data /srv/agent-platform",
            "  AGENT_PLATFORM_DATABASE_URL=postgresql://user:password@host/name agent-platform serve --roles worker"
        })
public final class ServeCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions options;

    @Option(names = "--host", description = "Address to listen on. Default: 127.0.0.1 (AGENT_PLATFORM_HOST).")
    private String host;

    @Option(names = "--port", description = "Port to listen on; 0 picks a free one. Default: 8080 (PORT).")
    private Integer port;

    @Option(names = "--roles", description = "all, or of: api, worker. Default: all (AGENT_PLATFORM_ROLES).")
    private String roles;

    @Option(
            names = "--services",
            split = ",",
            description = "Services that answer, for example workflow,runtime. Default: all.")
    private List<String> services = List.of();

    @Option(
            names = "--service-ports",
            description = "Also open the port that each service has of its own, 8000 to 8015.")
    private boolean servicePorts;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = options.start(overrides());
        Roles wanted = Roles.parse(settings.text(Roles.SETTING, "all"));
        Platform platform = new Platform(settings, wanted);
        PlatformServer server = wanted.api() ? new PlatformServer(platform, settings, services, servicePorts) : null;
        CountDownLatch stopped = new CountDownLatch(1);
        Thread stopping = new Thread(() -> stop(platform, server, stopped), "shutdown");
        platform.start();
        if (server != null) server.start();
        Runtime.getRuntime().addShutdownHook(stopping);
        announce(settings, server);
        stopped.await();
        return 0;
    }

    private Map<String, String> overrides() {
        Map<String, String> overrides = new HashMap<>();
        if (host != null) overrides.put("AGENT_PLATFORM_HOST", host);
        if (port != null) overrides.put("AGENT_PLATFORM_PORT", port.toString());
        if (roles != null) overrides.put(Roles.SETTING, roles);
        return overrides;
    }

    private static void stop(Platform platform, PlatformServer server, CountDownLatch stopped) {
        if (server != null) {
            server.drain();
            server.stop();
        }
        platform.close();
        stopped.countDown();
    }

    private void announce(Settings settings, PlatformServer server) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("Agent Platform " + Build.version());
        for (Map.Entry<String, String> setting : settings.effective()) {
            out.println("  " + setting.getKey() + " = " + setting.getValue());
        }
        if (server == null) {
            out.println("Ready: executing runs; this process answers no requests.");
        } else {
            String address = "http://localhost:" + server.port();
            out.println("Ready: " + address);
            out.println("  API and try-out  " + address + "/docs");
            out.println("  health           " + address + "/health   " + address + "/ready");
        }
        out.flush();
    }
}
