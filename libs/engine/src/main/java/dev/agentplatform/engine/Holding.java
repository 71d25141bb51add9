package dev.agentplatform.engine;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.store.RowWrite;
import java.util.List;
import java.util.function.UnaryOperator;

/** What both drivers write about a step that is held. */
final class Holding {
    private Holding() {}

    /** The question, and the events that tell of it. @param describe puts the step into an event */
    static void ask(Turn turn, int no, Hold hold, UnaryOperator<EventText> describe) {
        turn.rows.addAll(hold.rows(turn.run, Ids.step(turn.run.id(), no), no, turn.now));
        turn.tell(hold.event(), event -> describe.apply(event).json("detail", hold.detail()));
        turn.tell("step.waiting", event -> describe.apply(event).put("on", Hold.ON));
    }

    /** Undoes the question of a step with this note. */
    static List<RowWrite> withdrawn(Workshop workshop, Turn turn, String note) {
        return workshop.gate().withdrawn(turn.run, Hold.Note.of(note).detail(), turn.now);
    }
}
