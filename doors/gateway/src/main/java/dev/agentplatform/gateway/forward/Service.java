package dev.agentplatform.gateway.forward;

import java.util.List;
import java.util.Locale;

/**
 * A service of the API.
 *
 * @param port where it answers when it runs alone
 * @param roots first segments of its paths
 */
public record Service(String name, int port, List<String> roots) {
    public static final String GATEWAY = "api-gateway";

    /** In the order of their ports. */
    public static final List<Service> ALL = List.of(
            new Service(GATEWAY, 8_000, List.of("gateway")),
            new Service("session", 8_001, List.of("sessions")),
            new Service("workflow", 8_002, List.of("workflows")),
            new Service("runtime", 8_003, List.of("runtime")),
            new Service("tool", 8_004, List.of("tools")),
            new Service("model-gateway", 8_005, List.of("models", "v1")),
            new Service("code-runner", 8_006, List.of("code")),
            new Service("agent", 8_007, List.of("agents")),
            new Service("memory", 8_008, List.of("memories")),
            new Service("team", 8_009, List.of("teams")),
            new Service("skill", 8_010, List.of("skills")),
            new Service("human", 8_011, List.of("human")),
            new Service("knowledge", 8_012, List.of("knowledge")),
            new Service("event", 8_013, List.of("events")),
            new Service("auth", 8_014, List.of("auth")),
            new Service("scheduler", 8_015, List.of("scheduler")));

    /** The variable that says where it runs, when it does not run in this process. */
    String setting() {
        return "AGENT_PLATFORM_" + name.toUpperCase(Locale.ROOT).replace('-', '_') + "_SERVICE_URL";
    }
}
