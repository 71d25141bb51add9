package dev.agentplatform.engine;

import dev.agentplatform.engine.Executable.Flow;
import dev.agentplatform.engine.Executable.Node;
import dev.agentplatform.engine.graph.Change;
import dev.agentplatform.engine.graph.OpenStep;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.engine.graph.StepStatus;
import dev.agentplatform.kernel.Times;

/** Writes what a graph's control decided into the turn: rows of the journal and events of the log. */
final class GraphJournal {
    private final RunRecord run;
    private final Flow flow;

    GraphJournal(RunRecord run, Flow flow) {
        this.run = run;
        this.flow = flow;
    }

    void closed(Turn turn, Change.Closed closed, StepResult result) {
        OpenStep step = closed.step();
        Node node = flow.nodes().get(step.node());
        StepRecord record = new StepRecord(
                step.no(),
                node.id(),
                node.type(),
                step.iteration(),
                step.attempt(),
                closed.as().word(),
                step.started(),
                turn.now,
                0,
                step.heldBy(),
                closed.code(),
                result.errorMessage(),
                null,
                result.output());
        String stored = StepOutput.write(result.json(), result.output().text());
        turn.rows.add(StepTable.record(run, record, result.input(), stored));
        turn.tell("step." + closed.as().word(), event -> {
            describe(event, step).put("error_code", closed.code()).text("error_message", result.errorMessage());
            if (closed.as() == StepStatus.FAILED) event.put("will_retry", closed.retried());
            event.json("output_json", result.json())
                    .text("output_text", result.output().text());
        });
    }

    void skipped(Turn turn, Change.Skipped skipped) {
        Node node = flow.nodes().get(skipped.node());
        StepRecord step = new StepRecord(
                skipped.no(),
                node.id(),
                node.type(),
                skipped.iteration(),
                1,
                StepStatus.SKIPPED.word(),
                0,
                turn.now,
                0,
                null,
                null,
                null,
                null,
                StepOutput.NONE);
        turn.rows.add(StepTable.record(run, step, null, null));
        turn.tell(
                "step.skipped",
                event -> event.put("no", skipped.no())
                        .put("node_id", node.id())
                        .put("node_type", node.type())
                        .put("iteration", skipped.iteration()));
    }

    /** A step that rests in the queue: for its time, or for somebody who drives by hand. */
    void queued(Turn turn, OpenStep step) {
        turn.tell("step.queued", event -> {
            describe(event, step);
            if (step.due() > 0) event.put("due_time", Times.format(step.due()));
        });
    }

    Turn.Ended ended(Change.Ended ended, String message, StepOutput output, String finalState) {
        String error = null;
        if (ended.as() == RunStatus.FAILED || ended.code() != null) {
            String node = ended.node() < 0 ? null : flow.graph().id(ended.node());
            error = RunValues.errorJson(ended.code(), message, node, ended.compensated());
        }
        return new Turn.Ended(ended.as(), ended.code(), error, output, finalState);
    }

    EventText describe(EventText event, OpenStep step) {
        Node node = flow.nodes().get(step.node());
        return event.put("no", step.no())
                .put("node_id", node.id())
                .put("node_type", node.type())
                .put("iteration", step.iteration())
                .put("attempt", step.attempt());
    }
}
