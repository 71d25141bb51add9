package dev.agentplatform.queue;

/** Names of queues. Normal queues are visited in turn; the others have one purpose each. */
public final class Queues {
    /** Runs that only have mail to apply, a cancel above all: they need no slot. */
    public static final String CONTROL = "control";

    /** Tasks whose owner died twice without progress: taken one at a time. */
    public static final String SUSPECT = "suspect";

    static final String NORMAL_FROM = "w:";
    static final String NORMAL_BELOW = "w;";

    private Queues() {}

    public static String normal(String workspaceId) {
        return NORMAL_FROM + workspaceId;
    }

    /** Hand-driven runs of one kind in a workspace: only a caller's claim takes them. */
    public static String manual(String workspaceId, String kind) {
        return "manual:" + workspaceId + "/" + kind;
    }
}
