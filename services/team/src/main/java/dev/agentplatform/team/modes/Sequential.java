package dev.agentplatform.team.modes;

/** One member after the other, each with the answers before it. The last answer is the team's. */
public final class Sequential implements Mode {
    @Override
    public Ending run(Task task, Turns turns) {
        String answer = "";
        for (Member member : task.members()) {
            String before = Decisions.transcript(turns.taken());
            String text = task.brief(member) + (before.isEmpty() ? "" : "\n\nWork so far:\n" + before);
            answer = turns.ask(member, text).answer();
        }
        return new Ending("all_members_done", answer);
    }
}
