package dev.agentplatform.engine;

import dev.agentplatform.store.RowWrite;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Asked before each step begins. */
public interface StepGate {
    /** Lets everything begin. */
    StepGate OPEN = new StepGate() {
        @Override
        public void enter(RunRecord run, UUID stepId) {}

        @Override
        public List<RowWrite> withdrawn(RunRecord run, JsonNode detail, long now) {
            return List.of();
        }
    };

    /**
     * May be asked again for the same step: after a crash, or when a unit was refused. Of steps that only compute it is
     * asked inside the owner's turn, so it must be quick.
     *
     * @throws Hold when a person has to allow it
     * @throws dev.agentplatform.kernel.Problem when the step may not begin: it fails with the problem's code
     */
    void enter(RunRecord run, UUID stepId);

    /** Nobody waits for the answer to a {@link Hold} any more: rows that undo its question. */
    List<RowWrite> withdrawn(RunRecord run, JsonNode detail, long now);
}
