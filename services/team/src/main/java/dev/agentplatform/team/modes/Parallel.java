package dev.agentplatform.team.modes;

import java.util.List;

/** All members at once. A leader, when one is named, makes one answer of theirs. */
public final class Parallel implements Mode {
    @Override
    public Ending run(Task task, Turns turns) {
        boolean led = task.members().stream().anyMatch(Member::leads)
                && task.members().size() > 1;
        List<Member> workers = led ? task.workers() : task.members();
        List<Turn> answers = turns.askAll(workers.stream()
                .map(member -> new Turns.Question(member, task.brief(member)))
                .toList());
        if (!led) return new Ending("all_members_done", Decisions.transcript(answers));
        String text = task.brief(task.leader()) + "\n\nThe members answered:\n" + Decisions.transcript(answers)
                + "\n\nGive the team's answer.";
        return new Ending("all_members_done", turns.ask(task.leader(), text).answer());
    }
}
