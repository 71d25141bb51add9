package dev.agentplatform.workflow.dsl;

/**
 * One thing that is wrong with a workflow.
 *
 * @param path where, dotted: {@code nodes.3.config.url}, {@code edges.0.condition}; empty for the whole
 * @param node the id of the node it is about, or null
 * @param edge the edge it is about as {@code source -> target}, or null
 * @param code stable snake_case; a client may branch on it
 */
public record Fault(String path, String node, String edge, String code, String message) {
    /** The text is not a workflow at all: wrong types, missing {@code nodes}. */
    public static final String MALFORMED = "malformed";

    /** Beyond a limit of size or number. */
    public static final String TOO_LARGE = "too_large";

    public static final String UNKNOWN_TYPE = "unknown_type";

    /** A key without which nodes of the type do nothing. */
    public static final String MISSING_CONFIG = "missing_config";

    /** A key names a node that the workflow does not have. */
    public static final String UNKNOWN_NODE = "unknown_node";

    /** Whether even a draft with this fault is refused. */
    public boolean refusesDraft() {
        return code.equals(MALFORMED) || code.equals(TOO_LARGE) || code.equals(UNKNOWN_TYPE);
    }
}
