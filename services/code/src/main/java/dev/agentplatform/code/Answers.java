package dev.agentplatform.code;

import dev.agentplatform.code.CodeResult.Status;
import dev.agentplatform.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Makes a result of what a sandbox left. The code may have written the answer itself, so nothing in it is trusted. */
final class Answers {
    private static final int KILLED = 128 + 9;

    /** What Node.js prints first when its heap is full. */
    private static final String HEAP_FULL = "\n<--- Last few GCs --->";

    private Answers() {}

    /** The answer as JSON; JSON null when it is none. */
    static JsonNode parse(Sandbox.End end) {
        if (end.line() == null || !end.line().whole()) return Json.nothing();
        try {
            return Json.mapper().readTree(new String(end.line().bytes(), StandardCharsets.UTF_8));
        } catch (JacksonException notJson) {
            return Json.nothing();
        }
    }

    static CodeResult result(Sandbox.End end, Duration timeout, long millis) {
        Ending ending = new Ending(end, millis);
        if (end.overMemory()) return ending.failed("memory_limit", "The code used more memory than a call may.", 0);
        if (end.timeUp()) {
            return ending.of(
                    Status.TIMED_OUT, "code_timeout", "The code ran longer than " + timeout.toSeconds() + " s.", 0);
        }
        if (end.line().tooLong()) return ending.failed("result_too_large", tooLarge(), 0);
        if (!end.line().whole()) return ending.withoutAnswer();
        JsonNode answer = parse(end);
        if (!answer.isObject()) return ending.failed("result_not_json", "The result is not JSON, or too deep.", 0);
        if (answer.has("error")) return ending.failed(answer);
        // The line holds the result and a few letters around it.
        if (end.line().bytes().length > Limits.RESULT_BYTES + 16)
            return ending.failed("result_too_large", tooLarge(), 0);
        return new CodeResult(
                Status.COMPLETED,
                answer.path("result").isMissingNode() ? Json.nothing() : answer.get("result"),
                end.output(),
                end.truncated(),
                null,
                null,
                0,
                millis);
    }

    private static String tooLarge() {
        return "The result has more than " + Limits.RESULT_BYTES + " bytes.";
    }

    private record Ending(Sandbox.End end, long millis) {
        CodeResult of(Status status, String code, String message, int line) {
            String shown = message.length() > Limits.MESSAGE_LENGTH
                    ? message.substring(0, Limits.MESSAGE_LENGTH) + "…"
                    : message;
            return new CodeResult(status, Json.nothing(), end.output(), end.truncated(), code, shown, line, millis);
        }

        CodeResult failed(String code, String message, int line) {
            return of(Status.FAILED, code, message, line);
        }

        /** What the interpreter says of an error in the code. */
        CodeResult failed(JsonNode answer) {
            int line = Math.clamp(answer.path("line").asInt(0), 0, Limits.CODE_BYTES);
            String type = answer.path("type").asString("");
            String message = answer.path("message").asString("");
            String place = line > 0 ? "line " + line + ": " : "";
            return switch (answer.path("error").asString("")) {
                case "code_exited" ->
                    failed("code_exited", place + "The code ended itself with status " + message + ".", line);
                case "memory_limit" ->
                    failed("memory_limit", place + "The code used more memory than a call may.", line);
                case "result_not_json" -> failed("result_not_json", "The result is not JSON: " + message, line);
                default -> failed("code_error", place + type + (message.isEmpty() ? "" : ": " + message), line);
            };
        }

        CodeResult withoutAnswer() {
            int heapFull = end.output().indexOf(HEAP_FULL);
            if (heapFull >= 0) {
                String printed = end.output().substring(0, heapFull);
                return new Ending(end.withOutput(printed), millis)
                        .failed("memory_limit", "The code used more memory than a call may.", 0);
            }
            String how = end.exit() == KILLED
                    ? "was killed, for example at a limit of processor time"
                    : "ended with status " + end.exit();
            return failed("no_answer", "The code's process " + how + " before there was an answer.", 0);
        }
    }
}
