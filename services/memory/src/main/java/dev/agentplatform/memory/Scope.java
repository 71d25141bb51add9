package dev.agentplatform.memory;

import dev.agentplatform.kernel.Problem;
import java.util.List;

/** Whose memories. Tenant is the older word for workspace; both are one scope. */
public record Scope(String workspaceId, String type, String id) {
    static final int ID_LENGTH_MAX = 200;
    static final String WORKSPACE = "workspace";
    private static final List<String> TYPES = List.of(WORKSPACE, "user", "session", "agent", "team");

    /**
     * @param id null or empty only for the workspace, whose id it is
     * @throws Problem 422 with the field
     */
    public static Scope of(String workspaceId, String type, String id) {
        String known = type(type);
        boolean named = id != null && !id.isBlank();
        if (!TYPES.contains(known)) throw Problem.invalid("scope_type", "must be one of tenant, " + words());
        if (!known.equals(WORKSPACE)) {
            if (!named) throw Problem.invalid("scope_id", "is required");
            if (id.length() > ID_LENGTH_MAX) {
                throw Problem.invalid("scope_id", "must have at most " + ID_LENGTH_MAX + " characters");
            }
            return new Scope(workspaceId, known, id);
        }
        if (named && !id.equals(workspaceId)) {
            throw Problem.invalid("scope_id", "must be the workspace itself, or left out");
        }
        return new Scope(workspaceId, known, workspaceId);
    }

    /** The word as it is stored; null stays. */
    static String type(String word) {
        return "tenant".equals(word) ? WORKSPACE : word;
    }

    static boolean known(String type) {
        return TYPES.contains(type);
    }

    static String words() {
        return String.join(", ", TYPES);
    }
}
