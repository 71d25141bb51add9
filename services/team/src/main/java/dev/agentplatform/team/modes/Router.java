package dev.agentplatform.team.modes;

import java.util.List;

/** The leader hands the whole task to one member, whose answer is the team's. */
public final class Router implements Mode {
    @Override
    public Ending run(Task task, Turns turns) {
        List<Member> workers = task.workers();
        if (workers.size() == 1)
            return new Ending(
                    "routed",
                    turns.ask(workers.getFirst(), task.brief(workers.getFirst()))
                            .answer());
        String question = task.brief(task.leader()) + "\n\nChoose the member that does the whole task:\n"
                + Decisions.described(workers) + "Answer with JSON only: {\"member\": \"<key>\"}";
        String decision = turns.ask(task.leader(), question).answer();
        Member chosen = turns.dry()
                ? workers.getFirst()
                : Decisions.member(decision, workers).orElse(workers.getFirst());
        return new Ending("routed", turns.ask(chosen, task.brief(chosen)).answer());
    }
}
