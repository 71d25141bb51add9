package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.store.RowWrite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * One turn of an owner: everything that one commit shall write, and what to do once it is durable.
 *
 * <p>A refused turn is thrown away whole, so nothing may be done to the world or to the driver's committed
 * state before {@link #afterCommit} runs.
 */
final class Turn {
    final RunRecord run;
    final long now;
    final List<RowWrite> rows = new ArrayList<>(8);
    final List<LogEvent> events = new ArrayList<>(4);
    final List<Unit.Birth> births = new ArrayList<>(0);
    /** Runs that this turn creates, with the step that waits for them. */
    final Map<UUID, Integer> children = new HashMap<>(0);

    final List<Unit.Wake> wakes = new ArrayList<>(0);
    final List<Runnable> afterCommit = new ArrayList<>(2);

    /** How many more steps may start: -1 no limit. */
    int budget;

    private long seq;
    private Ended ended;

    /** The run ended in this turn. JSON as text; null where there is none. */
    record Ended(RunStatus status, String code, String error, StepOutput result, String finalState) {
        String outputJson() {
            return Json.writeOrNull(result.json());
        }

        String outputText() {
            return result.text();
        }

        String stored() {
            return result.write();
        }
    }

    Turn(RunRecord run, long now, long seq, int budget) {
        this.run = run;
        this.now = now;
        this.seq = seq;
        this.budget = budget;
    }

    long seq() {
        return seq;
    }

    void tell(String type, Consumer<EventText> fill) {
        EventText text = new EventText(++seq, type, now);
        fill.accept(text);
        events.add(new LogEvent(seq, type, text.end()));
    }

    void end(Ended how) {
        ended = how;
    }

    Ended ended() {
        return ended;
    }

    /** Mail for another run; dropped when that one has ended. */
    void send(UUID to, RunTable.Message message, String queue) {
        wakes.add(new Unit.Wake(to, queue, RunTable.mail(to, run.workspaceId(), message), false));
    }
}
