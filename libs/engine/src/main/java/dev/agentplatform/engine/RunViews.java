package dev.agentplatform.engine;

import dev.agentplatform.engine.Executable.Flow;
import dev.agentplatform.engine.Executable.Node;
import dev.agentplatform.engine.graph.Control;
import dev.agentplatform.engine.graph.ControlText;
import dev.agentplatform.engine.graph.OpenStep;
import dev.agentplatform.engine.graph.StepStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.queue.TaskTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Steps as readers see them: the journal, and behind it the open steps of a live run. */
public final class RunViews {
    private final Engine engine;

    public RunViews(Engine engine) {
        this.engine = engine;
    }

    /** Steps with {@code no > afterNo}, in order of number, at most {@code limit}. */
    public List<StepRecord> steps(RunRecord run, int afterNo, int limit) {
        // Open steps are read first: one that is recorded in between then appears in the journal.
        List<StepRecord> open = open(run);
        List<StepRecord> steps = new ArrayList<>(
                engine.database().read(sql -> StepTable.page(sql, run.workspaceId(), run.id(), afterNo, limit)));
        int last = steps.size() < limit || steps.isEmpty()
                ? Integer.MAX_VALUE
                : steps.getLast().no();
        for (StepRecord step : open) {
            boolean recorded = steps.stream().anyMatch(known -> known.no() == step.no());
            if (step.no() > afterNo && step.no() <= last && !recorded) steps.add(step);
        }
        steps.sort(Comparator.comparingInt(StepRecord::no));
        return steps.size() > limit ? steps.subList(0, limit) : steps;
    }

    public Optional<StepRecord> step(RunRecord run, int no) {
        List<StepRecord> open = open(run);
        Optional<StepRecord> recorded =
                engine.database().read(sql -> StepTable.find(sql, run.workspaceId(), run.id(), no));
        if (recorded.isPresent()) return recorded;
        return open.stream().filter(step -> step.no() == no).findFirst();
    }

    /** Steps of a live run that have no outcome yet. */
    public List<StepRecord> open(RunRecord run) {
        if (run.status().ended()) return List.of();
        UUID id = run.id();
        Optional<String> state = engine.database().read(sql -> TaskTable.state(sql, run.workspaceId(), id));
        if (state.isEmpty()) return List.of();
        if (!(engine.executable(run) instanceof Flow flow)) return openOfProgram(state.get());
        JsonNode json = Json.parse(state.get());
        Control control = ControlText.read(json.get("c"), flow.graph());
        List<StepRecord> steps = new ArrayList<>();
        for (OpenStep step : control.open()) steps.add(shown(step, flow.nodes().get(step.node())));
        return steps;
    }

    private static StepRecord shown(OpenStep step, Node node) {
        boolean held = step.status() == StepStatus.RUNNING && step.heldBy() != null;
        return new StepRecord(
                step.no(),
                node.id(),
                node.type(),
                step.iteration(),
                step.attempt(),
                step.status().word(),
                step.started(),
                0,
                held ? step.due() : 0,
                held ? step.heldBy() : null,
                null,
                null,
                Json.nothing(),
                StepOutput.NONE);
    }

    private static List<StepRecord> openOfProgram(String state) {
        List<StepRecord> steps = new ArrayList<>();
        for (ProgramState.Open step : ProgramState.read(state).open().values()) {
            steps.add(new StepRecord(
                    step.no(),
                    step.key(),
                    step.type(),
                    1,
                    1,
                    step.on() == null ? "running" : "pending",
                    step.started(),
                    0,
                    0,
                    null,
                    null,
                    null,
                    Json.nothing(),
                    StepOutput.NONE));
        }
        return steps;
    }
}
