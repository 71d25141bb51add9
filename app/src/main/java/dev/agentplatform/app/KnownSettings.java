package dev.agentplatform.app;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The names under {@code AGENT_PLATFORM_} that mean something, to find those that somebody misspelled. */
public final class KnownSettings {
    public static final String PREFIX = "AGENT_PLATFORM_";

    /** Names without the prefix, in the order of the alphabet; a test compares them with the sources. */
    static final List<String> NAMES = List.of(
            "AGENT_SERVICE_URL",
            "AUDIT",
            "AUDIT_DAYS",
            "AUTHZ_REQUIRED",
            "AUTH_REQUIRED",
            "AUTH_SERVICE_URL",
            "AUTO_START",
            "BENCH_NODES",
            "BODY_BYTES_MAX",
            "BUILD",
            "CODE_CONCURRENCY",
            "CODE_MEMORY_MEGABYTES",
            "CODE_RUNNER_SERVICE_URL",
            "CODE_UNSAFE",
            "CODE_WAIT_MILLIS",
            "CODE_WARM",
            "CORS_ORIGINS",
            "CREDENTIAL_KEY",
            "DATA",
            "DATABASE_CONNECTIONS",
            "DATABASE_READERS",
            "DATABASE_URL",
            "DEFAULT_MODEL",
            "EMBEDDING_API_KEY",
            "EMBEDDING_BASE_URL",
            "EMBEDDING_MODEL",
            "EMBEDDING_PROVIDER",
            "EVENT_RETENTION_DAYS",
            "EVENT_SERVICE_URL",
            "FORWARD_ANSWER_MILLIS",
            "FORWARD_CONNECT_MILLIS",
            "FORWARD_IDLE_MILLIS",
            "HEARTBEAT_MILLIS",
            "HOST",
            "HTTP_ALLOW",
            "HUMAN_SERVICE_URL",
            "IDLE_TIMEOUT_MILLIS",
            "JAVA",
            "JAVA_OPTS",
            "KNOWLEDGE_SERVICE_URL",
            "LOG_LEVEL",
            "MAX_TIMEOUT_SECONDS",
            "MEMORY_INDEX_MEGABYTES",
            "MEMORY_SERVICE_URL",
            "MOCK_SCRIPT",
            "MODEL_GATEWAY_SERVICE_URL",
            "NODE_BIN",
            "PORT",
            "PROVIDER_API_KEY",
            "PROVIDER_BASE_URL",
            "PROVIDER_DEFAULT_MODEL",
            "PROVIDER_KIND",
            "PYTHON_BIN",
            "RATE_KEY_BURST",
            "RATE_KEY_PER_SECOND",
            "RATE_WORKSPACE_BURST",
            "RATE_WORKSPACE_PER_SECOND",
            "ROLES",
            "RUNS_MAX",
            "RUNTIME_SERVICE_URL",
            "SCHEDULER_SERVICE_URL",
            "SESSION_SERVICE_URL",
            "SKILL_SERVICE_URL",
            "SMOKE_API_KEY",
            "SMOKE_RUNTIME_URL",
            "SMOKE_TENANT_ID",
            "SMOKE_WORKFLOW_URL",
            "SMOKE_WORKSPACE_ID",
            "STOP_TIMEOUT_MILLIS",
            "STREAMS_MAX",
            "TEAM_SERVICE_URL",
            "TOOL_SERVICE_URL",
            "WORKER_HEARTBEAT_MILLIS",
            "WORKER_LEASE_MILLIS",
            "WORKFLOW_SERVICE_URL");

    /** What follows these is the operator's to choose. */
    private static final List<String> OPEN = List.of("SECRET_");

    private static final int NEAR = 4;

    private KnownSettings() {}

    /** Whether the name, prefix included, is read by something. */
    public static boolean known(String name) {
        if (!name.startsWith(PREFIX)) return true;
        String rest = name.substring(PREFIX.length());
        return NAMES.contains(rest)
                || OPEN.stream().anyMatch(open -> rest.startsWith(open) && rest.length() > open.length());
    }

    /** The known name that is spelled most alike, when one is near. */
    public static Optional<String> nearest(String name) {
        String rest = name.substring(PREFIX.length());
        return NAMES.stream()
                .min(Comparator.comparingInt(known -> distance(rest, known)))
                .filter(known -> distance(rest, known) <= Math.min(NEAR, rest.length() / 2))
                .map(known -> PREFIX + known);
    }

    /** How many letters have to be inserted, deleted or replaced. */
    private static int distance(String one, String other) {
        int[] before = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) before[j] = j;
        for (int i = 1; i <= one.length(); i++) {
            int[] now = new int[other.length() + 1];
            now[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = before[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(replaced, Math.min(before[j], now[j - 1]) + 1);
            }
            before = now;
        }
        return before[other.length()];
    }
}
