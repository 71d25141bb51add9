package dev.agentplatform.code;

import dev.agentplatform.kernel.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What the operator decides.
 *
 * @param folder a folder that belongs to this process alone
 * @param hidden folders that code must never see, wherever they are
 * @param python names or paths to try, in order
 * @param node names or paths to try, in order
 * @param timeoutMax highest timeout of a call
 * @param concurrency calls that run at a time
 * @param patience how long a call waits for its turn
 * @param warm started interpreters that wait for work, for each language that is in use
 * @param memoryBytes for a call with all its processes
 * @param unsafe whether to run code without isolation where the host offers none
 */
public record CodeSettings(
        Path folder,
        List<Path> hidden,
        List<String> python,
        List<String> node,
        Duration timeoutMax,
        int concurrency,
        Duration patience,
        int warm,
        long memoryBytes,
        boolean unsafe) {
    public static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long MEGABYTE = 1024L * 1024;

    /** @param data the data folder of the server */
    public static CodeSettings from(Settings settings, Path data) {
        return new CodeSettings(
                data.resolve("code"),
                List.of(data),
                settings.text("AGENT_PLATFORM_PYTHON_BIN").map(List::of).orElse(List.of("python3", "python")),
                settings.text("AGENT_PLATFORM_NODE_BIN").map(List::of).orElse(List.of("node", "nodejs")),
                Duration.ofSeconds(settings.number("AGENT_PLATFORM_MAX_TIMEOUT_SECONDS", 30, 1, 3_600)),
                (int) settings.number("AGENT_PLATFORM_CODE_CONCURRENCY", 16, 1, 500),
                settings.millis(
                        "AGENT_PLATFORM_CODE_WAIT_MILLIS",
                        Duration.ofSeconds(20),
                        Duration.ZERO,
                        Duration.ofMinutes(5)),
                (int) settings.number("AGENT_PLATFORM_CODE_WARM", 2, 0, 100),
                settings.number("AGENT_PLATFORM_CODE_MEMORY_MEGABYTES", 256, 128, 65_536) * MEGABYTE,
                settings.flag(false, "AGENT_PLATFORM_CODE_UNSAFE"));
    }

    /** The same for another folder of its own. */
    public CodeSettings in(Path other) {
        return new CodeSettings(
                other, hidden, python, node, timeoutMax, concurrency, patience, warm, memoryBytes, unsafe);
    }

    /** What a call gets that names none. */
    public Duration timeoutDefault() {
        return TIMEOUT.compareTo(timeoutMax) < 0 ? TIMEOUT : timeoutMax;
    }
}
