package dev.agentplatform.gateway;

import java.util.Optional;

/**
 * One thing that must work: a name, and a probe that returns when it does and throws when it does not.
 *
 * <p>A probe that takes longer than the limit counts as failed and is left to end by itself: an interrupt inside a
 * database driver would do harm.
 *
 * @param required whether the process cannot do its work without it; if not, it is only told
 * @param url where it is, when it is in another process
 */
public record Check(String name, Probe probe, boolean required, Optional<String> url) {
    /** Nothing to look at: code in this process. */
    public static final Probe IN_PROCESS = () -> {};

    /** Of something in this process. */
    public Check(String name, Probe probe) {
        this(name, probe, true, Optional.empty());
    }

    /** One that people should see, but that keeps nobody away. */
    public static Check told(String name, Probe probe) {
        return new Check(name, probe, false, Optional.empty());
    }

    /** Of something in another process. */
    public static Check elsewhere(String name, Probe probe, String url) {
        return new Check(name, probe, true, Optional.of(url));
    }

    /** Returns when the thing works. */
    @FunctionalInterface
    public interface Probe {
        void run() throws Exception;
    }
}
