package dev.agentplatform.gateway;

/**
 * One thing that must work: a name, and a probe that returns when it does and throws when it does not.
 *
 * <p>A probe that takes longer than the limit counts as failed and is left to end by itself: an interrupt inside a
 * database driver would do harm.
 */
public record Check(String name, Probe probe) {
    /** Nothing to look at: code in this process. */
    public static final Probe IN_PROCESS = () -> {};

    /** Returns when the thing works. */
    @FunctionalInterface
    public interface Probe {
        void run() throws Exception;
    }
}
