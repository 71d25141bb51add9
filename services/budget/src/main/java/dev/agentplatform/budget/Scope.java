package dev.agentplatform.budget;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Problem;
import java.util.List;

/** Whose use counts. @param id null for the workspace */
record Scope(String type, String id) {
    static final String RUN = "run";
    static final String DEFINITION = "definition";
    static final String USER = "user";
    static final List<String> TYPES = List.of("workspace", USER, DEFINITION, RUN);
    static final int ID_LENGTH_MAX = 200;
    static final Scope WORKSPACE = new Scope("workspace", null);

    /** @throws Problem 422 that names the field */
    static Scope of(String workspaceId, String type, String id) {
        boolean named = id != null && !id.isBlank();
        if (type.equals(WORKSPACE.type)) {
            if (named && !id.equals(workspaceId))
                throw Problem.invalid("scope_id", "must be the workspace itself, or left out");
            return WORKSPACE;
        }
        if (!named) throw Problem.invalid("scope_id", "is required");
        if (type.equals(USER)) return new Scope(type, id);
        return new Scope(
                type,
                Ids.parse(id)
                        .orElseThrow(() -> Problem.invalid("scope_id", "must be an id (a UUID)"))
                        .toString());
    }

    boolean isRun() {
        return type.equals(RUN);
    }

    /** As it is stored. */
    String key() {
        return id == null ? type : type + ":" + id;
    }

    static Scope read(String key) {
        int colon = key.indexOf(':');
        return colon < 0 ? WORKSPACE : new Scope(key.substring(0, colon), key.substring(colon + 1));
    }
}
