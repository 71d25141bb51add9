package dev.agentplatform.code;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * What came of a call.
 *
 * @param result what the code assigned to {@code result}; JSON null unless {@link Status#COMPLETED}
 * @param output what it printed, at most {@link Limits#OUTPUT_BYTES} bytes of it
 * @param outputTruncated whether it printed more
 * @param errorCode null when completed; {@code code_error, code_exited, code_timeout, result_not_json,
 *     result_too_large, memory_limit, cpu_limit} or {@code no_answer}
 * @param errorMessage for people, names the line when one is known; null when completed
 * @param errorLine line of the code, from 1; 0 when unknown
 * @param durationMillis from handing the code over to its answer
 */
public record CodeResult(
        Status status,
        JsonNode result,
        String output,
        boolean outputTruncated,
        String errorCode,
        String errorMessage,
        int errorLine,
        long durationMillis) {

    public enum Status {
        COMPLETED,
        FAILED,
        TIMED_OUT;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean completed() {
        return status == Status.COMPLETED;
    }
}
