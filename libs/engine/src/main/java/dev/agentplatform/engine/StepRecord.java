package dev.agentplatform.engine;

import tools.jackson.databind.JsonNode;

/**
 * A step as it is shown: a row of the journal, or an open one of a live run. Times in UTC milliseconds, 0
 * when not reached.
 *
 * @param key node id of a graph's step, the program's own key otherwise
 * @param leaseTime until when a caller from outside holds it, 0 for none
 */
public record StepRecord(
        int no,
        String key,
        String type,
        int iteration,
        int attempt,
        String status,
        long startedTime,
        long finishedTime,
        long leaseTime,
        String workerKey,
        String errorCode,
        String errorMessage,
        JsonNode input,
        StepOutput output) {}
