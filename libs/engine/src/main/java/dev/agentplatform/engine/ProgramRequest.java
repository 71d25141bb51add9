package dev.agentplatform.engine;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/** What a program asks of its owner. The reply comes after the commit. */
sealed interface ProgramRequest {
    record Intent(String key, String type, JsonNode input) {}

    /** Commit the intents of steps; the reply gives their numbers by key. */
    record Intend(List<Intent> intents, CompletableFuture<Map<String, Integer>> reply) implements ProgramRequest {}

    /** Commit the outcome of an open step. {@code errorCode} is null for a success. */
    record Record(
            int no,
            JsonNode input,
            JsonNode output,
            String errorCode,
            String errorMessage,
            CompletableFuture<Void> reply)
            implements ProgramRequest {}

    record Note(String key, JsonNode value, CompletableFuture<Void> reply) implements ProgramRequest {}

    /** Wait for all of these; the program has left its thread. */
    record Wait(List<Awaited> all) implements ProgramRequest {}

    /** {@code on} is {@code child}, {@code signal}, {@code human} or {@code time}; what does not belong to it is null. */
    record Awaited(
            String key, String on, String signal, long until, Submission child, ProgramContext.Question question) {}

    record Finished(JsonNode result, String errorCode, String errorMessage) implements ProgramRequest {}

    /** The program left its thread because its run ends. */
    record Left() implements ProgramRequest {}
}
