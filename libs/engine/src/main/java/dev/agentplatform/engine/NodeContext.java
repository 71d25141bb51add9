package dev.agentplatform.engine;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.language.Scope;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * What a node sees of its run.
 *
 * @param scope roots {@code state, nodes, current, input, run, session, workspace, secrets}
 * @param firstNo number of the step's first attempt
 * @param note what the node kept when it began to wait, JSON null at first
 * @param now UTC milliseconds of this turn
 * @param results ended children of this step, in order of index; reads the store
 * @param tokens where a node with an effect shows its text while it makes it; does nothing unless its config says
 *     {@code stream: true}
 */
public record NodeContext(
        Scope scope,
        RunRecord run,
        String nodeId,
        int no,
        int firstNo,
        int iteration,
        int attempt,
        JsonNode note,
        long now,
        Ids ids,
        Supplier<List<ChildResult>> results,
        Tokens tokens) {
    /** Of a node whose text nobody follows. */
    public NodeContext(
            Scope scope,
            RunRecord run,
            String nodeId,
            int no,
            int firstNo,
            int iteration,
            int attempt,
            JsonNode note,
            long now,
            Ids ids,
            Supplier<List<ChildResult>> results) {
        this(scope, run, nodeId, no, firstNo, iteration, attempt, note, now, ids, results, Tokens.NONE);
    }

    public record ChildResult(int index, UUID runId, String status, String errorCode, StepOutput output) {
        public boolean completed() {
            return status.equals("completed");
        }
    }

    public UUID stepId() {
        return Ids.step(run.id(), no);
    }

    /** The same for every attempt and after a crash: pass it on so that the other side can drop repeats. */
    public String idempotencyKey() {
        return Ids.step(run.id(), firstNo).toString();
    }
}
