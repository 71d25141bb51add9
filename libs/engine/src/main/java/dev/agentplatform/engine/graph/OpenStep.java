package dev.agentplatform.engine.graph;

/**
 * A step without an outcome. Steps with one are rows of the journal and leave the control state.
 *
 * @param no number within the run; names the step for ever
 * @param firstNo number of the first attempt: the idempotency key of all attempts
 * @param due queued: not before; running or pending: at the latest. UTC milliseconds, 0: no limit
 * @param on what a pending step waits for: {@code human}, {@code child}, {@code signal}, {@code time}
 * @param note JSON that the node type keeps while it waits, null for none
 * @param heldBy the caller that executes it from outside, null for this platform; queued: who lost it
 */
public record OpenStep(
        int no,
        int node,
        int firstNo,
        int iteration,
        int attempt,
        StepStatus status,
        long started,
        long due,
        String on,
        String note,
        String heldBy) {

    static OpenStep queued(int no, int node, int iteration, long due) {
        return new OpenStep(no, node, no, iteration, 1, StepStatus.QUEUED, 0, due, null, null, null);
    }

    OpenStep nextAttempt(int newNo, long notBefore) {
        return new OpenStep(
                newNo, node, firstNo, iteration, attempt + 1, StepStatus.QUEUED, 0, notBefore, null, null, null);
    }

    OpenStep started(long now, long timeoutAt, String holder) {
        return new OpenStep(
                no, node, firstNo, iteration, attempt, StepStatus.RUNNING, now, timeoutAt, null, null, holder);
    }

    OpenStep pending(String waitsOn, long until, String kept) {
        return new OpenStep(
                no, node, firstNo, iteration, attempt, StepStatus.PENDING, started, until, waitsOn, kept, null);
    }

    OpenStep queuedAgain() {
        return new OpenStep(no, node, firstNo, iteration, attempt, StepStatus.QUEUED, 0, 0, null, null, heldBy);
    }
}
