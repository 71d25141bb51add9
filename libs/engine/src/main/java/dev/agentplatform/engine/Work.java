package dev.agentplatform.engine;

/** The work of one step on a thread of its own. */
final class Work {
    private Thread thread;
    private volatile boolean stopped;

    void on(Thread newThread) {
        thread = newThread;
    }

    boolean stopped() {
        return stopped;
    }

    /** Asks it to end; what it reports then counts as stopped, unless it finished first. */
    void stop() {
        stopped = true;
        interrupt();
    }

    void interrupt() {
        if (thread != null) thread.interrupt();
    }
}
