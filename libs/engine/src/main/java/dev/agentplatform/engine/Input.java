package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.engine.graph.StepStatus;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/** What reaches the owner of a run. */
sealed interface Input {
    /** First turn of a new run. */
    record Begin() implements Input {}

    /** First turn after a claim. */
    record Recover() implements Input {}

    /** Something is due: a delay, a timeout, a grace period. */
    record Tick() implements Input {}

    /** Mail may have arrived; the owner reads it from the table. */
    record MailArrived(long wakes) implements Input {}

    /** Mail, read. */
    record Mail(RunTable.Message message) implements Input {}

    /** The work of a step ended; {@code outcome} is null when it was stopped on request. */
    record WorkEnded(int no, Outcome outcome) implements Input {}

    /** Text of a running step waits in its stream; {@code last} when its work has ended. */
    record Text(TokenStream stream, boolean last) implements Input {}

    /** A caller lets this many more steps start; -1: no limit. */
    record Budget(int steps) implements Input {}

    /** A caller names one queued step to start. */
    record StartStep(int no, CompletableFuture<Void> reply) implements Input {}

    /** An executor outside reports on a step. */
    record Report(int no, StepReport report, CompletableFuture<Void> reply) implements Input {}

    /** A caller wants what has arrived to be taken in before it looks. */
    record Settle(CompletableFuture<Void> reply) implements Input {}

    /** A person or a script sets the status of the run. */
    record SetStatus(RunStatus status, CompletableFuture<Void> reply) implements Input {}

    /** An ended run goes on from what failed. */
    record Retry() implements Input {}

    /** The task killed its owners too often: end the run. */
    record Poisoned(int attempts) implements Input {}

    /** A program asks for something. */
    record Ask(ProgramRequest request) implements Input {}

    /**
     * @param leaseMs how long the worker may stay silent, for {@code running}
     */
    record StepReport(
            StepStatus status,
            String workerKey,
            long leaseMs,
            JsonNode outputJson,
            String outputText,
            String errorCode,
            String errorMessage) {}
}
