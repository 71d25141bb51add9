package dev.agentplatform.model;

import java.util.function.Supplier;

/** Asked before each call of a provider, and told afterwards what it used. */
public interface Spending {
    /** Nobody counts. */
    Spending UNLIMITED = (origin, estimate) -> Reservation.NONE;

    /**
     * Sets aside what a call will use at most.
     *
     * @param estimate worked out only when somebody counts
     * @throws Spent when it would be too much; a {@link dev.agentplatform.engine.Hold} when a run has to wait for leave
     */
    Reservation reserve(CallOrigin origin, Supplier<Estimate> estimate);

    /**
     * @param provider who is asked, with {@code model}; a repeat of the same call names the same
     * @param costMicros millionths of a US dollar, null when no price is known
     * @param millis how long the call may take
     */
    record Estimate(String provider, String model, long tokens, Long costMicros, long millis) {}

    /** What was set aside for one call. */
    @FunctionalInterface
    interface Reservation {
        Reservation NONE = (tokens, costMicros) -> {};

        /** Puts what was used in its place; only the first time counts. */
        void settle(long tokens, long costMicros);
    }

    /** A budget does not allow the call. */
    final class Spent extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String code;
        private final int retryAfterSeconds;

        /** @param retryAfterSeconds 0 when time alone changes nothing */
        public Spent(String code, String message, int retryAfterSeconds) {
            super(message, null, false, false);
            this.code = code;
            this.retryAfterSeconds = retryAfterSeconds;
        }

        public String code() {
            return code;
        }

        public int retryAfterSeconds() {
            return retryAfterSeconds;
        }
    }
}
