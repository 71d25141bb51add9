package dev.agentplatform.team.modes;

import java.util.List;

/** Lets members speak. Each turn is recorded: one that was taken is not taken again after a crash. */
public interface Turns {
    /** One member after what was before. @throws TurnsExhausted when the run has had all its turns */
    Turn ask(Member member, String text);

    /** Several members side by side; answers in the order of the questions. */
    List<Turn> askAll(List<Question> questions);

    record Question(Member member, String text) {}

    /** All turns so far, in order. */
    List<Turn> taken();

    /** How many turns are left. */
    int left();

    /** Nobody is asked: answers only echo, so no decision can be read from them. */
    boolean dry();

    /** The rule that every mode shares: so many turns and no more. */
    final class TurnsExhausted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public TurnsExhausted() {
            super("the team has taken all its turns", null, false, false);
        }
    }
}
