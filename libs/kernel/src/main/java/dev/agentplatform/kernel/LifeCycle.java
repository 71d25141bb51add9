package dev.agentplatform.kernel;

/**
 * A background part. It may be stopped twice or before it was started; when {@link #stop} returns it
 * has stopped.
 */
public interface LifeCycle {
    void start();

    void stop();
}
