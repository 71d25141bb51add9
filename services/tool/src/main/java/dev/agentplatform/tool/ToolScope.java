package dev.agentplatform.tool;

import java.util.List;

/** For whom a binding is: {@code agent a1}, {@code workspace w1}. The id is the caller's own word. */
record ToolScope(String type, String id) {
    static final String WORKSPACE = "workspace";
    /** The same scope as {@link #WORKSPACE}. */
    static final String TENANT = "tenant";

    /** The most specific first: of several bindings that fit, the one whose scope comes first here is taken. */
    static final List<String> TYPES =
            List.of("session", "user", "agent", "skill", "team", "workflow", "app", WORKSPACE, TENANT);

    static ToolScope workspace(String workspaceId) {
        return new ToolScope(WORKSPACE, workspaceId);
    }

    /** Lower is more specific. */
    int rank() {
        return TYPES.indexOf(type.equals(TENANT) ? WORKSPACE : type);
    }

    /** A tenant and its workspace are one scope. */
    boolean covers(ToolScope asked) {
        return rank() == asked.rank() && id.equals(asked.id);
    }
}
