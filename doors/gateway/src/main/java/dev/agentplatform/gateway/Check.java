package dev.agentplatform.gateway;

import java.util.Optional;

/**
 * One thing that must work: a name, and a probe that returns when it does and throws when it does not.
 *
 * <p>A probe that takes longer than the limit counts as failed and is left to end by itself: an interrupt inside a
 * database driver would do harm.
 *
 * @param url where it is, when it is in another process
 */
public record Check(String name, Probe probe, Optional<String> url) {
    /** Nothing to look at: code in this process. */
    public static final Probe IN_PROCESS = () -> {};

    /** Of something in this process. */
    public Check(String name, Probe probe) {
        this(name, probe, Optional.empty());
    }

    /** Returns when the thing works. */
    @FunctionalInterface
    public interface Probe {
        void run() throws Exception;
    }
}
