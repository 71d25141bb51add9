package dev.agentplatform.team.modes;

import java.util.ArrayList;
import java.util.List;

/** Rounds in which all members argue side by side, each knowing the round before; then the leader judges. */
public final class Debate implements Mode {
    @Override
    public Ending run(Task task, Turns turns) {
        List<Turn> before = List.of();
        List<Member> debaters = task.workers();
        for (int round = 1; round <= task.rounds(); round++) {
            List<Turns.Question> questions = new ArrayList<>();
            for (Member member : debaters) {
                String said = Decisions.transcript(before);
                questions.add(new Turns.Question(
                        member,
                        task.brief(member) + "\n\nRound " + round + " of " + task.rounds() + "."
                                + (said.isEmpty() ? " State your position." : " The positions so far:\n" + said)));
            }
            before = turns.askAll(questions);
        }
        String verdict = task.brief(task.leader()) + "\n\nThe positions at the end of the debate:\n"
                + Decisions.transcript(before) + "\n\nJudge them and give the team's answer.";
        return new Ending("judged", turns.ask(task.leader(), verdict).answer());
    }
}
