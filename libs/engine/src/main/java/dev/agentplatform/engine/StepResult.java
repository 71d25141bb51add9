package dev.agentplatform.engine;

import dev.agentplatform.kernel.Json;

/**
 * What came of a step: what its journal row and its event show. Texts are masked already; null where there is
 * none.
 *
 * @param json the output's JSON as text, written once for the row and the event
 */
record StepResult(StepOutput output, String json, String input, String errorMessage) {
    static final StepResult NOTHING = new StepResult(StepOutput.NONE, null, null, null);

    StepResult(StepOutput output, String input, String errorMessage) {
        this(output, Json.writeOrNull(output.json()), input, errorMessage);
    }
}
