package dev.agentplatform.web;

/**
 * One request after its end.
 *
 * @param request what was asked; its route is empty when none matched
 * @param status the HTTP status that was sent
 * @param durationNanos from the first step to the last byte handed to the server
 * @param bytesIn size of the body that was read, without the framing
 * @param bytesOut size of the body, without the framing; for streams what was written
 * @param streamed true for event streams, whose duration says nothing about speed
 */
public record Answered(
        Request request, int status, long durationNanos, long bytesIn, long bytesOut, boolean streamed) {}
