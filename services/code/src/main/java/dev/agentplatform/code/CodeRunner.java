package dev.agentplatform.code;

import dev.agentplatform.kernel.Problem;

/** Runs a piece of code that nobody trusts, and tells what came of it. */
@FunctionalInterface
public interface CodeRunner {
    /**
     * Blocks until the code has ended or its time is up; faults of the code are part of the result. Interrupting the
     * caller kills the code.
     *
     * @throws Problem {@code invalid} for a request outside the limits; {@code sandbox_unavailable} (503) when this
     *     host offers no isolation or has not the language; {@code code_runner_busy} (503, with a time to retry after)
     *     when too many run
     */
    CodeResult run(CodeRequest request) throws InterruptedException;
}
