package dev.agentplatform.code;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** What one call may bring, use and leave. Sizes are bytes. */
final class Limits {
    static final int CODE_BYTES = 256 * 1024;
    static final int INPUT_BYTES = 4 * 1024 * 1024;
    static final int RESULT_BYTES = 1024 * 1024;
    static final int OUTPUT_BYTES = 64 * 1024;

    /** Characters of an error's message. */
    static final int MESSAGE_LENGTH = 2_000;

    /** Processes and threads together. */
    static final int PROCESSES = 32;

    static final int OPEN_FILES = 64;
    static final int FILE_BYTES = 8 * 1024 * 1024;

    /** The temporary folder as a whole. */
    static final int FOLDER_BYTES = 16 * 1024 * 1024;

    static final int FOLDER_FILES = 1_024;

    private Limits() {}

    static void checkCode(String code) {
        if (code.isBlank()) throw Problem.invalid("code", "must not be empty");
        if (code.length() > CODE_BYTES || code.getBytes(StandardCharsets.UTF_8).length > CODE_BYTES) {
            throw Problem.invalid("code", "may have at most " + CODE_BYTES + " bytes");
        }
    }

    /** The input as it is sent. */
    static String input(JsonNode input) {
        String json = Json.write(input);
        if (json.length() > INPUT_BYTES || json.getBytes(StandardCharsets.UTF_8).length > INPUT_BYTES) {
            throw Problem.invalid("input_json", "may have at most " + INPUT_BYTES + " bytes");
        }
        return json;
    }
}
