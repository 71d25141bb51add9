package dev.agentplatform.team.modes;

/** A way of working together. A plain program: it asks members and reads their answers, and ends by a rule of its own. */
@FunctionalInterface
public interface Mode {
    Ending run(Task task, Turns turns);

    /** @param reason which rule ended the work @param text the answer of the team */
    record Ending(String reason, String text) {}
}
