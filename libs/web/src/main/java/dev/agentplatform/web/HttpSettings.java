package dev.agentplatform.web;

import dev.agentplatform.kernel.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the server listens, and its limits.
 *
 * @param port 0 picks a free one
 * @param extraPorts further ports that answer the same
 * @param bodyBytesMax of one request; more is 413
 * @param streamsMax event streams open at a time; more is 503
 * @param heartbeat of idle event streams
 * @param idleTimeout of a connection that makes no progress
 * @param stopTimeout how long a stop waits for requests and streams
 * @param allowedOrigins origins of browsers that may call from elsewhere; {@code *} for any; by default none
 */
public record HttpSettings(
        String host,
        int port,
        List<Integer> extraPorts,
        long bodyBytesMax,
        int streamsMax,
        Duration heartbeat,
        Duration idleTimeout,
        Duration stopTimeout,
        List<String> allowedOrigins) {

    public HttpSettings {
        extraPorts = List.copyOf(extraPorts);
        allowedOrigins = List.copyOf(allowedOrigins);
    }

    public static HttpSettings from(Settings settings) {
        return new HttpSettings(
                settings.text("AGENT_PLATFORM_HOST", "127.0.0.1"),
                port(settings),
                List.of(),
                settings.number("AGENT_PLATFORM_BODY_BYTES_MAX", 10_000_000, 1_000, Integer.MAX_VALUE - 16),
                (int) settings.number("AGENT_PLATFORM_STREAMS_MAX", 10_000, 1, 1_000_000),
                settings.millis(
                        "AGENT_PLATFORM_HEARTBEAT_MILLIS",
                        Duration.ofSeconds(15),
                        Duration.ofMillis(10),
                        Duration.ofMinutes(5)),
                settings.millis(
                        "AGENT_PLATFORM_IDLE_TIMEOUT_MILLIS",
                        Duration.ofSeconds(30),
                        Duration.ofMillis(100),
                        Duration.ofHours(1)),
                settings.millis(
                        "AGENT_PLATFORM_STOP_TIMEOUT_MILLIS",
                        Duration.ofSeconds(5),
                        Duration.ZERO,
                        Duration.ofMinutes(10)),
                list(settings.text("AGENT_PLATFORM_CORS_ORIGINS", "")));
    }

    public HttpSettings withPort(int other) {
        return new HttpSettings(
                host, other, extraPorts, bodyBytesMax, streamsMax, heartbeat, idleTimeout, stopTimeout, allowedOrigins);
    }

    public HttpSettings withExtraPorts(List<Integer> others) {
        return new HttpSettings(
                host, port, others, bodyBytesMax, streamsMax, heartbeat, idleTimeout, stopTimeout, allowedOrigins);
    }

    private static int port(Settings settings) {
        String name = settings.text("AGENT_PLATFORM_PORT").isPresent() ? "AGENT_PLATFORM_PORT" : "PORT";
        return (int) settings.number(name, 8080, 0, 65_535);
    }

    private static List<String> list(String commaSeparated) {
        List<String> items = new ArrayList<>();
        for (String item : commaSeparated.split(",")) {
            if (!item.isBlank()) items.add(item.strip());
        }
        return items;
    }
}
