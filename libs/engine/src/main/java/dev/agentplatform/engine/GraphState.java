package dev.agentplatform.engine;

import dev.agentplatform.engine.Executable.Flow;
import dev.agentplatform.engine.graph.Control;
import dev.agentplatform.engine.graph.ControlText;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Brings a graph's driver back from the task row and the journal; nothing is replayed. */
final class GraphState {
    private GraphState() {}

    /** @param state text of the task row, null for a run that has not begun */
    static GraphDriver driver(Workshop workshop, Database database, RunRecord run, Flow flow, String state) {
        if (state == null) {
            return new GraphDriver(workshop, run, flow, new Control(flow.graph()), RunValues.empty(workshop.secrets()));
        }
        JsonNode json = Json.parse(state);
        Control control = ControlText.read(json.get("c"), flow.graph());
        ObjectNode variables = json.has("v") ? (ObjectNode) json.get("v") : Json.object();
        RunValues values = RunValues.empty(workshop.secrets()).withState(variables);
        for (StepRecord step : latest(database, run, control)) values = values.withOutput(step.key(), shown(step));
        return new GraphDriver(workshop, run, flow, control, values);
    }

    private static List<StepRecord> latest(Database database, RunRecord run, Control control) {
        List<Integer> numbers = new ArrayList<>();
        for (int no : control.latest()) if (no > 0) numbers.add(no);
        UUID id = run.id();
        return database.read(sql -> StepTable.these(sql, run.workspaceId(), id, numbers));
    }

    private static StepOutput shown(StepRecord step) {
        boolean handled = step.status().equals("failed");
        if (!handled) return step.output();
        return RunValues.error(step.errorCode(), step.errorMessage(), step.output());
    }
}
