package dev.agentplatform.engine.graph;

import java.util.BitSet;

/**
 * What control is told. Times are UTC milliseconds, handed in: control has no clock.
 *
 * <p>Happenings about a step that is not open (any more) change nothing.
 */
public sealed interface Happening {
    /** The run begins: at the graph's starts, or at {@code node} alone when it is not negative. */
    record Begin(int node, long now) implements Happening {}

    /** Somebody says that the run goes on, before any of its steps does. */
    record Begun() implements Happening {}

    /**
     * A queued step starts to execute.
     *
     * @param heldBy the caller that executes it from outside, null for this platform
     * @param until end of that caller's lease; 0: the node's own timeout counts
     */
    record Started(int no, String heldBy, long until, long now) implements Happening {}

    /** The caller that executes a step from outside is still at it. */
    record Renewed(int no, long until) implements Happening {}

    /**
     * A step waits for something other than its own work.
     *
     * @param until latest time, 0 for none
     * @param note JSON that the node type keeps, null for none
     */
    record Blocked(int no, String on, long until, String note) implements Happening {}

    /** @param taken edges (by index) that the outcome takes; untaken ones are skipped */
    record Completed(int no, BitSet taken, long now) implements Happening {}

    /** @param taken edges to take when the node's {@code on_error} says so */
    record Failed(int no, String code, boolean retryable, BitSet taken, long now) implements Happening {}

    /** A running step was stopped because the run ends. */
    record Stopped(int no) implements Happening {}

    /** A running step goes back to the queue: its executor lost it. */
    record Requeued(int no) implements Happening {}

    /** The run shall end: {@code cancelled} or {@code timed_out}, or as a person set it. */
    record End(RunStatus as, String code) implements Happening {}

    /** An ended run goes on from the steps that failed or were stopped. */
    record Retry(long now) implements Happening {}
}
