package dev.agentplatform.engine;

import dev.agentplatform.store.RowWrite;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * The only way a program touches the world. Every call is recorded under a key and replayed by that key:
 * keys are unique within a run and spelled from data ({@code model:3}), never from shared counters.
 *
 * <p>Between calls a program must not read a clock, a random number, static state or the order of a hash
 * map. A wait leaves the program by {@link Suspension}: do not catch {@code Throwable}.
 */
public interface ProgramContext {
    /**
     * Recorded: returned. Open after a crash: done again under its number. New: intent committed, done,
     * outcome committed.
     *
     * @throws StepFailed when the work failed, now or in an earlier life
     */
    JsonNode step(String key, String type, JsonNode input, Callable<JsonNode> work);

    /** Several leaf steps side by side, their intents in one unit. Results in the order of {@code steps}. */
    List<JsonNode> all(List<LeafStep> steps);

    /** Like {@link #all}, for steps whose failures are answers too. */
    List<Attempt> attempts(List<LeafStep> steps);

    /** What came of a step. @param code null when it succeeded; then {@code output} is what it gave, else JSON null */
    record Attempt(JsonNode output, String code, String message) {}

    /** Records a decision without intent: a time, a random draw, a selection. */
    JsonNode note(String key, JsonNode value);

    /** Starts a run and waits for it, holding nothing. @throws StepFailed when it does not complete */
    JsonNode child(String key, Submission submission);

    /**
     * Starts several runs in one unit and waits for all of them, holding nothing. One that fails fails nobody else:
     * its end says so. In the order of {@code calls}, at most {@link #CHILDREN_MAX}.
     */
    List<ChildEnd> children(List<ChildCall> calls);

    int CHILDREN_MAX = 1_000;

    /** @param submission asked for once, when the child starts: a replay must look nothing up */
    record ChildCall(String key, Supplier<Submission> submission) {}

    /** @param errorCode null when it completed; else {@code output} is JSON null */
    record ChildEnd(JsonNode output, String errorCode, String errorMessage) {
        public boolean completed() {
            return errorCode == null;
        }
    }

    /**
     * Asks a person and waits, holding nothing: for mail of the kind {@code human} to the step, as {@link
     * Engine#answer} sends it. {@code until} in UTC milliseconds, 0 for ever. Null: time is up. What the question
     * left behind is undone by {@link Executable.Program#abandoned} when nobody waits any more.
     */
    JsonNode awaitHuman(String key, long until, Question question);

    /** The rows that put a question to people. */
    @FunctionalInterface
    interface Question {
        /** Written in the unit that begins the wait; asked again, with the same numbers, when it was refused. */
        List<RowWrite> rows(UUID stepId, int no, long now);
    }

    /** Waits for a signal, holding nothing; {@code until} in UTC milliseconds, 0 for ever. Null: time is up. */
    JsonNode awaitSignal(String key, String name, long until);

    /** Waits until a time, holding nothing. */
    void awaitTime(String key, long until);

    /** Where the work of a step that runs now shows its text while it makes it; for other keys it does nothing. */
    Tokens tokens(String key);

    /** UTC milliseconds of the run's creation: the only time that needs no note. */
    long createdTime();

    /** The same for every attempt of the step, and after a crash. */
    String idempotencyKey(String key);

    record LeafStep(String key, String type, JsonNode input, Callable<JsonNode> work) {}

    /** A step failed; its failure is recorded and thrown alike at every replay. */
    final class StepFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String code;

        StepFailed(String code, String message) {
            super(message, null, false, false);
            this.code = code;
        }

        public String code() {
            return code;
        }
    }

    /** The program leaves its thread because it waits or its run ends. Not an Exception, so that nobody catches it. */
    final class Suspension extends Error {
        private static final long serialVersionUID = 1L;

        Suspension() {
            super("suspended", null, false, false);
        }
    }
}
