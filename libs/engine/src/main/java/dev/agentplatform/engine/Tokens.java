package dev.agentplatform.engine;

/** Where a step that runs shows its text while it makes it. The whole text belongs into its output all the same. */
@FunctionalInterface
public interface Tokens {
    /** Nobody asked to see it. */
    Tokens NONE = piece -> {};

    /**
     * The next piece of text. Returns at once, unless the log is far behind: then it waits for it. After the end
     * of its step it does nothing.
     */
    void text(String piece);
}
