package dev.agentplatform.team;

import dev.agentplatform.engine.Executable.Program;
import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.service.ProgramRuns;
import dev.agentplatform.service.RunInput;
import dev.agentplatform.team.modes.Debate;
import dev.agentplatform.team.modes.Handoff;
import dev.agentplatform.team.modes.Mode;
import dev.agentplatform.team.modes.Parallel;
import dev.agentplatform.team.modes.Planner;
import dev.agentplatform.team.modes.RoundRobin;
import dev.agentplatform.team.modes.Router;
import dev.agentplatform.team.modes.Sequential;
import dev.agentplatform.team.modes.Supervisor;
import dev.agentplatform.team.modes.Task;
import dev.agentplatform.team.modes.Turn;
import dev.agentplatform.team.modes.Turns.TurnsExhausted;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One run of a team: its mode over turns of its members, and what came of it. */
record TeamProgram(RunRecord run, Team team, Agents agents) implements Program {

    @Override
    public JsonNode run(ProgramContext context, JsonNode stored) {
        RunInput input = RunInput.of(stored);
        String question = input.text().isEmpty() ? Json.write(input.json()) : input.text();
        Task task =
                new Task(team.objective(), question, team.members(), team.turnsMax(), team.rounds(), team.stopWord());
        MemberTurns turns = new MemberTurns(context, run, agents, team.turnsMax());
        Mode.Ending ending;
        try {
            ending = mode().run(task, turns);
        } catch (TurnsExhausted all) {
            ending = new Mode.Ending("turns", turns.taken().getLast().answer());
        }
        return result(ending, turns);
    }

    private Mode mode() {
        return switch (team.mode()) {
            case "sequential" -> new Sequential();
            case "parallel" -> new Parallel();
            case "supervisor" -> new Supervisor();
            case "round_robin" -> new RoundRobin();
            case "router" -> new Router();
            case "handoff" -> new Handoff();
            case "debate" -> new Debate();
            case "planner" -> new Planner();
            default -> throw new Problem(422, "mode_not_available", "There is no mode " + team.mode() + ".");
        };
    }

    private ObjectNode result(Mode.Ending ending, MemberTurns turns) {
        ObjectNode result = Json.object().put("output_text", ending.text()).put("ended_by", ending.reason());
        result.put(
                "summary",
                turns.taken().size() + " turns in mode " + team.mode() + ", ended by " + ending.reason() + ": "
                        + String.join(
                                ", ", turns.taken().stream().map(Turn::member).toList()));
        ArrayNode list = result.putArray("turns");
        for (Turn turn : turns.taken()) {
            list.addObject()
                    .put("turn_no", turn.no())
                    .put("member_key", turn.member())
                    .put("input_text", turn.asked())
                    .put("output_text", turn.answer());
        }
        result.set("usage", turns.usage());
        if (ProgramRuns.isDry(run)) result.put("dry_run", true);
        return result;
    }
}
