package dev.agentplatform.engine;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.RowWrite;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What came of a node's work. */
public sealed interface Outcome {
    /**
     * @param output shown as {@code nodes.<id>.output}
     * @param text shown as {@code nodes.<id>.text}, may be null
     * @param route which edges to take; null when the node does not route
     * @param state variables to set in {@code state}, null for none
     * @param input what the node resolved and acted on; kept in the journal
     * @param rows written in the same transaction as the outcome
     */
    record Done(JsonNode output, String text, String route, ObjectNode state, JsonNode input, List<RowWrite> rows)
            implements Outcome {}

    /**
     * @param retryable whether the node's retry policy applies
     * @param rows written in the same transaction as the failure
     */
    record Fail(String code, String message, boolean retryable, JsonNode output, JsonNode input, List<RowWrite> rows)
            implements Outcome {
        public Fail(String code, String message, boolean retryable, JsonNode output, JsonNode input) {
            this(code, message, retryable, output, input, List.of());
        }
    }

    /**
     * The step goes on when something arrives.
     *
     * @param on {@code human}, {@code child}, {@code signal} or {@code time}
     * @param until UTC milliseconds at which {@link Arrival.TimeUp} arrives, 0 for never
     * @param note JSON to find again in {@link NodeContext#note}, at most 4 KB
     * @param children runs to start, whose ends arrive as {@link Arrival.Children}
     * @param rows written in the same transaction
     */
    record Wait(String on, long until, JsonNode note, List<ChildRun> children, List<RowWrite> rows)
            implements Outcome {}

    /** @param index place among the children of the step, from 0 */
    record ChildRun(Submission submission, int index) {}

    static Done done(JsonNode output) {
        return new Done(output, null, null, null, Json.nothing(), List.of());
    }

    static Done done(JsonNode output, String text) {
        return new Done(output, text, null, null, Json.nothing(), List.of());
    }

    static Fail fail(String code, String message) {
        return new Fail(code, message, false, Json.nothing(), Json.nothing());
    }
}
