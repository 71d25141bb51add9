package dev.agentplatform.team;

import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.ProgramContext.ChildCall;
import dev.agentplatform.engine.ProgramContext.ChildEnd;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.service.ProgramRuns;
import dev.agentplatform.team.modes.Member;
import dev.agentplatform.team.modes.Turn;
import dev.agentplatform.team.modes.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Turns as runs of agents, children of the team's run. Keys count the turns, which come in the same order each time. */
final class MemberTurns implements Turns {
    private static final List<String> COUNTED =
            List.of("prompt_tokens", "completion_tokens", "total_tokens", "model_calls");

    private final ProgramContext context;
    private final RunRecord run;
    private final Agents agents;
    private final int turnsMax;
    private final List<Turn> taken = new ArrayList<>();
    private final Map<String, Long> usage = new TreeMap<>();

    MemberTurns(ProgramContext context, RunRecord run, Agents agents, int turnsMax) {
        this.context = context;
        this.run = run;
        this.agents = agents;
        this.turnsMax = turnsMax;
    }

    @Override
    public Turn ask(Member member, String text) {
        return askAll(List.of(new Question(member, text))).getFirst();
    }

    @Override
    public List<Turn> askAll(List<Question> questions) {
        if (questions.size() > left()) throw new TurnsExhausted();
        List<Turn> turns = new ArrayList<>();
        List<JsonNode> answers = dry() ? echoes(questions) : children(questions);
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            count(answers.get(i).path("usage"));
            turns.add(new Turn(
                    taken.size() + i + 1,
                    question.member().key(),
                    question.text(),
                    answers.get(i).path("output_text").asString("")));
        }
        taken.addAll(turns);
        return turns;
    }

    /** A team needs all that it asks: one turn that fails fails the run. */
    private List<JsonNode> children(List<Question> questions) {
        List<ChildCall> calls = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            String key =
                    "turn:" + (taken.size() + i + 1) + ":" + question.member().key();
            calls.add(new ChildCall(key, () -> agents.turn(run, question.member(), question.text())));
        }
        List<JsonNode> answers = new ArrayList<>();
        for (ChildEnd end : context.children(calls)) {
            if (!end.completed()) throw new Problem(422, "member_failed", "A turn failed: " + end.errorCode() + ".");
            answers.add(end.output());
        }
        return answers;
    }

    private static List<JsonNode> echoes(List<Question> questions) {
        return questions.stream()
                .map(question -> (JsonNode) Json.object()
                        .put("output_text", "[dry run] " + question.member().key()))
                .toList();
    }

    private void count(JsonNode counted) {
        for (String field : COUNTED) usage.merge(field, counted.path(field).asLong(0), Long::sum);
    }

    @Override
    public List<Turn> taken() {
        return List.copyOf(taken);
    }

    @Override
    public int left() {
        return turnsMax - taken.size();
    }

    @Override
    public boolean dry() {
        return ProgramRuns.isDry(run);
    }

    ObjectNode usage() {
        ObjectNode json = Json.object();
        usage.forEach(json::put);
        return json;
    }
}
