package dev.agentplatform.app;

import dev.agentplatform.kernel.Settings.WrongSetting;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What this process does of all that the platform does.
 *
 * @param api answers requests
 * @param worker executes runs
 */
public record Roles(boolean api, boolean worker) {
    public static final Roles ALL = new Roles(true, true);
    public static final String SETTING = "AGENT_PLATFORM_ROLES";

    /** The AutoGPT names mean the same roles. {@code scheduler} and {@code notifier} have no part of their own yet. */
    public static Roles parse(String text) {
        Set<String> names = new TreeSet<>();
        for (String name : text.split(",")) names.add(canonical(name.strip().toLowerCase(Locale.ROOT)));
        if (names.contains("all")) return ALL;
        return new Roles(names.contains("api"), names.contains("worker"));
    }

    private static String canonical(String name) {
        return switch (name) {
            case "all" -> "all";
            case "api", "rest", "ws" -> "api";
            case "worker", "executor" -> "worker";
            default -> throw new WrongSetting(SETTING, name, String.join(", ", Arrays.asList("all", "api", "worker")));
        };
    }
}
