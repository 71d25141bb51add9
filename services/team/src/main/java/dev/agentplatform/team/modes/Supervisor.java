package dev.agentplatform.team.modes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The leader plans, assigns, judges what comes back, assigns again, and ends with an answer. */
public final class Supervisor implements Mode {
    private static final String FORM = "Answer with JSON only. To give work, to several members at once if you like: "
            + "{\"assign\": [{\"member\": \"<key>\", \"task\": \"<what to do>\"}]}. "
            + "When the work is done: {\"finish\": \"<the team's answer>\"}";

    @Override
    public Ending run(Task task, Turns turns) {
        List<Member> workers = task.workers();
        while (true) {
            String said = turns.ask(task.leader(), plan(task, workers, turns.taken(), turns.left() <= 1))
                    .answer();
            if (turns.dry()) return dry(task, workers, turns, said);
            Optional<JsonNode> decision = Decisions.json(said);
            List<Turns.Question> assigned =
                    decision.map(json -> assigned(task, json, workers)).orElse(List.of());
            if (assigned.isEmpty() || turns.left() == 0) return new Ending("finished", answer(said, decision));
            // One turn stays for the leader's last word.
            int room = Math.max(1, turns.left() - 1);
            turns.askAll(assigned.size() > room ? assigned.subList(0, room) : assigned);
            if (turns.left() == 0) return new Ending("turns", Decisions.transcript(turns.taken()));
        }
    }

    private static String plan(Task task, List<Member> workers, List<Turn> taken, boolean last) {
        String before = Decisions.transcript(taken);
        return task.brief(task.leader()) + "\n\nYour members:\n" + Decisions.described(workers)
                + (before.isEmpty() ? "" : "\nWork so far:\n" + before + "\n")
                + (last ? "\nNo more work can be given: finish now. " : "\n") + FORM;
    }

    private static List<Turns.Question> assigned(Task task, JsonNode decision, List<Member> workers) {
        List<Turns.Question> questions = new ArrayList<>();
        for (JsonNode one : decision.path("assign")) {
            Decisions.named(one.path("member").asString(""), workers)
                    .ifPresent(member -> questions.add(new Turns.Question(
                            member,
                            task.brief(member) + "\n\nYour assignment: "
                                    + one.path("task").asString(""))));
        }
        return questions;
    }

    private static String answer(String said, Optional<JsonNode> decision) {
        return decision.map(json -> json.path("finish"))
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .orElse(said);
    }

    /** Plan, everybody once, and the last word. */
    private static Ending dry(Task task, List<Member> workers, Turns turns, String plan) {
        turns.askAll(workers.stream()
                .map(member -> new Turns.Question(member, task.brief(member)))
                .toList());
        return new Ending("finished", turns.ask(task.leader(), plan).answer());
    }
}
