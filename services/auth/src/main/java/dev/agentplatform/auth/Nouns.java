package dev.agentplatform.auth;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The services by the nouns that rights use, and the other names by which people call them. */
public final class Nouns {
    private static final String SERVICE = "-service";

    /** Name, root of the paths or plural: noun. */
    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry("api-gateway", "gateway"),
            Map.entry("document", "gateway"),
            Map.entry("sessions", "session"),
            Map.entry("workflows", "workflow"),
            Map.entry("tools", "tool"),
            Map.entry("model-gateway", "model"),
            Map.entry("model_gateway", "model"),
            Map.entry("models", "model"),
            Map.entry("v1", "model"),
            Map.entry("code-runner", "code"),
            Map.entry("code_runner", "code"),
            Map.entry("agents", "agent"),
            Map.entry("memories", "memory"),
            Map.entry("teams", "team"),
            Map.entry("skills", "skill"),
            Map.entry("events", "event"));

    private static final Set<String> KNOWN = Set.of(
            "gateway",
            "session",
            "workflow",
            "runtime",
            "tool",
            "model",
            "code",
            "agent",
            "memory",
            "team",
            "skill",
            "human",
            "knowledge",
            "event",
            "auth",
            "scheduler");

    private Nouns() {}

    /** The one spelling of a service in rights; a name that is no service stays as it is. */
    public static String canonical(String name) {
        if (KNOWN.contains(name)) return name;
        String bare = name.endsWith(SERVICE) ? name.substring(0, name.length() - SERVICE.length()) : name;
        String noun = OTHERS.getOrDefault(bare, bare);
        return KNOWN.contains(noun) ? noun : name;
    }

    /** The nouns of all services. */
    public static Set<String> all() {
        return new TreeSet<>(KNOWN);
    }
}
