package dev.agentplatform.engine.graph;

/** What a transition changed, in order: what the owner writes, tells and does. */
public sealed interface Change {
    /** A step was created; it may start at {@code step.due()}. */
    record Queued(OpenStep step) implements Change {}

    /** An open step got its outcome: a row of the journal. */
    record Closed(OpenStep step, StepStatus as, String code, boolean retried) implements Change {}

    /** A step that will never run, on a path that was not taken. */
    record Skipped(int no, int node, int iteration) implements Change {}

    /** Interrupt what the step does; its outcome is still awaited. */
    record Stop(OpenStep step) implements Change {}

    /** @param node whose failure ended the run, -1 for none */
    record Ended(RunStatus as, String code, int node, boolean compensated) implements Change {}
}
