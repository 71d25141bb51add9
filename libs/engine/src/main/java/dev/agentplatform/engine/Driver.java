package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.RunStatus;
import java.util.List;

/** How a kind of executable advances inside the owner's loop. */
sealed interface Driver permits GraphDriver, ProgramDriver, UnloadableDriver {
    /**
     * Applies what arrived and goes as far as it can without waiting. May be called again with the same
     * inputs when the unit was refused: until {@link #adopt} the committed state must not change.
     */
    void turn(Turn turn, List<Input> inputs);

    /** The last turn is durable: its state is the committed one from now on. */
    void adopt();

    /** Where the last turn left the run. */
    Rest rest();

    /** The run's status as the last turn left it. */
    RunStatus status();

    /** Control state for the task row, as the last turn left it. */
    String state();

    /** The owner lost the run: interrupt everything, write nothing. */
    void abandon();

    /**
     * @param busy work is in flight here, or more can start at once: the owner keeps the run
     * @param backlog another turn can go on at once, without any input
     * @param startable a queued step could start if the budget allowed it
     * @param due UTC milliseconds of the next thing to look at, 0 for none
     */
    record Rest(boolean busy, boolean backlog, boolean startable, long due) {}
}
