package dev.agentplatform.team.modes;

/** A conversation in turn, until somebody says the stop word or the rounds are over. */
public final class RoundRobin implements Mode {
    @Override
    public Ending run(Task task, Turns turns) {
        String answer = "";
        for (int round = 1; round <= task.rounds(); round++) {
            for (Member member : task.members()) {
                String before = Decisions.transcript(turns.taken());
                answer = turns.ask(
                                member,
                                task.brief(member) + (before.isEmpty() ? "" : "\n\nConversation so far:\n" + before)
                                        + "\n\nSay " + task.stopWord() + " when the task is done.")
                        .answer();
                if (!turns.dry() && answer.contains(task.stopWord())) {
                    return new Ending(
                            "stop_word", answer.replace(task.stopWord(), "").strip());
                }
            }
        }
        return new Ending("rounds", answer);
    }
}
