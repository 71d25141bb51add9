package dev.agentplatform.team.modes;

import java.util.List;

/** What a team is asked to do, and the rules of its work. @param turnsMax turns of the whole run at most */
public record Task(String objective, String question, List<Member> members, int turnsMax, int rounds, String stopWord) {

    /** Who plans and judges: the member that is called so, else the first. */
    Member leader() {
        return members.stream().filter(Member::leads).findFirst().orElseGet(members::getFirst);
    }

    /** All but the leader; the leader alone when there is nobody else. */
    List<Member> workers() {
        if (members.size() == 1) return members;
        Member leader = leader();
        return members.stream().filter(member -> member != leader).toList();
    }

    /** How a turn begins: who speaks, for what. */
    String brief(Member member) {
        StringBuilder text = new StringBuilder();
        if (!objective.isBlank())
            text.append("Objective of the team: ").append(objective).append('\n');
        if (!member.responsibility().isBlank()) {
            text.append("Your responsibility: ").append(member.responsibility()).append('\n');
        }
        return text.append("Task: ").append(question).toString();
    }
}
