package dev.agentplatform.engine;

/** The work of one step on a thread of its own. */
final class Work {
    private Thread thread;
    private volatile boolean stopped;
    private volatile boolean abandoned;

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

    /** Its owner lost the run: whatever it still reports is for nobody, the next owner least of all. */
    void abandon() {
        abandoned = true;
        interrupt();
    }

    boolean abandoned() {
        return abandoned;
    }

    void interrupt() {
        if (thread != null) thread.interrupt();
    }
}
