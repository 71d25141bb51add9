package dev.agentplatform.kernel;

/**
 * What concurrent code tells its tests, so that no test sleeps. Production uses {@link #NONE}, which
 * costs a virtual call.
 */
@FunctionalInterface
public interface Signals {
    Signals NONE = (name, subject) -> {};

    void happened(String name, Object subject);
}
