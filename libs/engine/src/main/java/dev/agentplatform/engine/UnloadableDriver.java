package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Problem;
import java.util.List;

/** Ends a run whose definition cannot be executed here, with the reason. */
record UnloadableDriver(Problem problem, String state) implements Driver {
    @Override
    public void turn(Turn turn, List<Input> inputs) {
        for (Input input : inputs) {
            if (input instanceof Input.Mail(RunTable.Message message)) {
                turn.rows.add(RunTable.applied(turn.run.id(), turn.run.workspaceId(), message.id()));
            }
        }
        String error = RunValues.errorJson(problem.code(), problem.detail(), null, false);
        turn.end(new Turn.Ended(RunStatus.FAILED, problem.code(), error, StepOutput.NONE, state));
    }

    @Override
    public void adopt() {}

    @Override
    public Rest rest() {
        return new Rest(false, false, false, 0);
    }

    @Override
    public RunStatus status() {
        return RunStatus.FAILED;
    }

    @Override
    public void abandon() {}
}
