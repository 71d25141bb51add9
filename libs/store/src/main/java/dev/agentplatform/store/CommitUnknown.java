package dev.agentplatform.store;

/**
 * The connection was lost while a commit was under way: it may or may not have happened.
 *
 * <p>Send a fenced unit again: if the first one was written, the second is refused by its fence.
 */
public final class CommitUnknown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CommitUnknown(Throwable cause) {
        super("the connection to the database was lost during a commit", cause);
    }
}
