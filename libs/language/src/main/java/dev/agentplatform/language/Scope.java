package dev.agentplatform.language;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The values that an expression may see, by the first name of a path ({@code input}, {@code nodes}). */
@FunctionalInterface
public interface Scope {
    Scope EMPTY = name -> null;

    /** The value of {@code name}; null or a missing node when there is none. The value is never changed. */
    JsonNode root(String name);

    static Scope of(Map<String, ? extends JsonNode> roots) {
        return roots::get;
    }
}
