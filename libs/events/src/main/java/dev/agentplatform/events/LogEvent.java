package dev.agentplatform.events;

/**
 * One event of a run's log.
 *
 * @param seq position in the log, from 1 without gaps
 * @param type for example {@code step.completed}; see docs/events.md
 * @param json the whole event as a JSON object, {@code seq}, {@code type} and {@code time} included
 */
public record LogEvent(long seq, String type, String json) {
    /** Text of a step while it is made; the whole of it is in the step's output. */
    public static final String TEXT = "step.text";

    /** Kept only for those who follow: gone some time after the end of its run. */
    public boolean isTransient() {
        return type.equals(TEXT);
    }

    /** Whether a run ends with this event; a retry may still write behind it. */
    public boolean terminal() {
        return switch (type) {
            case "run.completed", "run.failed", "run.cancelled", "run.timed_out" -> true;
            default -> false;
        };
    }
}
