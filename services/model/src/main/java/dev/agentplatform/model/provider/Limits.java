package dev.agentplatform.model.provider;

import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Range;

/**
 * Limits of a provider or of one of its models; null takes the one above it, in the end {@link #DEFAULT}.
 *
 * @param attempts at one provider, the first included
 */
public record Limits(
        @Range(min = 1, max = 600_000) @Doc("To be connected, TLS included")
        Integer connectMs,

        @Range(min = 1, max = 3_600_000) @Doc("From the request to the head of the answer, and to its first byte")
        Integer firstByteMs,

        @Range(min = 1, max = 3_600_000) @Doc("Between two bytes of the answer")
        Integer idleMs,

        @Range(min = 1, max = 86_400_000) @Doc("All of a call, retries and fallbacks included")
        Integer totalMs,

        @Range(min = 1, max = 10) @Doc("Tries at one provider, the first included")
        Integer attempts,

        @Range(min = 1, max = 10_000_000) @Doc("Calls of a model in a minute; without it there is no such limit")
        Integer requestsPerMinute,

        @Range(min = 1, max = 100_000) @Doc("Calls of a model at a time; without it there is no such limit")
        Integer concurrency,

        @Range(min = 0, max = 600_000) @Doc("How long a call waits for one of these to come free")
        Integer queueMs,

        @Range(min = 0, max = 10_000) @Doc("Failures in a row after which calls are refused for a while; 0 for never")
        Integer breakerFailures,

        @Range(min = 1, max = 3_600_000) @Doc("How long that while is")
        Integer breakerMs) {
    public static final Limits NONE = new Limits(null, null, null, null, null, null, null, null, null, null);

    /** What holds where nobody says otherwise. */
    public static final Limits DEFAULT = new Limits(10_000, 120_000, 60_000, 600_000, 3, null, null, 0, 10, 10_000);

    /** These where they say something, the others elsewhere. */
    public Limits over(Limits others) {
        return new Limits(
                first(connectMs, others.connectMs),
                first(firstByteMs, others.firstByteMs),
                first(idleMs, others.idleMs),
                first(totalMs, others.totalMs),
                first(attempts, others.attempts),
                first(requestsPerMinute, others.requestsPerMinute),
                first(concurrency, others.concurrency),
                first(queueMs, others.queueMs),
                first(breakerFailures, others.breakerFailures),
                first(breakerMs, others.breakerMs));
    }

    private static Integer first(Integer one, Integer other) {
        return one == null ? other : one;
    }
}
