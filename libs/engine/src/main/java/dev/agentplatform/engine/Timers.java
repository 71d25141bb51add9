package dev.agentplatform.engine;

/** Calls back at a time. Two implementations: a thread in production, the schedule of the simulation in tests. */
public interface Timers {
    /** Returns what takes the call back, if it has not run yet. */
    Runnable at(long timeMs, Runnable action);
}
