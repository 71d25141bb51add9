package dev.agentplatform.queue;

import java.util.UUID;

/** Names of queues. Normal queues are visited in turn; the others have one purpose each. */
public final class Queues {
    /** Runs that only have mail to apply, a cancel above all: they need no slot. */
    public static final String CONTROL = "control";

    /** Tasks whose owner died twice without progress: taken one at a time. */
    public static final String SUSPECT = "suspect";

    static final String NORMAL_FROM = "w:";
    static final String NORMAL_BELOW = "w;";
    private static final String MANUAL_FROM = "manual:";
    /** No name of a workspace has one. */
    private static final char LIMITED = '/';

    private Queues() {}

    public static String normal(String workspaceId) {
        return NORMAL_FROM + workspaceId;
    }

    /** The normal queue of a definition that has a limit of its own. */
    public static String limited(String workspaceId, UUID definitionId) {
        return NORMAL_FROM + workspaceId + LIMITED + definitionId;
    }

    /** Hand-driven runs of one kind in a workspace: only a caller's claim takes them. */
    public static String manual(String workspaceId, String kind) {
        return MANUAL_FROM + workspaceId + "/" + kind;
    }

    public static boolean isLimited(String queue) {
        return queue.indexOf(LIMITED) >= 0;
    }

    /** Whose turn a normal queue takes. */
    static String workspace(String normal) {
        int end = normal.indexOf(LIMITED);
        return normal.substring(NORMAL_FROM.length(), end < 0 ? normal.length() : end);
    }

    /**
     * Where mail moves a task that rests: to {@link #CONTROL} always, to a normal queue only what would
     * otherwise rest until a caller drives it. All others stay, so that a limit goes on to hold.
     */
    static boolean moves(String resting, String to) {
        return to.equals(CONTROL) || resting.startsWith(MANUAL_FROM);
    }
}
