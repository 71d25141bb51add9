package dev.agentplatform.engine;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.RowWrite;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Thrown where a step works, or would begin to: it may not go on until a person allows it. The step waits, holding
 * nothing, for mail of the kind {@code human} as {@link Engine#answer} sends it. An answer with the status {@code
 * approved} or {@code completed} makes its work begin anew, under its number; any other fails it with {@link #code}.
 *
 * <p>Not an Exception, so that nobody takes it for a failure.
 */
public final class Hold extends Error {
    /** What a held step waits on. */
    static final String ON = "hold";

    private static final long serialVersionUID = 1L;

    private final String code;
    private final String event;
    private final long until;
    private final transient JsonNode detail;
    private final transient Question question;

    /**
     * @param code of the failure when the answer is no; {@code message} says the same to people
     * @param event type of the event in the run's log, which shows {@code detail}
     * @param until UTC milliseconds at which the work begins anew without an answer, 0 for never
     * @param detail at most 2 KB; {@link StepGate#withdrawn} finds it again
     */
    public Hold(String code, String message, String event, long until, JsonNode detail, Question question) {
        super(message, null, false, false);
        this.code = code;
        this.event = event;
        this.until = until;
        this.detail = detail;
        this.question = question;
    }

    /** The rows that ask. */
    @FunctionalInterface
    public interface Question {
        /** Written in the unit that begins the wait; asked again when that was refused. */
        List<RowWrite> rows(RunRecord run, UUID stepId, int no, long now);
    }

    String code() {
        return code;
    }

    String event() {
        return event;
    }

    long until() {
        return until;
    }

    String detail() {
        return Json.write(detail);
    }

    List<RowWrite> rows(RunRecord run, UUID stepId, int no, long now) {
        return question.rows(run, stepId, no, now);
    }

    /** What is kept with the waiting step. */
    String note() {
        ObjectNode note = Json.object().put("code", code).put("message", getMessage());
        note.set("detail", detail);
        return Json.write(note);
    }

    /** A note, read. */
    record Note(String code, String message, JsonNode detail) {
        static Note of(String text) {
            JsonNode note = Json.parse(text);
            return new Note(note.path("code").asString(), note.path("message").asString(), note.path("detail"));
        }

        Outcome.Fail refused() {
            return Outcome.fail(code, message);
        }
    }

    /** Whether an answer lets the step go on. */
    static boolean allows(JsonNode answer) {
        String status = answer.path("status").asString("");
        return status.equals("approved") || status.equals("completed");
    }
}
