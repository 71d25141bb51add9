package dev.agentplatform.engine.graph;

/**
 * What control needs to know of a node; times in milliseconds.
 *
 * @param timeoutMs 0: none
 * @param iterationsMax how often the node may be activated in one run
 * @param compensation index of the compensating node, -1: none
 * @param resultRank whose output becomes the run's result: the highest wins, then the latest
 */
public record NodeRules(
        long delayMs,
        long timeoutMs,
        Retry retry,
        boolean allowLoop,
        int iterationsMax,
        int compensation,
        OnError onError,
        Join join,
        int resultRank) {
    public static final NodeRules PLAIN =
            new NodeRules(0, 0, Retry.NONE, false, 1_000, -1, OnError.FAIL, Join.ALL_COMPLETED, 1);

    public enum OnError {
        FAIL,
        /** The successors run as if the node had completed. */
        CONTINUE,
        /** Only the edges with the condition {@code error} are taken. */
        ROUTE
    }

    public enum Backoff {
        FIXED,
        LINEAR,
        EXPONENTIAL
    }

    public record Retry(int attemptsMax, long delayMs, Backoff backoff, long delayMaxMs) {
        public static final Retry NONE = new Retry(1, 0, Backoff.FIXED, 0);
        public static final long DELAY_MAX_MS = 24L * 60 * 60 * 1000;

        /** How long to wait after the failure of {@code attempt} (from 1). */
        public long delayAfter(int attempt) {
            long cap = delayMaxMs > 0 ? delayMaxMs : DELAY_MAX_MS;
            double factor = switch (backoff) {
                case FIXED -> 1;
                case LINEAR -> attempt;
                case EXPONENTIAL -> Math.pow(2, attempt - 1.0);
            };
            return (long) Math.min(cap, delayMs * factor);
        }
    }

    public enum JoinPolicy {
        ALL_COMPLETED,
        ANY_COMPLETED,
        ALL_FINISHED,
        N_COMPLETED
    }

    public record Join(JoinPolicy policy, int count) {
        public static final Join ALL_COMPLETED = new Join(JoinPolicy.ALL_COMPLETED, 0);

        /** Whether the failure of a predecessor is this join's business instead of the run's. */
        boolean tolerant() {
            return policy != JoinPolicy.ALL_COMPLETED;
        }
    }
}
